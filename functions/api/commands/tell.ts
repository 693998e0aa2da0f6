import type { Decider } from '../../../domain/decider.ts';
import { handleCommand } from '../../../infra/eventStore/handleCommand.ts';
import type { ApiTools, Caller } from '../route.ts';

/** Sends one command under the identity of the request, so that it is committed once. */
export const tell = <State, Command, Event>(
  { store }: Pick<ApiTools, 'store'>,
  { commandId, now }: Caller,
  decider: Decider<State, Command, Event>,
  stream: string,
  command: Command,
) => handleCommand(store, decider, stream, command, { commitId: commandId, now });

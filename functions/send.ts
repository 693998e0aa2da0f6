import { createHash } from 'node:crypto';
import type { Decider } from '../domain/decider.ts';
import type { Instant } from '../events/ids.ts';
import type { EventStore } from '../infra/eventStore/eventStore.ts';
import { handleCommand } from '../infra/eventStore/handleCommand.ts';

/**
 * Sends one command under a name made from the command itself, so that a door that is run twice for
 * one moment (a doubled tick, a redelivered message, a restart) recognises its own commit instead
 * of writing it again.
 */
export const send = <State, Command, Event>(
  store: EventStore,
  decider: Decider<State, Command, Event>,
  stream: string,
  command: Command,
  now: Instant,
) => {
  const commitId = () => commitIdOf(stream, command);
  return handleCommand(store, decider, stream, command, { commitId, now });
};

/**
 * The order of keys is no part of a command: one decided over a state that was just written and one
 * over the same state read back must have one name.
 */
const inKeyOrder = (_key: string, value: unknown): unknown => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const ordered: Record<string, unknown> = {};
  for (const key of Object.keys(value).sort()) {
    ordered[key] = (value as Readonly<Record<string, unknown>>)[key];
  }
  return ordered;
};

const commitIdOf = (stream: string, command: unknown): string =>
  createHash('sha256')
    .update(`${stream}\n${JSON.stringify(command, inKeyOrder)}`)
    .digest('hex')
    .slice(0, 32);

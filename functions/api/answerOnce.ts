import { createHash } from 'node:crypto';
import { type RequestState, request, requestStream } from '../../domain/requests/request.ts';
import type { Instant } from '../../events/ids.ts';
import { handleCommand } from '../../infra/eventStore/handleCommand.ts';
import type { Asked, Contract } from './contract/contract.ts';
import type { ApiTools, Caller } from './route.ts';

/** What leaves the door, to the letter. */
export type Answered = { readonly status: number; readonly body: string };

type Keyed = {
  readonly contract: Contract;
  readonly asked: Asked<Contract>;
  readonly key: string;
  readonly actor: string;
  /** Of this very request: two with one key are told apart by it. */
  readonly requestId: string;
};

/**
 * Carries a command out once, however often it is sent under its key, and answers each time what
 * was answered first. Where the first try broke off before its answer was stored, it is done again
 * as of the moment when it was first asked, under the same commit id, and so finds its own work.
 * Throws a `Refusal` where the signer has used the key for something else.
 */
export const answerOnce = async (
  { store, now }: Pick<ApiTools, 'store' | 'now'>,
  keyed: Keyed,
  carryOut: (caller: Caller) => Promise<Answered>,
): Promise<Answered & { readonly isReplayed: boolean }> => {
  const { contract, actor, requestId, key } = keyed;
  const named = digestOf(actor, key);
  const stream = requestStream(named);
  const path = pathOf(keyed);
  const content = digestOf(contract.method, path, canonical(keyed.asked));
  const tell = async (command: Parameters<typeof request.decide>[0], at: Instant) => {
    const identity = { commitId: `${command.type} ${requestId}`, now: at };
    return handleCommand(store, request, stream, command, identity);
  };
  const asked = { actor, method: contract.method, path, content };
  const acceptedAt = now();
  const accept = { type: 'AcceptRequest', ...asked, now: acceptedAt } as const;
  const { state, events } = await tell(accept, acceptedAt);
  if (state.status === 'answered') {
    const { status, body } = state.answer;
    return { status, body, isReplayed: true };
  }
  const answered = await carryOut({
    actor,
    now: momentOf(state, acceptedAt),
    commandId: `api-${named}`,
    isRetry: events.length === 0,
  });
  const answeredAt = now();
  const answer = { type: 'AnswerRequest', ...answered, now: answeredAt } as const;
  const after = (await tell(answer, answeredAt)).state;
  const { status, body } = after.status === 'answered' ? after.answer : answered;
  return { status, body, isReplayed: false };
};

const momentOf = (state: RequestState, otherwise: Instant): Instant =>
  state.status === 'unseen' ? otherwise : state.request.acceptedAt;

const pathOf = ({ contract, asked }: Keyed): string =>
  contract.path.replace(/\{(\w+)\}/g, (_, name: string) => String(asked.parameters[name]));

const digestOf = (...parts: readonly string[]): string =>
  createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 32);

/** The order of names is no part of what is asked. */
const canonical = (value: unknown): string =>
  JSON.stringify(value, (_, member: unknown) =>
    typeof member === 'object' && member !== null && !Array.isArray(member)
      ? Object.fromEntries(Object.entries(member).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : member,
  );

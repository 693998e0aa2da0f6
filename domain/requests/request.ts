import type { Instant } from '../../events/ids.ts';
import type { RequestEvent } from '../../events/request.ts';
import type { Decider } from '../decider.ts';
import { Refusal } from '../refusal.ts';

type Accepted = Extract<RequestEvent, { type: 'RequestAccepted' }>['data'];
type Answered = Extract<RequestEvent, { type: 'RequestAnswered' }>['data'];

export type RequestState =
  | { readonly status: 'unseen' }
  | { readonly status: 'accepted'; readonly request: Accepted }
  | { readonly status: 'answered'; readonly request: Accepted; readonly answer: Answered };

export type RequestCommand =
  | ({ readonly type: 'AcceptRequest'; readonly now: Instant } & Omit<Accepted, 'acceptedAt'>)
  | ({ readonly type: 'AnswerRequest'; readonly now: Instant } & Omit<Answered, 'answeredAt'>);

/** `named` is the digest of the signer and the key: nobody meets the keys of another. */
export const requestStream = (named: string): string => `request#${named}`;

const decide = (command: RequestCommand, state: RequestState): readonly RequestEvent[] => {
  switch (command.type) {
    case 'AcceptRequest': {
      const { type: _type, now: acceptedAt, ...data } = command;
      if (state.status === 'unseen') {
        return [{ type: 'RequestAccepted', data: { ...data, acceptedAt } }];
      }
      if (state.request.content === data.content) return [];
      const { method, path } = state.request;
      const was = `this key stands for ${method} ${path} with other content`;
      throw new Refusal('IdempotencyKeyReused', `${was}; take a new key for a new request`);
    }
    case 'AnswerRequest': {
      const { type: _type, now: answeredAt, ...data } = command;
      return state.status === 'accepted'
        ? [{ type: 'RequestAnswered', data: { ...data, answeredAt } }]
        : [];
    }
    default:
      return command satisfies never;
  }
};

const evolve = (state: RequestState, event: RequestEvent): RequestState => {
  switch (event.type) {
    case 'RequestAccepted':
      return { status: 'accepted', request: event.data };
    case 'RequestAnswered':
      return state.status === 'unseen'
        ? state
        : { status: 'answered', request: state.request, answer: event.data };
    default:
      return event satisfies never;
  }
};

/** One command over the API, under the key that its sender gave it. The first answer stands. */
export const request: Decider<RequestState, RequestCommand, RequestEvent> = {
  stateShape: 'request.1',
  initialState: { status: 'unseen' },
  decide,
  evolve,
};

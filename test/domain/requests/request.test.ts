import { describe, it } from 'vitest';
import { request } from '../../../domain/requests/request.ts';
import type { RequestEvent } from '../../../events/request.ts';
import { at } from '../../support/fleetBuilder.ts';
import { specification } from '../../support/specification.ts';

const { given } = specification(request);
const asked = { actor: 'ada', method: 'POST', path: '/clusters', content: 'c1' };
const accepted: RequestEvent = {
  type: 'RequestAccepted',
  data: { ...asked, acceptedAt: at(1) },
};
const answer = { status: 200, body: '{}' };
const answered: RequestEvent = { type: 'RequestAnswered', data: { ...answer, answeredAt: at(2) } };
const accept = { type: 'AcceptRequest', ...asked, now: at(1) } as const;
const reply = { type: 'AnswerRequest', ...answer, now: at(2) } as const;

describe('a request under a key', () => {
  it('is accepted once, with who asked for what', () => {
    given().when(accept).then(accepted);
    given(accepted)
      .when({ ...accept, now: at(9) })
      .thenNothing();
    given(accepted, answered).when(accept).thenNothing();
  });

  it('stands for what it was accepted for, and for nothing else', () => {
    const other = { ...accept, content: 'c2' };
    given(accepted).when(other).thenRefused('IdempotencyKeyReused');
    given(accepted, answered).when(other).thenRefused('IdempotencyKeyReused');
  });

  it('is answered once: the first answer stands', () => {
    given(accepted).when(reply).then(answered);
    given(accepted, answered)
      .when({ ...reply, status: 409 })
      .thenNothing();
  });

  it('that was never accepted is not answered', () => {
    given().when(reply).thenNothing();
  });
});

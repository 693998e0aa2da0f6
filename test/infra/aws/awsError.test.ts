import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { calling, gatewayError } from '../../../infra/aws/awsError.ts';
import { GatewayError } from '../../../infra/aws/gateways.ts';
import { sdkError, socketError } from './sdkError.ts';

const kindOf = (error: unknown, call: 'read' | 'mutate') => gatewayError(error, call, 'Act').kind;

describe('a failed call that may change something', () => {
  it.each([
    ['an access that is denied', sdkError('AccessDeniedException', 400), 'refused'],
    ['a parameter that is wrong', sdkError('InvalidParameterException', 400), 'refused'],
    ['no credentials', sdkError('CredentialsProviderError'), 'refused'],
    ['throttling', sdkError('ThrottlingException', 400), 'throttled'],
    ['throttling told by its status alone', sdkError('Anything', 429), 'throttled'],
    ['a group that is busy', sdkError('ScalingActivityInProgressFault', 400), 'throttled'],
    ['a connection that was refused', socketError('ECONNREFUSED'), 'throttled'],
    ['a name that does not resolve', socketError('ENOTFOUND'), 'throttled'],
    ['a server error', sdkError('ServerException', 500), 'unclear'],
    ['a gateway that gave up', sdkError('Unknown', 504), 'unclear'],
    ['a request time-out', sdkError('RequestTimeout', 408), 'unclear'],
    ['a time-out of our own', sdkError('TimeoutError'), 'unclear'],
    ['a connection that broke', socketError('ECONNRESET'), 'unclear'],
    ['something that is no error at all', 'what?', 'unclear'],
  ])('%s is %s', (_, error, kind) => {
    expect(kindOf(error, 'mutate')).toBe(kind);
  });
});

describe('a failed call that only reads', () => {
  it('is never unclear: whatever happened, nothing was done', () => {
    const statuses = fc.option(fc.integer({ min: 300, max: 599 }), { nil: undefined });
    fc.assert(
      fc.property(fc.string(), statuses, (name, status) => {
        expect(kindOf(sdkError(name, status), 'read')).not.toBe('unclear');
      }),
    );
  });
});

describe('translation', () => {
  it('keeps the cause and says which call it was', async () => {
    const cause = sdkError('ServerException', 500);
    const answer = calling('mutate', 'UpdateService', Promise.reject(cause));
    await expect(answer).rejects.toMatchObject({
      name: 'GatewayError',
      code: 'ServerException',
      message: expect.stringContaining('UpdateService'),
      cause,
    });
  });

  it('leaves alone what is translated already', () => {
    const refusal = new GatewayError('refused', 'MISSING', 'no such thing');
    expect(gatewayError(refusal, 'mutate', 'Act')).toBe(refusal);
  });

  it('takes the code of a socket error, since its name is only Error', () => {
    expect(gatewayError(socketError('ECONNRESET'), 'mutate', 'Act').code).toBe('ECONNRESET');
  });
});

import { type FailureKind, GatewayError, isGatewayError } from './gateways.ts';
import { tellThrottle } from './throttles.ts';

/** `mutate`: the call may have changed something even where its answer was lost. */
export type CallKind = 'read' | 'mutate';

/**
 * AWS did nothing and says to come back (AWS SDKs and Tools Reference, retry behaviour, and the ECS
 * API errors). `AccountLimitExceededException` is CodeBuild with as many builds as it may run.
 */
const tryLater = new Set([
  'AccountLimitExceededException',
  'BandwidthLimitExceeded',
  'EC2ThrottledException',
  'PriorRequestNotComplete',
  'RequestLimitExceeded',
  'RequestThrottled',
  'RequestThrottledException',
  'ResourceContention',
  'ResourceContentionFault',
  'ScalingActivityInProgress',
  'ScalingActivityInProgressFault',
  'SlowDown',
  'Throttling',
  'ThrottledException',
  'ThrottlingException',
  'TooManyRequestsException',
  'UpdateInProgressException',
]);

/** The request never left this machine. */
const neverSent = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH']);

/** Nobody signed the request: trying again will not cure it. */
const notSigned = new Set(['CredentialsProviderError', 'TokenProviderError']);

type SdkError = {
  readonly name?: string;
  readonly code?: string;
  readonly message?: string;
  readonly $metadata?: { readonly httpStatusCode?: number };
  readonly $response?: { readonly statusCode?: number };
};

const codeOf = ({ name, code }: SdkError) =>
  code !== undefined && (name === undefined || name === 'Error') ? code : (name ?? 'Unknown');

const kindOf = (error: SdkError, call: CallKind): FailureKind => {
  const status = error.$metadata?.httpStatusCode ?? error.$response?.statusCode;
  if (tryLater.has(codeOf(error)) || status === 429) return 'throttled';
  if (error.code !== undefined && neverSent.has(error.code)) return 'throttled';
  if (notSigned.has(codeOf(error))) return 'refused';
  if (status !== undefined && status >= 400 && status < 500 && status !== 408) return 'refused';
  return call === 'mutate' ? 'unclear' : 'throttled';
};

/**
 * Decides once what a failed call means. A lost answer, a 5xx or a broken connection is `unclear`
 * for a call that changes something, and `throttled` ("not done, try later") for one that only
 * reads.
 */
export const gatewayError = (error: unknown, call: CallKind, action: string): GatewayError => {
  if (isGatewayError(error)) return error;
  const sdkError: SdkError = error instanceof Error ? error : { message: String(error) };
  const message = `${action}: ${sdkError.message ?? codeOf(sdkError)}`;
  const kind = kindOf(sdkError, call);
  if (kind === 'throttled') tellThrottle({ action });
  return new GatewayError(kind, codeOf(sdkError), message, { cause: error });
};

/** Awaits an AWS call; whatever it throws leaves as a `GatewayError`. */
export const calling = async <Output>(
  call: CallKind,
  action: string,
  answer: Promise<Output>,
): Promise<Output> => {
  try {
    return await answer;
  } catch (error) {
    throw gatewayError(error, call, action);
  }
};

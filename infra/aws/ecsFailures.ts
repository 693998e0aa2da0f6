import { GatewayError } from './gateways.ts';

export type Failure = {
  readonly arn?: string | undefined;
  readonly reason?: string | undefined;
  readonly detail?: string | undefined;
};

/** MISSING leaves its ARN out of the answer. Any other failure means that ECS did not look. */
export const refuseFailures = (failures: readonly Failure[] | undefined, action: string) => {
  const failure = failures?.find(({ reason }) => reason !== 'MISSING');
  if (failure !== undefined) throw failureError(failure, action);
};

/** A `failures[]` entry is an answer, so the call is over: AWS said no. */
export const failureError = ({ arn, reason, detail }: Failure, action: string) => {
  const why = [reason, detail, arn].filter(Boolean).join(', ');
  return new GatewayError('refused', reason ?? 'Failure', `${action}: ${why}`);
};

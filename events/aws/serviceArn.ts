import { ServiceArn } from '../ids.ts';
import { clusterArnOf } from './arn.ts';
import type { Envelope } from './envelope.ts';

/**
 * The service that an ECS Service Action or Deployment State Change is about. Their detail does not
 * name it: AWS gives it in `resources[0]` alone (ECS Developer Guide, ecs_service_events), which
 * forces this one exception to the rule that ids come from `detail`. The short ARN of before 2018
 * names no cluster and is refused.
 */
export const serviceArnOf = ({ resources }: Envelope) => {
  const serviceArn = ServiceArn.safeParse(resources?.[0]).data;
  const clusterArn = serviceArn === undefined ? undefined : clusterArnOf(serviceArn);
  if (serviceArn === undefined || clusterArn === undefined) return undefined;
  return { serviceArn, clusterArn };
};

export const noServiceArn = {
  outcome: 'malformed',
  field: 'resources.0',
  problem: 'expected the long ARN of a service, service/<cluster>/<name>',
} as const;

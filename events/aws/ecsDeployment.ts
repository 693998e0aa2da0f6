import * as z from 'zod';
import type { ClusterArn, Instant, ServiceArn } from '../ids.ts';
import type { Told } from './envelope.ts';
import { eventKind } from './eventKind.ts';
import { Moment } from './moment.ts';
import { present } from './present.ts';
import { noServiceArn, serviceArnOf } from './serviceArn.ts';
import { FreeText, Word } from './text.ts';

const Detail = z.object({
  eventName: Word,
  deploymentId: Word,
  updatedAt: Moment,
  reason: FreeText.nullish(),
});

export type EcsDeploymentStateChange = Told & {
  readonly kind: 'EcsDeploymentStateChange';
  /** Derived from the service's ARN: the detail names no cluster. */
  readonly clusterArn: ClusterArn;
  readonly serviceArn: ServiceArn;
  readonly deploymentId: string;
  readonly eventName: string;
  readonly reason?: string;
  readonly updatedAt: Instant;
};

/**
 * ECS Developer Guide, ecs_service_deployment_events. It carries no version: told apart by its id.
 */
export const ecsDeploymentStateChange = eventKind({
  detailType: 'ECS Deployment State Change',
  source: 'aws.ecs',
  detail: Detail,
  toReading: ({ eventName, deploymentId, updatedAt, reason }, told, envelope) => {
    const service = serviceArnOf(envelope);
    if (service === undefined) return noServiceArn;
    const event: EcsDeploymentStateChange = {
      ...told,
      kind: 'EcsDeploymentStateChange',
      ...service,
      deploymentId,
      eventName,
      ...present({ reason }),
      updatedAt,
    };
    return { outcome: 'read', event, clusterArn: service.clusterArn };
  },
});

import * as z from 'zod';
import { ClusterArn, type Instant, type ServiceArn } from '../ids.ts';
import type { Told } from './envelope.ts';
import { eventKind } from './eventKind.ts';
import { Moment } from './moment.ts';
import { present } from './present.ts';
import { noServiceArn, serviceArnOf } from './serviceArn.ts';
import { FreeText, Word } from './text.ts';

const Detail = z.object({
  eventType: Word,
  eventName: Word,
  clusterArn: ClusterArn,
  createdAt: Moment,
  reason: FreeText.nullish(),
});

export type EcsServiceAction = Told & {
  readonly kind: 'EcsServiceAction';
  readonly clusterArn: ClusterArn;
  readonly serviceArn: ServiceArn;
  readonly eventName: string;
  /** `INFO`, `WARN` or `ERROR`. */
  readonly severity: string;
  readonly reason?: string;
  readonly createdAt: Instant;
};

/** ECS Developer Guide, ecs_service_events. It carries no version: told apart by its id. */
export const ecsServiceAction = eventKind({
  detailType: 'ECS Service Action',
  source: 'aws.ecs',
  detail: Detail,
  toReading: ({ eventType, eventName, clusterArn, createdAt, reason }, told, envelope) => {
    const service = serviceArnOf(envelope);
    if (service === undefined) return noServiceArn;
    const event: EcsServiceAction = {
      ...told,
      kind: 'EcsServiceAction',
      clusterArn,
      serviceArn: service.serviceArn,
      eventName,
      severity: eventType,
      ...present({ reason }),
      createdAt,
    };
    return { outcome: 'read', event, clusterArn };
  },
});

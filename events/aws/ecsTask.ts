import * as z from 'zod';
import { HealthStatus, type ObservedContainer, type ObservedTask } from '../fleet.ts';
import { ClusterArn, ContainerInstanceArn, Digest, TaskArn, TaskDefinitionArn } from '../ids.ts';
import type { Told } from './envelope.ts';
import { eventKind } from './eventKind.ts';
import { OptionalMoment } from './moment.ts';
import { present } from './present.ts';
import { FreeText, Word } from './text.ts';

const NetworkBinding = z.object({
  hostPort: z.int().min(0).max(65_535).optional(),
  protocol: z.enum(['tcp', 'udp']).default('tcp'),
});

/** `cpu` and `memory` are not read: they are text, and `cpu` may even be the text "null". */
const Container = z
  .object({
    name: Word,
    image: z.string().max(1_024).optional(),
    // Present where ECS resolved the tag; any other form of digest is "not known", no reason to
    // lose the task.
    imageDigest: Digest.optional().catch(undefined),
    lastStatus: Word.optional(),
    exitCode: z.int().nullish(),
    reason: FreeText.nullish(),
    networkBindings: z.array(NetworkBinding).max(500).nullish(),
  })
  .transform(
    ({ networkBindings, ...container }): ObservedContainer => ({
      ...present(container),
      hostPorts: (networkBindings ?? []).flatMap(({ hostPort, protocol }) =>
        hostPort === undefined || hostPort === 0 ? [] : [{ port: hostPort, protocol }],
      ),
    }),
  );

/** A task as the event's detail and DescribeTasks both write it (ECS API Reference, Task). */
export const EcsTask = z
  .object({
    taskArn: TaskArn,
    clusterArn: ClusterArn,
    version: z.int().nonnegative(),
    containerInstanceArn: ContainerInstanceArn.optional(),
    taskDefinitionArn: TaskDefinitionArn,
    group: z.string().max(512).optional(),
    startedBy: z.string().max(255).optional(),
    launchType: Word.optional(),
    capacityProviderName: Word.optional(),
    lastStatus: Word,
    desiredStatus: Word,
    healthStatus: Word.optional(),
    availabilityZone: Word.optional(),
    createdAt: OptionalMoment,
    startedAt: OptionalMoment,
    stoppedAt: OptionalMoment,
    updatedAt: OptionalMoment,
    stopCode: Word.optional(),
    stoppedReason: FreeText.optional(),
    containers: z.array(Container).max(100).default([]),
  })
  .transform(({ clusterArn, updatedAt, group, healthStatus: told, ...task }) => {
    const family = task.taskDefinitionArn.replace(/^.*task-definition\//, '').split(':')[0];
    const healthStatus = HealthStatus.safeParse(told).data;
    const observed: ObservedTask = present({
      ...task,
      healthStatus,
      group: group ?? `family:${family}`,
    });
    return { clusterArn, updatedAt, task: observed };
  });

export type EcsTaskStateChange = Told & {
  readonly kind: 'EcsTaskStateChange';
  readonly clusterArn: ClusterArn;
  readonly task: ObservedTask;
};

/** ECS Developer Guide, ecs_task_events. */
export const ecsTaskStateChange = eventKind({
  detailType: 'ECS Task State Change',
  source: 'aws.ecs',
  detail: EcsTask,
  toReading: ({ clusterArn, updatedAt, task }, told) => {
    const at = updatedAt ?? told.at;
    const event: EcsTaskStateChange = {
      ...told,
      ...present({ at }),
      kind: 'EcsTaskStateChange',
      clusterArn,
      task,
    };
    return { outcome: 'read', event, clusterArn };
  },
});

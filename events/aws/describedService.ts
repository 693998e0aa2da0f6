import * as z from 'zod';
import type { ObservedDeployment, ObservedService } from '../fleet.ts';
import { ClusterArn, ServiceArn, TaskDefinitionArn } from '../ids.ts';
import { OptionalMoment } from './moment.ts';
import { Constraints, Strategies } from './placementWishes.ts';
import { present } from './present.ts';
import { Word } from './text.ts';

const count = z.int().nonnegative();

const Deployment = z
  .object({
    id: Word,
    status: Word,
    taskDefinition: TaskDefinitionArn,
    desiredCount: count.default(0),
    runningCount: count.default(0),
    pendingCount: count.default(0),
    failedTasks: count.nullish(),
    rolloutState: Word.nullish(),
    createdAt: OptionalMoment,
  })
  .transform(
    ({ taskDefinition, failedTasks, ...deployment }): ObservedDeployment => ({
      ...present(deployment),
      taskDefinitionArn: taskDefinition,
      failedTasks: failedTasks ?? 0,
    }),
  );

/**
 * A service as DescribeServices writes it (ECS API Reference, Service). Where ECS leaves out the
 * healthy percentages they are its defaults: 100 and 200, and 0 and 100 for a daemon.
 */
export const EcsService = z
  .object({
    serviceArn: ServiceArn,
    serviceName: Word,
    clusterArn: ClusterArn,
    status: Word,
    schedulingStrategy: Word.default('REPLICA'),
    deploymentController: z.object({ type: Word }).nullish(),
    desiredCount: count,
    runningCount: count.default(0),
    pendingCount: count.default(0),
    deploymentConfiguration: z
      .object({ minimumHealthyPercent: count.nullish(), maximumPercent: count.nullish() })
      .nullish(),
    taskDefinition: TaskDefinitionArn,
    deployments: z.array(Deployment).max(100).default([]),
    placementConstraints: Constraints,
    placementStrategy: Strategies,
  })
  .transform(({ clusterArn, taskDefinition, deploymentConfiguration, ...described }) => {
    const { deploymentController, placementConstraints, placementStrategy, ...rest } = described;
    const isDaemon = described.schedulingStrategy === 'DAEMON';
    const service: Omit<ObservedService, 'describedAt'> = {
      ...rest,
      deploymentController: deploymentController?.type ?? 'ECS',
      minimumHealthyPercent: deploymentConfiguration?.minimumHealthyPercent ?? (isDaemon ? 0 : 100),
      maximumPercent: deploymentConfiguration?.maximumPercent ?? (isDaemon ? 100 : 200),
      taskDefinitionArn: taskDefinition,
      ...present({ placementConstraints, placementStrategy }),
    };
    return { clusterArn, service };
  });

import {
  type ApplicationAutoScalingClient,
  DescribeScalableTargetsCommand,
} from '@aws-sdk/client-application-auto-scaling';
import * as z from 'zod';
import { absent, readShape } from './awsShape.ts';
import { inBatches, pages } from './pages.ts';
import type { ScalableTarget, ScalableTargetsGateway } from './scalableTargetsPort.ts';

/** Most ids in one call (Application Auto Scaling API Reference, DescribeScalableTargets). */
const batchMax = 50;

/** Application Auto Scaling behind the port; nothing of it is changed. */
export const createScalableTargetsGateway = (
  client: Pick<ApplicationAutoScalingClient, 'send'>,
): ScalableTargetsGateway => ({
  describeScalableTargets: (services) =>
    inBatches(services, batchMax, async (batch) => {
      const ResourceIds = batch.map(
        ({ clusterName, serviceName }) => `service/${clusterName}/${serviceName}`,
      );
      const found = await pages('DescribeScalableTargets', async ({ nextToken: NextToken }) => {
        const command = new DescribeScalableTargetsCommand({
          ServiceNamespace: 'ecs',
          ScalableDimension: 'ecs:service:DesiredCount',
          ResourceIds,
          NextToken,
        });
        const page = await client.send(command);
        return { items: page.ScalableTargets, nextToken: page.NextToken };
      });
      return found.map(targetFrom);
    }),
});

const capacity = z.int().nonnegative();
const isSuspended = absent(z.boolean()).transform((value) => value === true);

const RawTarget = z.object({
  ResourceId: z
    .string()
    .regex(/^service\/[^/]+\/[^/]+$/)
    .transform((id) => id.split('/') as [string, string, string]),
  MinCapacity: capacity,
  MaxCapacity: capacity,
  SuspendedState: absent(
    z.object({
      DynamicScalingInSuspended: isSuspended,
      DynamicScalingOutSuspended: isSuspended,
      ScheduledScalingSuspended: isSuspended,
    }),
  ),
});

const targetFrom = (raw: unknown): ScalableTarget => {
  const target = readShape(RawTarget, raw, 'scalable target');
  const [, clusterName, serviceName] = target.ResourceId;
  const state = target.SuspendedState;
  return {
    clusterName,
    serviceName,
    minCapacity: target.MinCapacity,
    maxCapacity: target.MaxCapacity,
    suspended: {
      scaleIn: state?.DynamicScalingInSuspended === true,
      scaleOut: state?.DynamicScalingOutSuspended === true,
      scheduledScaling: state?.ScheduledScalingSuspended === true,
    },
  };
};

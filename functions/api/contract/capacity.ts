import * as z from 'zod';
import { outlookCodes } from '../../../domain/scaling/managedScalingOutlook.ts';
import { Mode } from '../../../events/cluster.ts';
import { ScalingSwitches } from '../../../events/desired.ts';
import { Held } from '../../../events/rollout.ts';
import { question } from './contract.ts';
import { inCluster, list, Moment } from './wire.ts';

const TaskGroup = z
  .object({
    taskIds: list(z.string()),
    groups: list(z.string()),
    fits: z.boolean().meta({ description: 'false: larger than the smallest instance type' }),
    instances: z.int().exactOptional().meta({ description: 'that these tasks alone need' }),
  })
  .meta({ id: 'CapacityTaskGroup' });

const Reservation = z
  .object({
    isKnown: z.boolean(),
    running: z.int().meta({ description: 'N' }),
    empty: z.int().meta({ description: 'nothing there but tasks of daemons' }),
    taskGroups: list(TaskGroup),
    needed: z.int().exactOptional().meta({ description: 'M' }),
    percent: z.number().exactOptional(),
    isStuck: z.boolean().exactOptional().meta({ description: 'no task that waits fits' }),
    unknownTypes: list(z.string()).exactOptional(),
  })
  .meta({ id: 'CapacityProviderReservation' });

const Outlook = z
  .object({
    action: z.enum(['scaleOut', 'scaleIn', 'none', 'unknown']),
    code: z.enum(outlookCodes),
    detail: z.string(),
    desiredCapacity: z.int().exactOptional(),
    notBefore: Moment.exactOptional(),
  })
  .meta({ id: 'CapacityOutlook', description: 'what ECS does next, or why it does nothing' });

const Row = z
  .object({
    capacityProviderName: z.string().nullable(),
    autoScalingGroupName: z.string().nullable(),
    managedScaling: z.enum(['on', 'off', 'unknown', 'none']),
    instances: z.object({
      registered: z.int(),
      draining: z.int(),
      disconnected: z.int(),
      empty: z.int(),
    }),
    tasks: z.object({
      running: z.int(),
      pending: z.int().meta({ description: 'placed, and not running yet' }),
      provisioning: z.int().meta({ description: 'waiting for an instance' }),
    }),
    size: z
      .object({
        desired: z.int(),
        minimum: z.int(),
        maximum: z.int(),
        inService: z.int(),
      })
      .nullable()
      .meta({ description: 'null: the Auto Scaling group has not been observed' }),
    launchesFrom: z
      .object({
        launchTemplateId: z.string(),
        version: z.int(),
        image: z.string().meta({ description: 'an AMI, or resolve:ssm: and a parameter' }),
        amiName: z.string().nullable().meta({ description: 'null: not one of Amazon’s own' }),
      })
      .nullable()
      .meta({ description: 'null: it has no launch template, or it was not read' }),
    reservation: Reservation.nullable().meta({ description: 'null: no capacity provider' }),
    targetPercent: z.number().nullable(),
    next: Outlook,
    unknown: list(z.string()).meta({ description: 'what could not be told, and why' }),
    observedAt: Moment.nullable(),
  })
  .meta({ id: 'CapacityRow' });

const Scaling = z
  .object({
    policy: ScalingSwitches.meta({ description: 'what the operator has switched on' }),
    mode: Mode,
    sizes: list(
      z.object({
        groupName: z.string(),
        from: z.int(),
        to: z.int(),
        forTasks: z.int(),
        forWave: z.int(),
        isIntended: z.boolean().meta({ description: 'on its way already, under the policy' }),
      }),
    ),
    scaleIn: list(
      z.object({
        containerInstanceArn: z.string(),
        ec2InstanceId: z.string(),
        isIntended: z.boolean(),
      }),
    ),
    held: list(Held).meta({ description: 'why not; the first fifty' }),
    heldCount: z.int(),
  })
  .meta({
    id: 'Scaling',
    description: 'what Tuesday does about groups that ECS does not scale, or would do',
  });

export const getCapacity = question({
  name: 'getCapacity',
  path: '/clusters/{cluster}/capacity',
  summary: 'How full each capacity provider is, what waits for room, and what ECS does about it',
  parameters: inCluster,
  answer: z
    .object({
      now: Moment,
      rows: list(Row),
      missing: list(z.object({ serviceName: z.string(), tasks: z.int() })).meta({
        description: 'tasks that services want and ECS has not made',
      }),
      unclaimed: z.int().meta({ description: 'PROVISIONING, for no capacity provider' }),
      provisioning: z.int(),
      provisioningMost: z.int().meta({ description: 'what ECS allows in a cluster' }),
      scaling: Scaling,
    })
    .meta({ id: 'Capacity' }),
  problems: ['ClusterNotFound'],
});

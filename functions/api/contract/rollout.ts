import * as z from 'zod';
import {
  AmiId,
  Channel,
  ContainerInstanceArn,
  Digest,
  Ec2InstanceId,
  EffectId,
  LeaseId,
  RolloutId,
  ServiceArn,
  WindowsBuild,
} from '../../../events/ids.ts';
import { Held, HeldReason } from '../../../events/rollout.ts';
import { Target } from '../../../events/rolloutItems.ts';
import { RolloutPolicy } from '../../../events/rolloutPolicy.ts';
import { list, Moment } from './wire.ts';

// A rollout as its decider folds it (domain/rollout/rolloutState.ts), item by item.

export const HeldItem = Held.readonly().meta({ id: 'Held' });
const WireTarget = Target.readonly().meta({ id: 'Target' });
const images = list(z.string());

const byStatus = <Shape extends z.ZodRawShape, Status extends string>(
  shape: Shape,
  status: Status,
) => z.object({ ...shape, status: z.literal(status) }).readonly();

const image = {
  image: z.string(),
  repository: z.string(),
  tag: z.string(),
  staleDigest: Digest,
  channel: Channel,
  fromBuild: WindowsBuild,
  toBuild: WindowsBuild,
};
const since = { since: Moment };

export const ImageProgress = z
  .discriminatedUnion('status', [
    byStatus(image, 'waiting'),
    byStatus({ ...image, ...since }, 'requested'),
    byStatus({ ...image, ...since, digest: z.string() }, 'arrived'),
    byStatus({ ...image, ...since }, 'overdue'),
  ])
  .meta({ id: 'ImageProgress' });

const instance = {
  containerInstanceArn: ContainerInstanceArn,
  ec2InstanceId: Ec2InstanceId,
  channel: Channel,
  fromBuild: WindowsBuild,
};
const inFlight = { ...instance, ...since, leaseId: LeaseId };
const replacement = {
  replacementArn: ContainerInstanceArn,
  replacementEc2InstanceId: Ec2InstanceId,
};

const Newcomer = z.object(replacement).readonly();
const Surge = z
  .object({
    groupName: z.string(),
    askedAt: Moment,
    newcomer: Newcomer.exactOptional(),
    isOverruled: z.literal(true).exactOptional(),
  })
  .readonly()
  .meta({ id: 'Surge', description: 'its group was asked for one instance more on its account' });
const mayLaunchFirst = { ...inFlight, surge: Surge.exactOptional() };
const launchesFirst = { ...inFlight, surge: Surge };

export const InstanceProgress = z
  .discriminatedUnion('status', [
    byStatus(instance, 'waiting'),
    byStatus(launchesFirst, 'surging'),
    byStatus(mayLaunchFirst, 'draining'),
    byStatus(mayLaunchFirst, 'drained'),
    byStatus(mayLaunchFirst, 'terminating'),
    byStatus({ ...mayLaunchFirst, ...replacement }, 'replaced'),
    byStatus({ ...mayLaunchFirst, ...replacement, proofId: EffectId }, 'proving'),
    byStatus({ ...launchesFirst, ...replacement }, 'proved'),
    byStatus({ ...mayLaunchFirst, because: HeldItem }, 'restoring'),
    byStatus(
      {
        ...launchesFirst,
        phase: z.enum(['emptying', 'ending', 'keeping']),
        because: HeldItem,
      },
      'givingBack',
    ),
    byStatus({ ...instance, ...since, replacementArn: z.string() }, 'done'),
    byStatus({ ...instance, ...since, because: HeldItem }, 'skipped'),
  ])
  .meta({ id: 'InstanceProgress' });

const service = { serviceArn: ServiceArn, serviceName: z.string(), channel: Channel, images };
const deploying = {
  ...service,
  ...since,
  leaseId: LeaseId,
  deploymentBefore: z.string().optional(),
  deploymentId: z.string().exactOptional(),
  startedAt: Moment.exactOptional(),
};

export const ServiceProgress = z
  .discriminatedUnion('status', [
    byStatus(service, 'waiting'),
    byStatus(deploying, 'deploying'),
    byStatus({ ...service, ...since }, 'done'),
    byStatus({ ...service, ...since, because: HeldItem }, 'skipped'),
  ])
  .meta({ id: 'ServiceProgress' });

const count = z.int().nonnegative();
const effect = {
  effectId: EffectId,
  intendedAt: Moment,
  attemptedAt: Moment.exactOptional(),
  executor: z.string().exactOptional(),
};
const templateChange = {
  groupName: z.string(),
  launchTemplateId: z.string(),
  launchedFrom: z.string().meta({ description: 'as the group names it: 7, $Latest or $Default' }),
  sourceVersion: z.int().positive(),
  fromAmiId: AmiId,
  amiId: AmiId,
};
const onInstance = <Kind extends string>(kind: Kind) =>
  z.object({ ...effect, kind: z.literal(kind), containerInstanceArn: z.string() }).readonly();

const Effect = z
  .discriminatedUnion('kind', [
    z.object({ ...effect, kind: z.literal('requestRebuild'), image: z.string() }).readonly(),
    onInstance('drain'),
    onInstance('terminate'),
    onInstance('prove'),
    onInstance('restore'),
    onInstance('emptySurplus'),
    z
      .object({
        ...effect,
        kind: z.literal('endSurplus'),
        containerInstanceArn: z.string(),
        ec2InstanceId: Ec2InstanceId.optional(),
      })
      .readonly(),
    onInstance('keepSurplus'),
    z
      .object({
        ...effect,
        kind: z.literal('surge'),
        groupName: z.string(),
        from: count,
        to: count,
        instances: list(ContainerInstanceArn),
      })
      .readonly(),
    z
      .object({
        ...effect,
        kind: z.literal('deploy'),
        serviceArn: z.string(),
        deploymentBefore: z.string().optional(),
      })
      .readonly(),
    z.object({ ...effect, ...templateChange, kind: z.literal('renewTemplate') }).readonly(),
    z
      .object({
        ...effect,
        ...templateChange,
        kind: z.literal('returnTemplate'),
        version: z.int().positive(),
      })
      .readonly(),
  ])
  .meta({ id: 'Effect', description: 'to be done on AWS, and without an outcome yet' });

const refused = z.object({ reason: HeldReason, detail: z.string(), at: Moment }).readonly();
const GroupProgress = z
  .object({
    surges: count,
    desired: count.exactOptional(),
    refused: refused.exactOptional(),
    template: z
      .object({
        times: count.meta({ description: 'how often a version was meant' }),
        channel: Channel,
        change: z.object(templateChange).readonly(),
        set: z.object({ version: z.int().positive(), at: Moment }).readonly().exactOptional(),
        refused: refused.exactOptional(),
        isProved: z.literal(true).exactOptional(),
        isReturned: z.literal(true).exactOptional(),
      })
      .readonly()
      .exactOptional()
      .meta({ description: 'what was made of its launch template' }),
  })
  .readonly()
  .meta({ id: 'GroupProgress', description: 'what was asked of one Auto Scaling group' });

export const RolloutStatus = z
  .enum(['planned', 'running', 'paused', 'halted', 'aborted', 'completed'])
  .meta({ id: 'RolloutStatus' });

const Learnt = z
  .object({ channel: Channel, amiId: AmiId, build: WindowsBuild, learntAt: Moment })
  .readonly();

const by = <Value extends z.ZodType>(value: Value) => z.record(z.string(), value).readonly();

const head = {
  rolloutId: RolloutId,
  clusterName: z.string(),
  status: RolloutStatus,
  targets: list(WireTarget),
  emergency: z.boolean(),
  plannedAt: Moment,
  startedAt: Moment.exactOptional(),
  resumedAt: Moment.exactOptional(),
  endedAt: Moment.exactOptional(),
  because: z.string().exactOptional().meta({ description: 'why it is paused, halted or aborted' }),
};

export const WirePolicy = RolloutPolicy.meta({
  id: 'RolloutPolicy',
  description: 'what rollouts obey; every `...Ms` is a time in milliseconds',
});

/** An image that the rollout could go back to, and that will not be there for long, or is gone. */
export const WireFadingImage = z
  .object({
    image: z.string(),
    digest: Digest,
    deletedAt: Moment.exactOptional(),
    expiry: z
      .object({
        rulePriority: z.int(),
        expiresAt: Moment.exactOptional(),
        pushesLeft: z.int().nonnegative().exactOptional(),
        reason: z.string().exactOptional(),
      })
      .readonly()
      .exactOptional(),
  })
  .readonly()
  .meta({ id: 'FadingImage' });
export type FadingImage = z.output<typeof WireFadingImage>;

export const WireRollout = z
  .object({
    ...head,
    policy: WirePolicy.readonly(),
    images: by(ImageProgress),
    instances: by(InstanceProgress),
    services: by(ServiceProgress),
    instanceTargets: by(Learnt),
    effects: by(Effect),
    groups: by(GroupProgress),
    heldByPlan: list(HeldItem),
    heldNow: list(HeldItem),
    left: list(HeldItem),
    fadingImages: list(WireFadingImage),
  })
  .readonly()
  .meta({ id: 'Rollout' });

const Tally = z
  .object({ total: count, waiting: count, underWay: count, done: count, givenUp: count })
  .readonly()
  .meta({ id: 'Tally' });

/** A rollout without its items. */
export const RolloutSummary = z
  .object({ ...head, images: Tally, instances: Tally, services: Tally, held: count })
  .readonly()
  .meta({ id: 'RolloutSummary' });

/** What one rollout would be about, before anything is written down. */
export const RolloutPlan = z
  .object({
    rolloutId: RolloutId,
    clusterName: z.string(),
    targets: list(WireTarget),
    emergency: z.boolean(),
    policy: WirePolicy.readonly(),
    images: list(z.object(image).readonly()),
    instances: list(z.object(instance).readonly()),
    services: list(z.object(service).readonly()),
    held: list(HeldItem),
    planToken: z.string().meta({
      description: 'hand it over with the plan, which is refused if the fleet has moved since',
    }),
  })
  .meta({ id: 'RolloutPlan' });

import * as z from 'zod';

/**
 * Milliseconds since 1970, UTC. A number inside, ISO 8601 text at the doors (design decision 11).
 */
export const Instant = z.int().nonnegative().brand<'Instant'>();
export type Instant = z.infer<typeof Instant>;

const arn = (resource: string) =>
  z
    .string()
    .max(512)
    .regex(new RegExp(`^arn:aws[a-z-]*:ecs:[a-z0-9-]+:[0-9A-Z]{12}:${resource}/\\S+$`));

export const ClusterArn = arn('cluster').brand<'ClusterArn'>();
export type ClusterArn = z.infer<typeof ClusterArn>;

export const ContainerInstanceArn = arn('container-instance').brand<'ContainerInstanceArn'>();
export type ContainerInstanceArn = z.infer<typeof ContainerInstanceArn>;

export const TaskArn = arn('task').brand<'TaskArn'>();
export type TaskArn = z.infer<typeof TaskArn>;

export const ServiceArn = arn('service').brand<'ServiceArn'>();
export type ServiceArn = z.infer<typeof ServiceArn>;

export const TaskDefinitionArn = arn('task-definition').brand<'TaskDefinitionArn'>();
export type TaskDefinitionArn = z.infer<typeof TaskDefinitionArn>;

/** `i-` and 8 to 17 hexadecimal digits. */
export const Ec2InstanceId = z
  .string()
  .regex(/^i-[0-9a-f]{8,17}$/)
  .brand<'Ec2InstanceId'>();
export type Ec2InstanceId = z.infer<typeof Ec2InstanceId>;

/** `ami-` and 8 to 17 hexadecimal digits. */
export const AmiId = z
  .string()
  .regex(/^ami-[0-9a-f]{8,17}$/)
  .brand<'AmiId'>();
export type AmiId = z.infer<typeof AmiId>;

/** Not held to 64 digits: AWS's own ECR sample carries fewer. */
export const Digest = z
  .string()
  .regex(/^sha256:[0-9a-f]{32,64}$/)
  .brand<'Digest'>();
export type Digest = z.infer<typeof Digest>;

/**
 * Windows build and revision as text, `20348.4294`. Compared as numbers, never as text: see
 * domain/windows/build.ts.
 */
export const WindowsBuild = z
  .string()
  .regex(/^\d{5}\.\d{1,6}$/)
  .brand<'WindowsBuild'>();
export type WindowsBuild = z.infer<typeof WindowsBuild>;

/**
 * The four long-term servicing channels that have container images (Microsoft,
 * base-image-lifecycle).
 */
export const Channel = z.enum(['ltsc2016', 'ltsc2019', 'ltsc2022', 'ltsc2025']);
export type Channel = z.infer<typeof Channel>;

export const Flavour = z.enum(['servercore', 'nanoserver', 'server']);
export type Flavour = z.infer<typeof Flavour>;

export const RolloutId = z
  .string()
  .regex(/^rollout-[a-z0-9-]{1,80}$/)
  .brand<'RolloutId'>();
export type RolloutId = z.infer<typeof RolloutId>;

/** Names one lease in the disruption ledger; the holder chooses it, so asking twice grants once. */
export const LeaseId = z.string().min(1).max(200).brand<'LeaseId'>();
export type LeaseId = z.infer<typeof LeaseId>;

/**
 * Identity of one intended effect: its idempotency key at AWS (64 printable ASCII at most, ECS
 * `clientToken`).
 */
export const EffectId = z
  .string()
  .regex(/^[!-~]{1,64}$/)
  .brand<'EffectId'>();
export type EffectId = z.infer<typeof EffectId>;

import * as z from 'zod';
import { Channel, Digest, WindowsBuild } from '../../../events/ids.ts';
import { ReleaseKind } from '../../../events/windows.ts';
import { command, question } from './contract.ts';
import { list, Moment, Reason } from './wire.ts';

const count = z.int().nonnegative();

export const WireRelease = z
  .object({
    build: WindowsBuild,
    digest: Digest,
    kb: z.string().exactOptional(),
    kind: ReleaseKind,
    rebaseline: z.boolean().exactOptional(),
    publishedAt: Moment,
  })
  .readonly()
  .meta({ id: 'Release' });

const anomaly = <Kind extends string, Shape extends z.ZodRawShape>(kind: Kind, shape: Shape) =>
  z.object({ kind: z.literal(kind), ...shape, at: Moment, decided: z.string() }).readonly();

export const WireAnomaly = z
  .discriminatedUnion('kind', [
    anomaly('movedBack', { from: WindowsBuild, to: WindowsBuild, digest: Digest }),
    anomaly('respun', { build: WindowsBuild, digest: Digest }),
    anomaly('refused', { reason: z.string(), digest: Digest }),
    anomaly('newerListed', { build: WindowsBuild, newest: WindowsBuild }),
    anomaly('downgradeAccepted', {
      to: WindowsBuild,
      digest: Digest,
      actor: z.string(),
      reason: z.string(),
    }),
  ])
  .meta({ id: 'Anomaly', description: 'what a tag did that is no release, and what was decided' });

export const Followed = z
  .object({
    ami: z
      .object({ name: z.string(), at: Moment })
      .readonly()
      .exactOptional()
      .meta({ description: 'the first AMI of the channel whose build is at least the release' }),
    images: z.object({ on: count, of: count }).readonly().meta({
      description: 'images that tasks run, of this channel: on the release or a newer one',
    }),
  })
  .readonly()
  .meta({ id: 'Followed' });

export const FollowedTag = z
  .object({
    repository: z.string(),
    tag: z.string(),
    channel: Channel,
    newest: WireRelease.exactOptional(),
    followed: Followed.exactOptional().meta({ description: 'what came after the newest' }),
    releases: list(WireRelease).meta({ description: 'oldest first' }),
    anomalies: list(WireAnomaly).meta({ description: 'oldest first' }),
    unreadable: z
      .object({ reason: z.string(), since: Moment })
      .readonly()
      .exactOptional()
      .meta({ description: 'what it holds now is unknown' }),
  })
  .readonly()
  .meta({ id: 'FollowedTag' });
export type FollowedTag = z.output<typeof FollowedTag>;

export const listReleases = question({
  name: 'listReleases',
  path: '/releases',
  summary: 'What every followed tag of Microsoft’s base images holds and held',
  query: z.strictObject({
    tag: z
      .string()
      .min(1)
      .max(255)
      .optional()
      .meta({ description: 'only those whose `<repository>:<tag>` holds this' }),
  }),
  answer: z.object({ items: list(FollowedTag) }),
  problems: ['TagNotFound'],
});

export const acceptDowngrade = command({
  name: 'acceptDowngrade',
  method: 'POST',
  path: '/releases/accept',
  summary: 'Take the build that a tag went back to as its newest',
  body: z.strictObject({
    repository: z
      .string()
      .regex(/^[a-z0-9]+([._/-][a-z0-9]+)*$/)
      .max(255),
    tag: z.string().regex(/^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/),
    build: WindowsBuild,
    reason: Reason,
  }),
  answer: z.object({ changed: z.boolean() }),
  problems: ['DowngradeNotObserved'],
});

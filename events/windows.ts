import * as z from 'zod';
import { fact } from './fact.ts';
import { AmiId, Channel, Digest, Instant, WindowsBuild } from './ids.ts';

/** B: Patch Tuesday, 10:00 Pacific. OutOfBand: any other day. Decided from the date (Microsoft,
 * Windows Server release information). */
export const ReleaseKind = z.enum(['B', 'OutOfBand']);
export type ReleaseKind = z.infer<typeof ReleaseKind>;

// Stream channel#<repository>:<tag>, such as channel#windows/servercore:ltsc2022.
export const ChannelEvent = z.discriminatedUnion('type', [
  fact('ReleasePublished', {
    repository: z.string(),
    tag: z.string(),
    channel: Channel,
    build: WindowsBuild,
    /** Digest of the index behind the floating tag. */
    digest: Digest,
    kb: z.string().optional(),
    kind: ReleaseKind,
    /**
     * Uncompressed layers, base first: what lineage is proven by (design decision 6). Empty when
     * not read.
     */
    diffIds: z.array(Digest).readonly(),
    /**
     * A new base layer and no patch layer: every instance pulls it whole. `undefined` when not
     * known.
     */
    rebaseline: z.boolean().optional(),
    /** When Tuesday saw it; Microsoft's `created` is days early and is not used. */
    publishedAt: Instant,
  }),
  /** The floating tag went back to an older build: an anomaly, not a release. */
  fact('TagMovedBack', {
    repository: z.string(),
    tag: z.string(),
    from: WindowsBuild,
    to: WindowsBuild,
    digest: Digest,
    observedAt: Instant,
  }),
  /** Other bytes under an unchanged build. */
  fact('ReleaseRespun', {
    repository: z.string(),
    tag: z.string(),
    build: WindowsBuild,
    digest: Digest,
    /** Its uncompressed layers, which may be others too: images built on it are told by these. */
    diffIds: z.array(Digest).readonly().optional(),
    observedAt: Instant,
  }),
  /**
   * What the tag holds is not what its name says (a nano tag with Server Core inside, another
   * build's channel).
   */
  fact('TagContentRefused', {
    repository: z.string(),
    tag: z.string(),
    digest: Digest,
    reason: z.string(),
    observedAt: Instant,
  }),
  /**
   * The registry lists a newer build under a tag of its own, `10.0.<build>`, and the floating tag
   * has not moved to it: an anomaly, not a release (official-images#18884).
   */
  fact('NewerBuildListed', {
    repository: z.string(),
    tag: z.string(),
    build: WindowsBuild,
    /** What counts as the tag's newest then. */
    newest: WindowsBuild,
    observedAt: Instant,
  }),
  /**
   * The registry could not be read: unknown, never "no change". Recorded when it begins and when it
   * ends.
   */
  fact('ChannelBecameUnreadable', {
    repository: z.string(),
    tag: z.string(),
    reason: z.string(),
    since: Instant,
  }),
  fact('ChannelBecameReadable', { repository: z.string(), tag: z.string(), at: Instant }),
  fact('DowngradeAccepted', {
    repository: z.string(),
    tag: z.string(),
    to: WindowsBuild,
    digest: Digest,
    actor: z.string(),
    reason: z.string(),
    acceptedAt: Instant,
  }),
]);
export type ChannelEvent = z.infer<typeof ChannelEvent>;

/** How the build of an AMI was learnt, strongest first (design decision 8). */
export const AmiEvidence = z.enum(['table', 'inferred']);

// Stream ami#<family>, such as ami#Windows_Server-2022-English-Core-ECS_Optimized.
export const AmiEvent = z.discriminatedUnion('type', [
  fact('AmiPublished', {
    family: z.string(),
    channel: Channel,
    amiId: AmiId,
    name: z.string(),
    /** Absent when the name has no date or no release is known by that day. */
    build: WindowsBuild.optional(),
    evidence: AmiEvidence.optional(),
    publishedAt: Instant,
  }),
]);
export type AmiEvent = z.infer<typeof AmiEvent>;

// Stream image#<digest>.
export const ImageEvent = z.discriminatedUnion('type', [
  fact('ImagePushed', {
    digest: Digest,
    /** Registry host and path, `111122223333.dkr.ecr.eu-west-1.amazonaws.com/orders`. */
    repository: z.string(),
    tag: z.string().optional(),
    pushedAt: Instant,
  }),
  fact('ImageInspected', {
    digest: Digest,
    repository: z.string(),
    osVersion: z.string().optional(),
    history: z.array(z.string()).readonly(),
    diffIds: z.array(Digest).readonly(),
    /** Compressed bytes to pull, layer by layer; shown, never used to decide lineage. */
    layers: z
      .array(
        z
          .object({
            digest: Digest,
            bytes: z.number(),
            /** Its bytes lie in Microsoft's registry, as until June 2023. */
            foreign: z.boolean().optional(),
          })
          .readonly(),
      )
      .readonly(),
    createdAt: Instant.optional(),
    inspectedAt: Instant,
  }),
  /** Its config could not be read; tried again later. */
  fact('ImageInspectionFailed', {
    digest: Digest,
    repository: z.string(),
    reason: z.string(),
    failedAt: Instant,
  }),
  /**
   * Its repository is about to delete it by a lifecycle rule, though a rollout may have to go back
   * to it.
   */
  fact('ImageExpiryForeseen', {
    digest: Digest,
    repository: z.string(),
    rulePriority: z.int(),
    /** By age. */
    expiresAt: Instant.optional(),
    /** By count: after so many more pushes. */
    pushesLeft: z.int().nonnegative().optional(),
    /** The rule is one that this Tuesday does not understand. */
    reason: z.string().optional(),
    foreseenAt: Instant,
  }),
  /** No rule is about to delete it any more: the policy, or what it counts, has changed. */
  fact('ImageExpiryLifted', { digest: Digest, repository: z.string(), liftedAt: Instant }),
  fact('ImageDeleted', { digest: Digest, repository: z.string(), deletedAt: Instant }),
]);
export type ImageEvent = z.infer<typeof ImageEvent>;

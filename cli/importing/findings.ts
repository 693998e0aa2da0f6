import type { Observation } from '../../domain/fleet/observation.ts';
import type { ImageConfigFacts } from '../../domain/windows/image.ts';
import type { AmiId, ClusterArn, Digest, Instant } from '../../events/ids.ts';

/** One thing found in a file. `name` is what a person would call it: an ARN, an id, an image. */
export type Finding = { readonly what: FindingKind; readonly name: string } & (
  | {
      readonly to: 'fleet';
      /** Absent where the AWS CLI does not print it. */
      readonly clusterArn?: ClusterArn;
      readonly observation: Observation;
    }
  | { readonly to: 'ami'; readonly amiId: AmiId; readonly publishedAt?: Instant }
  | {
      readonly to: 'image';
      readonly digest: Digest;
      /** Absent where only a digest is known; found through the tasks that run it. */
      readonly repository?: string;
      readonly config: ImageConfigFacts;
    }
  | { readonly to: 'nowhere'; readonly reason: NotTaken; readonly detail: string }
);

export type FindingKind =
  | 'container instance'
  | 'task'
  | 'service'
  | 'task definition'
  | 'AMI'
  | 'image'
  | 'file';

/** Why something in a file is not taken. */
export type NotTaken =
  | 'NotJson'
  | 'NotRecognised'
  | 'Malformed'
  | 'ReportedMissing'
  | 'ClusterUnknown'
  | 'NotUsed'
  | 'NotEcsOptimizedWindows'
  | 'NotWindows'
  | 'DigestUnknown'
  | 'RepositoryUnknown';

export const notTaken = (
  what: FindingKind,
  name: string,
  reason: NotTaken,
  detail: string,
): Finding => ({ what, name, to: 'nowhere', reason, detail });

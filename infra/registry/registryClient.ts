import type { TagObservation } from '../../domain/windows/channel.ts';
import type { Digest } from '../../events/ids.ts';

export type RegistryClient = {
  /**
   * Reads `<repository>:<tag>`; answers `unchanged` at the cost of one HEAD while `knownDigest`
   * still stands.
   */
  readonly readTag: (
    repository: string,
    tag: string,
    knownDigest?: Digest,
  ) => Promise<TagObservation>;
};

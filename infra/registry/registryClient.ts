import type { TagObservation } from '../../domain/windows/channel.ts';
import type { Digest, WindowsBuild } from '../../events/ids.ts';

/** Builds that have a tag of their own, `10.0.<build>`: the newest of each channel. */
export type ListedBuilds =
  | { readonly status: 'listed'; readonly builds: readonly WindowsBuild[] }
  | { readonly status: 'unknown'; readonly reason: string };

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
  readonly listBuilds: (repository: string) => Promise<ListedBuilds>;
};

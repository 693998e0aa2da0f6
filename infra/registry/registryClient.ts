import type { Digest } from '../../events/ids.ts';

/**
 * What a floating tag holds now, or why that is not known. A registry error is never "no change".
 */
export type TagReading =
  | {
      readonly status: 'read';
      /** Digest of the index behind the tag. */
      readonly digest: Digest;
      /** `10.0.20348.4294`, from the index entry or the config. */
      readonly osVersion: string;
      /** Uncompressed layers, base first. */
      readonly diffIds: readonly Digest[];
      /** `created_by` of each history entry, base first. */
      readonly history: readonly string[];
      /** `KB5066782`, where a tag `<channel>-KB...` holds the same digest. */
      readonly kb?: string;
    }
  | { readonly status: 'unchanged'; readonly digest: Digest }
  | { readonly status: 'unknown'; readonly reason: string };

export type RegistryClient = {
  /**
   * Reads `<repository>:<tag>`; answers `unchanged` at the cost of one HEAD while `knownDigest`
   * still stands.
   */
  readonly readTag: (repository: string, tag: string, knownDigest?: Digest) => Promise<TagReading>;
};

import type { ObserveTag, TagObservation } from '../../../domain/windows/channel.ts';
import { Digest, Instant, WindowsBuild } from '../../../events/ids.ts';

// Excerpts of real data. Builds, days and KBs: Microsoft's "Windows Server release information"
// page. Index digests: the pins of docker-library/official-images. Compressed layers: the manifests
// of Microsoft's .NET images (dotnet/versions). Uncompressed layers are made up: nobody publishes
// them.

export const build = (text: string) => WindowsBuild.parse(text);
export const on = (text: string) => Instant.parse(Date.parse(text));
export const digestOf = (hex: string) => Digest.parse(`sha256:${hex}`);

/** A digest for what has none on record: the same text, the same digest. */
export const madeUp = (text: string) =>
  digestOf(Buffer.from(text).toString('hex').slice(-64).padStart(64, '0'));

/** channel, day, KB, build, kind: regular and out-of-band releases around the turns that matter. */
export const releases = [
  ['ltsc2019', '2025-04-08', 'KB5055519', '17763.7136', 'B'],
  ['ltsc2019', '2025-04-16', 'KB5059091', '17763.7249', 'OOB'],
  ['ltsc2022', '2025-03-11', 'KB5053603', '20348.3328', 'B'],
  ['ltsc2022', '2025-04-08', 'KB5055526', '20348.3453', 'B'],
  ['ltsc2022', '2025-09-09', 'KB5065432', '20348.4171', 'B'],
  ['ltsc2022', '2025-10-14', 'KB5066782', '20348.4294', 'B'],
  ['ltsc2022', '2025-10-23', 'KB5070884', '20348.4297', 'OOB'],
  ['ltsc2022', '2025-11-11', 'KB5068787', '20348.4405', 'B'],
  ['ltsc2025', '2025-09-22', 'KB5068221', '26100.6588', 'OOB'],
  ['ltsc2025', '2025-12-09', 'KB5072033', '26100.7462', 'B'],
  ['ltsc2025', '2026-01-13', 'KB5073379', '26100.32230', 'B'],
  ['ltsc2025', '2026-01-17', 'KB5077793', '26100.32234', 'OOB'],
  ['ltsc2025', '2026-08-11', 'KB5120233', '26100.33296', 'B'],
] as const;

const base4294 = madeUp('diff servercore base 20348.4294');

/** windows/servercore:ltsc2022 around October 2025: a rebaseline, then patches on the new base. */
export const october = {
  september: {
    osVersion: '10.0.20348.4171',
    digest: madeUp('index 20348.4171'),
    diffIds: [madeUp('diff servercore base 20348.2700'), madeUp('diff patch 20348.4171')],
    history: ['Apply image 10.0.20348.2700', 'Install update 10.0.20348.4171'],
  },
  regular: {
    osVersion: '10.0.20348.4294',
    digest: digestOf('418d8d0c6e026e5131e48f4d71ca66e9564c31b50f02b740235d32145a55c6ea'),
    diffIds: [base4294],
    history: ['Apply image 10.0.20348.4294'],
  },
  outOfBand: {
    osVersion: '10.0.20348.4297',
    digest: digestOf('f51004008a2017ce3905fe7e1985d5aff62e596c4ab4111caad6d3cf33aa5cf1'),
    diffIds: [base4294, madeUp('diff patch 20348.4297')],
    history: ['Apply image 10.0.20348.4294', 'Install update 10.0.20348.4297'],
  },
  november: {
    osVersion: '10.0.20348.4405',
    digest: digestOf('3a2a2fdfbae2f720f6fe26f2d7680146712ce330f605b02a61d624889735c72e'),
    diffIds: [base4294, madeUp('diff patch 20348.4405')],
    history: ['Apply image 10.0.20348.4294', 'Install update 10.0.20348.4405'],
  },
} as const satisfies Record<string, Omit<Extract<TagObservation, { status: 'read' }>, 'status'>>;

export const read = (
  content: Omit<Extract<TagObservation, { status: 'read' }>, 'status'>,
): TagObservation => ({ status: 'read', ...content });

/** Somebody looked at windows/servercore:ltsc2022. */
export const look = (reading: TagObservation, moment: string): ObserveTag => ({
  type: 'ObserveTag',
  repository: 'windows/servercore',
  tag: 'ltsc2022',
  reading,
  now: on(moment),
});

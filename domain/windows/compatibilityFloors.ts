import type { WindowsBuild } from '../../events/ids.ts';

/**
 * A revision at which kernel and user mode parted. Images from `imageFrom` on need an instance from
 * `instanceFrom` on; where it binds `both`, older images need an older instance too.
 */
export type CompatibilityFloor = {
  readonly imageFrom: WindowsBuild;
  readonly instanceFrom: WindowsBuild;
  readonly binds: 'image' | 'both';
  readonly why: string;
  readonly source: string;
};

const build = (text: string) => text as WindowsBuild;

/** The two that are known. Data, not law: pass an edited list where experience says otherwise. */
export const shippedFloors: readonly CompatibilityFloor[] = [
  {
    imageFrom: build('17763.1039'),
    instanceFrom: build('17763.1039'),
    binds: 'both',
    why: 'image and instance must be on the same side of the update of 2020-02-11',
    source: 'Microsoft Learn, version-compatibility; Azure/AKS#1465',
  },
  ...(['17763.7249', '26100.3781'] as const).map(
    (from): CompatibilityFloor => ({
      imageFrom: build(from),
      // Proven cured by the update of May 2025; the image's own revision is the lowest that can
      // hold.
      instanceFrom: build(from),
      binds: 'image',
      why: 'images from 2025-04-16 on fail with 0xc0370106 on instances without that update',
      source: 'microsoft/Windows-Containers#591',
    }),
  ),
];

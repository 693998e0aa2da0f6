import type { AmiId, Channel, WindowsBuild } from '../../events/ids.ts';
import type { AmiState } from '../windows/ami.ts';
import { compareBuilds } from '../windows/build.ts';

/**
 * The newest AMI of a channel whose build is known and at least `build`; `undefined` while AWS has
 * none.
 */
export const amiReaching = (
  amis: readonly AmiState[],
  channel: Channel,
  build: WindowsBuild,
): { readonly amiId: AmiId; readonly build: WindowsBuild } | undefined => {
  const reaching = amis
    .filter((family) => family.channel === channel)
    .toSorted((a, b) => (a.family < b.family ? -1 : 1))
    .flatMap((family) => family.amis)
    .flatMap((ami) => (ami.build === undefined ? [] : [{ amiId: ami.amiId, build: ami.build }]))
    .filter((ami) => compareBuilds(ami.build, build) >= 0)
    .toSorted((a, b) => compareBuilds(b.build, a.build) || (a.amiId < b.amiId ? -1 : 1));
  return reaching[0];
};

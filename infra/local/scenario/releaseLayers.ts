import type { BaseLayer } from '../../../domain/simulation/scenario.ts';
import { compareBuilds } from '../../../domain/windows/build.ts';
import type { Channel, WindowsBuild } from '../../../events/ids.ts';
import type { Row } from './table.ts';

/**
 * The builds at which Microsoft laid a new Server Core base layer: October 2025 for 2019 and 2022,
 * January 2026 for 2025 ("Apply image ..." in the history of its images). Those before are modelled
 * from the first images on them.
 */
const baselines: Readonly<Record<string, readonly string[]>> = {
  ltsc2019: ['17763.6293', '17763.7919'],
  ltsc2022: ['20348.2700', '20348.4294'],
  ltsc2025: ['26100.2314', '26100.32230'],
};

/**
 * The layers of one release as its .NET images had them. Sizes were not kept before May 2025. The
 * rule there (modelled): the base layer of May, whose baseline it shares, and a patch layer that
 * grew to May's by as much a month as it did from May to September; Nano Server as in May.
 */
export const layersOf = (
  flavour: 'nanoserver' | 'servercore',
  channel: Channel,
  build: string,
  rows: readonly Row[],
): readonly BaseLayer[] => {
  const known = rows.filter(
    (row) => row.flavor === flavour && row.channel === channel && row.base_layer_bytes !== '',
  );
  const row = known.find((each) => each.os_build_inferred === build);
  const first = known[0];
  const baseBytes = Number((row ?? first)?.base_layer_bytes);
  if (flavour === 'nanoserver') return [{ kind: 'base', build, bytes: baseBytes }];
  const under = (baselines[channel] ?? []).findLast(
    (each) => compareBuilds(each as WindowsBuild, build as WindowsBuild) <= 0,
  );
  if (under === undefined || under === build) return [{ kind: 'base', build, bytes: baseBytes }];
  const patchBytes =
    row === undefined ? grownTo(known, build, rows) : Number(row.patch_layer_bytes);
  return [
    { kind: 'base', build: under, bytes: baseBytes },
    { kind: 'patch', build, bytes: patchBytes },
  ];
};

const monthMs = 30 * 86_400_000;

const grownTo = (known: readonly Row[], build: string, rows: readonly Row[]): number => {
  const [may] = known;
  const september = known.find(({ derived_image_built_at: at = '' }) => at.startsWith('2025-09'));
  const mayBytes = Number(may?.patch_layer_bytes);
  const perMonth = (Number(september?.patch_layer_bytes) - mayBytes) / 4;
  const at = rows.find((row) => row.os_build_inferred === build)?.derived_image_built_at ?? '';
  const months = (Date.parse(may?.derived_image_built_at ?? '') - Date.parse(at)) / monthMs;
  return Math.max(1_000_000, Math.round(mayBytes - perMonth * (Number.isNaN(months) ? 0 : months)));
};

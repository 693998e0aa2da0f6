import { orderOfBuilds } from './builds.ts';
import { draw } from './chance.ts';
import { appTagKey, pushAppImage } from './images.ts';
import { baseImage } from './registry.ts';
import { schedule } from './timers.ts';
import type { World } from './world.ts';

const hourMs = 3_600_000;
const triesMax = 24;

export type RebuildRequest = {
  readonly effectId: string;
  /** With or without the registry's host. */
  readonly repository: string;
  readonly tag: string;
  readonly toBuild: string;
};

/**
 * A pipeline hears of a stale image and answers after a while, once for each `effectId`. The delay
 * follows the time from Patch Tuesday, 10:00 Pacific, to Microsoft's own rebuilt .NET images,
 * 2021-2026 (dotnet/versions, build-info: least 0.6 h, median 1.6 h, nine tenths 4.8 h, most 8.2
 * h).
 */
export const requestRebuild = (world: World, request: RebuildRequest): void => {
  if (world.builds[request.effectId] !== undefined) return;
  const repository = request.repository.slice(request.repository.indexOf('/') + 1);
  const isHosted = request.repository.includes('.dkr.ecr.');
  const named = isHosted ? repository : request.repository;
  const app = world.appTags[appTagKey(named, request.tag)];
  world.builds[request.effectId] = { ...request, repository: named, tries: 0 };
  if (app === undefined || app.builder !== 'answers') return;
  schedule(world, world.now + delayMs(draw(world.chance)), { kind: 'build', id: request.effectId });
};

const quantiles = [
  { share: 0, hours: 0.6 },
  { share: 0.5, hours: 1.6 },
  { share: 0.9, hours: 4.8 },
  { share: 1, hours: 8.2 },
];

const delayMs = (share: number): number => {
  let [low] = quantiles;
  for (const high of quantiles) {
    if (low !== undefined && share <= high.share && high.share > low.share) {
      const part = (share - low.share) / (high.share - low.share);
      return (low.hours + part * (high.hours - low.hours)) * hourMs;
    }
    low = high;
  }
  return 8.2 * hourMs;
};

/**
 * Builds on the newest base that the registry holds; while that is older than asked for, tries
 * again every hour.
 */
export const finishBuild = (world: World, effectId: string): void => {
  const build = world.builds[effectId];
  const app = build && world.appTags[appTagKey(build.repository, build.tag)];
  if (build === undefined || app === undefined || app.builder !== 'answers') return;
  const visible = baseImage(world, app.base)?.build;
  const isOlder = visible === undefined || orderOfBuilds(visible, build.toBuild) < 0;
  if (isOlder && build.tries < triesMax) {
    build.tries += 1;
    schedule(world, world.now + hourMs, { kind: 'build', id: effectId });
    return;
  }
  pushAppImage(world, app, undefined, world.now);
};

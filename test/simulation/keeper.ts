import { type MaintenanceCommand, maintenance } from '../../domain/maintenance/maintenance.ts';
import { everything, maintenanceStream } from '../../domain/maintenance/maintenanceState.ts';
import { alwaysOpen } from '../../domain/maintenance/whyNotWindows.ts';
import {
  type Chance,
  chanceFrom,
  draw,
  drawBetween,
  drawOne,
} from '../../domain/simulation/chance.ts';
import type { World } from '../../domain/simulation/world.ts';
import type { Instant } from '../../events/ids.ts';
import type { FreezeScope } from '../../events/maintenance.ts';
import { send } from '../../functions/send.ts';
import type { EventStore } from '../../infra/eventStore/eventStore.ts';
import { drawMaintenance } from './windowScene.ts';

const minuteMs = 60_000;
const actor = 'operator';
const reason = 'by hand';

/** Who freezes, lifts freezes and goes over closed windows while faults last. */
export type Keeper = {
  readonly act: (rolls: boolean) => Promise<void>;
  /**
   * Lets go of everything: from now on all is open. The calm part of a run has ninety steps of five
   * minutes while something moves, and a rollout that may go on for a few hours a day would need
   * days of them.
   */
  readonly open: () => Promise<void>;
};

type Begun = { readonly id: string; readonly stream: string };

const nobody: Keeper = { act: async () => {}, open: async () => {} };

export const createKeeper = (store: EventStore, world: World, seed: number): Keeper => {
  if (drawMaintenance(seed) === undefined) return nobody;
  const chance = chanceFrom(seed * 41 + 23);
  const own = maintenanceStream(world.clusterName);
  const now = () => world.now as Instant;
  const order = (stream: string, command: MaintenanceCommand) =>
    send(store, maintenance, stream, command, now());
  const freezes: Begun[] = [];
  const overrides: Begun[] = [];
  let asked = 0;
  const named = (what: string) => {
    asked += 1;
    return `${what}-${asked}`;
  };
  const freeze = async () => {
    const { stream, scope } = drawScope(chance, world, own);
    const freezeId = named('freeze');
    const asks = { freezeId, scope, reason, actor, expiresAt: soon(chance, now(), 30, 360) };
    await order(stream, { type: 'BeginFreeze', ...asks, now: now() });
    freezes.push({ id: freezeId, stream });
  };
  const override = async () => {
    const overrideId = named('override');
    const over = drawOne(chance, [['windows'], ['freezes'], ['windows', 'freezes']] as const);
    const asks = { overrideId, over, reason, actor, expiresAt: soon(chance, now(), 20, 120) };
    await order(own, { type: 'BeginOverride', ...asks, now: now() });
    overrides.push({ id: overrideId, stream: own });
  };
  const lift = async ({ id, stream }: Begun) =>
    order(stream, { type: 'LiftFreeze', freezeId: id, reason, actor, now: now() });
  const end = async ({ id, stream }: Begun) =>
    order(stream, { type: 'EndOverride', overrideId: id, reason, actor, now: now() });
  return {
    act: async (rolls) => {
      if (draw(chance) < (rolls ? 0.05 : 0.01)) await freeze();
      if (draw(chance) < (rolls ? 0.05 : 0.01)) await override();
      if (draw(chance) < 0.1) await unlessGone(freezes, lift);
      if (draw(chance) < 0.05) await unlessGone(overrides, end);
    },
    open: async () => {
      while (freezes.length > 0) await unlessGone(freezes, lift);
      while (overrides.length > 0) await unlessGone(overrides, end);
      await order(own, { type: 'SetWindows', windows: [alwaysOpen], actor, now: now() });
    },
  };
};

/** What has expired may have been let go of already. */
const unlessGone = async (begun: Begun[], undo: (each: Begun) => Promise<unknown>) => {
  const first = begun.shift();
  if (first === undefined) return;
  try {
    await undo(first);
  } catch (error) {
    if (!isGone(error)) throw error;
  }
};

const isGone = (error: unknown): boolean =>
  error instanceof Error && /there is no (freeze|override)/.test(error.message);

const soon = (chance: Chance, now: Instant, least: number, most: number): Instant =>
  (now + drawBetween(chance, least, most) * minuteMs) as Instant;

const drawScope = (
  chance: Chance,
  world: World,
  own: string,
): { readonly stream: string; readonly scope: FreezeScope } => {
  const kind = draw(chance);
  if (kind < 0.25) return { stream: own, scope: { kind: 'cluster' } };
  if (kind < 0.45) return { stream: maintenanceStream(everything), scope: { kind: 'cluster' } };
  const { name } = drawOne(chance, Object.values(world.services));
  return { stream: own, scope: { kind: 'service', serviceName: name } };
};

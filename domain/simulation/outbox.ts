import { draw, drawBetween, drawHex } from './chance.ts';
import { secondText } from './instantText.ts';
import { schedule } from './timers.ts';
import type { OutboxEvent, World } from './world.ts';

/**
 * Sends one event to the bus. Under the scenario's delivery it may arrive late, out of order, or
 * twice: ECS promises at least once and no order (Amazon ECS Developer Guide, "Handling Amazon ECS
 * events").
 */
export const emit = (
  world: World,
  event: {
    readonly source: string;
    readonly detailType: string;
    readonly resources: readonly string[];
    readonly detail: unknown;
  },
): void => {
  const envelope = {
    version: '0',
    id: uuid(world),
    'detail-type': event.detailType,
    source: event.source,
    account: world.account,
    time: secondText(world.now),
    region: world.region,
    resources: event.resources,
    detail: event.detail,
  };
  const { latencyMaxMs, duplicatePercent } = world.delivery;
  if (latencyMaxMs === 0) deliver(world, envelope);
  else send(world, envelope, latencyMaxMs);
  if (duplicatePercent > 0 && draw(world.chance) * 100 < duplicatePercent) {
    send(world, envelope, Math.max(latencyMaxMs, 1000) * 20);
  }
};

const send = (world: World, event: unknown, latencyMaxMs: number) => {
  const at = world.now + drawBetween(world.chance, 0, latencyMaxMs);
  schedule(world, at, { kind: 'deliver', event });
};

export const deliver = (world: World, event: unknown): void => {
  world.outboxSequence += 1;
  world.outbox.push({ sequence: world.outboxSequence, event });
};

/** What has arrived and was not acknowledged, oldest first. */
export const takeEvents = (world: World, max = Number.POSITIVE_INFINITY): readonly OutboxEvent[] =>
  world.outbox.slice(0, max);

/** Everything up to and including `sequence` has been taken in. */
export const acknowledge = (world: World, sequence: number): void => {
  let count = 0;
  while ((world.outbox[count]?.sequence ?? Number.POSITIVE_INFINITY) <= sequence) count += 1;
  world.outbox.splice(0, count);
};

export const uuid = (world: World): string => {
  const hex = drawHex(world.chance, 32);
  const parts = [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20)];
  return [...parts, hex.slice(20)].join('-');
};

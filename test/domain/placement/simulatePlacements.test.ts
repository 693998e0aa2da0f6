import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { KnownFleet } from '../../../domain/placement/fleetKnowledge.ts';
import { simulatePlacements } from '../../../domain/placement/simulatePlacements.ts';
import {
  aFleet,
  anImage,
  anInstance,
  aService,
  aTask,
  aTaskDefinition,
  imagesOf,
  instanceArn,
  october,
  october2019,
} from '../../support/fleetBuilder.ts';

const image = anImage('orders', october);
const orders = aTaskDefinition('orders');
const inZone = (name: string, zone: string, cpu = 8_192) => {
  const instance = anInstance(name, { build: october });
  return {
    ...instance,
    attributes: { ...instance.attributes, 'ecs.availability-zone': zone },
    remaining: { ...instance.remaining, cpu },
  };
};
const fleetOf = (
  instances: KnownFleet['view']['instances'] extends ReadonlyMap<string, infer I>
    ? readonly I[]
    : never,
): KnownFleet => ({
  view: aFleet({
    instances,
    tasks: [aTask('t1', { imageDigest: image.digest, lastStatus: 'STOPPED' })],
    services: [aService('orders')],
    taskDefinitions: [orders],
  }),
  amis: [],
  channels: [],
  images: imagesOf(image),
});
const asked = { definition: orders, count: 4, osReserveMiB: 2_048 };

const simulated = (
  fleet: KnownFleet,
  fields: Partial<Parameters<typeof simulatePlacements>[1]>,
) => {
  const found = simulatePlacements(fleet, { ...asked, ...fields });
  if ('unreadable' in found) throw new Error(found.unreadable);
  return found;
};

describe('where more tasks would go', () => {
  const zones = fleetOf([inZone('a', 'one'), inZone('b', 'two')]);

  it('is decided one after the other, each with those before it in place', () => {
    const { placed, unplaced } = simulated(zones, { service: aService('orders') });
    expect([...placed]).toEqual([
      [instanceArn('a'), 2],
      [instanceArn('b'), 2],
    ]);
    expect(unplaced).toBe(0);
  });

  it('ends where there is no room, and says why', () => {
    const small = fleetOf([inZone('a', 'one', 2_048)]);
    const { placed, unplaced, firstUnplaced } = simulated(small, { count: 5 });
    expect([placed.get(instanceArn('a')), unplaced]).toEqual([2, 3]);
    expect(firstUnplaced).toMatchObject({
      placedOn: null,
      removed: [{ rule: 'Cpu', count: 1 }],
      nearMisses: [{ rules: ['Cpu'] }],
    });
  });

  it('minds Windows: an image goes nowhere that does not run it', () => {
    const old = fleetOf([anInstance('a', { build: october2019 })]);
    expect(simulated(old, {}).firstUnplaced?.removed).toEqual([
      { rule: 'BuildMismatch', count: 1 },
    ]);
  });

  it('needs to be told what an image is built on that nobody has run', () => {
    const definition = aTaskDefinition('new');
    expect(simulated(zones, { definition }).firstUnplaced?.fault).toBe('ImageBuildUnknown');
    expect(simulated(zones, { definition, imageBuild: october }).unplaced).toBe(0);
  });

  it('says what it cannot read', () => {
    const service = aService('orders', { placementStrategy: [{ type: 'spread', field: 'moon' }] });
    expect(simulatePlacements(zones, { ...asked, service })).toEqual({
      unreadable: expect.stringContaining('moon'),
    });
  });

  it('loses no task, is the same each time, and leaves the fleet as it is', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 8_192 }), { minLength: 1, maxLength: 6 }),
        fc.integer({ min: 1, max: 30 }),
        (cpus, count) => {
          const fleet = fleetOf(cpus.map((cpu, n) => inZone(`i${n}`, `zone-${n % 3}`, cpu)));
          const before = JSON.stringify([...fleet.view.instances]);
          const first = simulated(fleet, { count, service: aService('orders') });
          const sum = [...first.placed.values()].reduce((total, each) => total + each, 0);
          expect(sum + first.unplaced).toBe(count);
          expect(first.firstUnplaced === null).toBe(first.unplaced === 0);
          for (const [n, cpu] of cpus.entries()) {
            const there = first.placed.get(instanceArn(`i${n}`)) ?? 0;
            expect(there * 1_024).toBeLessThanOrEqual(cpu);
          }
          expect(simulated(fleet, { count, service: aService('orders') })).toEqual(first);
          expect(JSON.stringify([...fleet.view.instances])).toBe(before);
        },
      ),
      { numRuns: 100 },
    );
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  expectationOf,
  expectedMs,
  type KnownBeforehand,
} from '../../../domain/rollout/expectedDuration.ts';
import { planSteps } from '../../../domain/rollout/planSteps.ts';
import type { ImageState } from '../../../domain/windows/image.ts';
import { Digest } from '../../../events/ids.ts';
import {
  aChannel,
  aFleet,
  anImage,
  anInstance,
  aService,
  aTask,
  digest,
  imagesOf,
  october,
  september,
} from '../../support/fleetBuilder.ts';
import { aSight, happened, rolloutAfter } from './rolloutBuilder.ts';

const anyKnown: fc.Arbitrary<Required<KnownBeforehand>> = fc.record({
  tasks: fc.nat(100),
  deregistrationDelayMs: fc.nat(3_600_000),
  bytesToPull: fc.nat(20_000_000_000),
});

describe('how long an instance may be expected to take', () => {
  it('is longer for more of anything that is known, and never less than a launch', () => {
    fc.assert(
      fc.property(
        anyKnown,
        fc.constantFrom('tasks', 'deregistrationDelayMs', 'bytesToPull'),
        fc.integer({ min: 1, max: 1_000 }),
        (known, which, more) => {
          const longer = expectedMs({ ...known, [which]: known[which] + more });
          expect(longer).toBeGreaterThan(expectedMs(known));
          expect(expectedMs(known)).toBeGreaterThanOrEqual(
            expectedMs({ tasks: 0, bytesToPull: 0 }),
          );
        },
      ),
    );
  });

  it('takes a delay that is not known for none', () => {
    const known = { tasks: 3, bytesToPull: 1_750_000_000 };
    expect(expectedMs(known)).toBe(expectedMs({ ...known, deregistrationDelayMs: 0 }));
  });
});

const layer = (name: string) => Digest.parse(digest(name));
const [base, patch, app, other] = ['base', 'patch', 'app', 'other'].map(layer) as [
  Digest,
  Digest,
  Digest,
  Digest,
];

/** An image of `service` on October with these layers, 1 GB each. */
const imageWith = (service: string, ...diffIds: readonly Digest[]): ImageState => {
  const image = anImage(service, october, { name: `${service} september` });
  const layers = diffIds.map((id) => ({ digest: id, bytes: 1_000_000_000 }));
  return { ...image, config: { history: [], diffIds, layers } };
};

const expectedWith = (images: readonly ImageState[], services: readonly string[]): number => {
  const tasks = services.map((service, index) => aTask(`t${index}`, { on: 'a', service }));
  const view = aFleet({ instances: [anInstance('a')], tasks });
  const channels = [
    { ...aChannel(september, october), diffIdsByBuild: { [october]: [[base, patch]] } },
  ];
  const state = rolloutAfter({ instances: ['a'] }, happened.started(), happened.learnt());
  const item = Object.values(state.instances)[0];
  if (item === undefined) throw new Error('it was planned');
  return expectationOf(state, { view, images: imagesOf(...images), channels })(item);
};

describe('what has to be pulled anew', () => {
  const gigabyte = 1_000_000_000;
  const pulling = (gigabytes: number, tasks: number) =>
    expectedMs({ tasks, bytesToPull: gigabytes * gigabyte });

  it('is what the AMI of the target does not carry', () => {
    const image = imageWith('orders', base, patch, app);
    expect(expectedWith([image], ['orders'])).toBe(pulling(1, 1));
  });

  it('is all of it on a base that the AMI does not carry', () => {
    const image = imageWith('orders', other, app);
    expect(expectedWith([image], ['orders'])).toBe(pulling(2, 1));
  });

  it('is pulled once for all tasks that share it', () => {
    const images = [imageWith('orders', base, patch, app), imageWith('billing', base, app, other)];
    expect(expectedWith(images, ['orders', 'orders', 'billing'])).toBe(pulling(2, 3));
  });

  it('is nothing for an image that was never read, or whose layers cannot be paired', () => {
    expect(expectedWith([], ['orders'])).toBe(pulling(0, 1));
    const image = imageWith('orders', app);
    const torn = { ...image, config: { history: [], diffIds: [app, other], layers: [] } };
    expect(expectedWith([torn], ['orders'])).toBe(pulling(0, 1));
  });
});

describe('the order in which instances are begun', () => {
  const names = ['a', 'b', 'c', 'd', 'e', 'f'];
  const sightOf = (counts: readonly number[], order: readonly string[]) => {
    const tasks = names.flatMap((name, index) =>
      Array.from({ length: counts[index] ?? 0 }, (_, n) => aTask(`${name}${n}`, { on: name })),
    );
    const service = aService('orders', { desiredCount: tasks.length, runningCount: tasks.length });
    const view = aFleet({
      instances: order.map((name) => anInstance(name)),
      tasks,
      services: [service],
    });
    const sight = aSight({ view });
    const budget = { ...sight.ledger.budget, instances: { count: names.length } };
    return { ...sight, ledger: { ...sight.ledger, budget } };
  };
  const drained = (counts: readonly number[], order: readonly string[]) => {
    const state = rolloutAfter({ instances: order }, happened.started(), happened.learnt());
    return planSteps(state, sightOf(counts, order)).proposals.flatMap(({ step }) =>
      step.type === 'DrainInstance' ? [step.containerInstanceArn.split('/').at(-1) ?? ''] : [],
    );
  };

  it('is by what is expected, then by ARN, in whatever order they are recorded', () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(3), { minLength: names.length, maxLength: names.length }),
        fc.shuffledSubarray(names, { minLength: names.length }),
        (counts, order) => {
          const countOf = (name: string) => counts[names.indexOf(name)] ?? 0;
          const expected = names.toSorted((a, b) => countOf(b) - countOf(a) || (a < b ? -1 : 1));
          const begun = drained(counts, order);
          expect(begun).toEqual(expected.filter((name) => begun.includes(name)));
          expect(begun.length).toBeGreaterThan(0);
        },
      ),
      { numRuns: 50 },
    );
  });
});

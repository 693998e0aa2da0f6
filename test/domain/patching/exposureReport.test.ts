import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ExposureSight, exposureOf } from '../../../domain/patching/exposure.ts';
import {
  aChannel,
  aFleet,
  anImage,
  anInstance,
  aTask,
  at,
  digest,
  imageName,
  imagesOf,
  instanceArn,
  october,
  october2019,
  september,
  september2019,
  taskArn,
} from '../../support/fleetBuilder.ts';

const dayMinutes = 60 * 24;

/** Nine days and four hours after the October releases. */
const now = at(9 * dayMinutes + 240);

const sight = (fields: Partial<ExposureSight> = {}): ExposureSight => ({
  view: aFleet(),
  channels: [aChannel(september, october), aChannel(september2019, october2019)],
  amis: [],
  images: new Map(),
  now,
  ...fields,
});

const october2022 = digest('orders october');

describe('the report', () => {
  const view = aFleet({
    instances: [
      anInstance('a', { build: october }),
      anInstance('b', { build: september2019 }),
      anInstance('c', { attributes: {} }),
    ],
    tasks: [
      aTask('one'),
      aTask('two', { imageDigest: october2022 }),
      aTask('three', { service: 'baskets' }),
      aTask('four', { service: 'baskets', group: 'family:baskets' }),
    ],
  });
  const images = imagesOf(anImage('orders', september), anImage('orders', october));
  const unreadable = { reason: 'answered 429', since: at(60) };
  const channels = [
    aChannel(september, october),
    { ...aChannel(september2019, october2019), unreadable },
  ];
  const report = exposureOf(sight({ view, images, channels }));

  it('counts the cluster', () => {
    expect(report.cluster).toMatchObject({
      tasks: { total: 4, current: 1, behind: 1, unknown: 2 },
      instances: { total: 3, current: 1, behind: 1, unknown: 1 },
      worst: { kind: 'instance', id: instanceArn('b') },
      hoursBehind: { p50: 220, max: 220 },
    });
  });

  it('counts each service, and tasks outside one by their family', () => {
    expect(report.services.map(({ group, tasks }) => [group, tasks.behind, tasks.unknown])).toEqual(
      [
        ['family:baskets', 0, 1],
        ['service:baskets', 0, 1],
        ['service:orders', 1, 0],
      ],
    );
  });

  it('counts each channel, and says which cannot be read', () => {
    expect(report.channels).toMatchObject([
      { channel: 'ltsc2019', newest: october2019, unreadable, instances: { behind: 1 } },
      { channel: 'ltsc2022', newest: october, tasks: { total: 2, behind: 1 } },
    ]);
  });

  it('lists what is unknown by reason, most frequent first, with an example', () => {
    expect(report.unknown).toMatchObject([
      { reason: 'NotInspected', tasks: 2, instances: 0 },
      { reason: 'BuildUnknown', tasks: 0, instances: 1 },
    ]);
    expect(report.unknown[0]?.example).toContain(imageName('baskets'));
  });

  it('has a median by nearest rank', () => {
    const older = aChannel(september, october);
    const tasks = ['one', 'two', 'three'].map((name) => aTask(name));
    const instances = [anInstance('a', { build: september2019 })];
    const shifted = { ...aChannel(september2019, october2019) };
    const late = shifted.releases.map((each) => ({ ...each, publishedAt: at(8 * dayMinutes) }));
    const summary = exposureOf(
      sight({
        view: aFleet({ tasks, instances }),
        images,
        channels: [older, { ...shifted, releases: late }],
      }),
    ).cluster;
    expect(summary.hoursBehind).toEqual({ p50: 220, max: 220 });
    expect(summary.worst?.id).toBe(taskArn('one'));
  });
});

describe('any fleet', () => {
  const names = fc.uniqueArray(fc.constantFrom(...'abcdefgh'), { maxLength: 8 });
  const built = fc.constantFrom(september, october, september2019, october2019);

  it('loses nobody, calls nobody two things, and does not depend on the order of arrival', () => {
    fc.assert(
      fc.property(names, names, built, (hosts, runs, build) => {
        const instances = hosts.map((name) => anInstance(name, { build }));
        const tasks = runs.map((name) => aTask(name));
        const images = imagesOf(anImage('orders', september));
        const report = exposureOf(sight({ view: aFleet({ instances, tasks }), images }));
        for (const counts of [report.cluster.tasks, report.cluster.instances]) {
          expect(counts.current + counts.behind + counts.unknown).toBe(counts.total);
        }
        expect(report.instances).toHaveLength(hosts.length);
        expect(report.tasks).toHaveLength(runs.length);
        const reversed = aFleet({ instances: instances.toReversed(), tasks: tasks.toReversed() });
        expect(exposureOf(sight({ view: reversed, images }))).toEqual(report);
      }),
    );
  });
});

import { describe, expect, it } from 'vitest';
import { type ExposureSight, exposureOf } from '../../../domain/patching/exposure.ts';
import type { ImageState } from '../../../domain/windows/image.ts';
import type { ObservedContainer } from '../../../events/fleet.ts';
import { WindowsBuild } from '../../../events/ids.ts';
import {
  aChannel,
  aFleet,
  anAmiFamily,
  anImage,
  anInstance,
  aTask,
  at,
  digest,
  imageName,
  imagesOf,
  october,
  october2019,
  september,
  september2019,
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

const configOn = (build: WindowsBuild) => ({
  osVersion: `10.0.${build}`,
  history: [],
  diffIds: [],
  layers: [],
});
const october2022 = digest('orders october');
const standingOfTask = (images: ReadonlyMap<string, ImageState>, fields = {}) =>
  exposureOf(sight({ view: aFleet({ tasks: [aTask('one', fields)] }), images })).tasks[0]?.standing;
const standingOfInstance = (
  instance: Parameters<typeof anInstance>[1],
  fields: Partial<ExposureSight> = {},
) =>
  exposureOf(sight({ view: aFleet({ instances: [anInstance('a', instance)] }), ...fields }))
    .instances[0]?.standing;

describe('a running task', () => {
  it('is behind from the moment at which the first release it lacks appeared', () => {
    expect(standingOfTask(imagesOf(anImage('orders', september)))).toEqual({
      status: 'behind',
      channel: 'ltsc2022',
      build: september,
      newest: october,
      releasesBehind: 1,
      since: at(0),
      hoursBehind: 9 * 24 + 4,
      atLeast: false,
      waitingFor: 'rebuild',
    });
  });

  it('waits for the rollout once its tag was pushed again on the newest base', () => {
    const images = imagesOf(anImage('orders', september), anImage('orders', october));
    expect(standingOfTask(images)).toMatchObject({ waitingFor: 'rollout' });
  });

  it('still waits for its rebuild when another tag, or another repository, was pushed', () => {
    const [otherTag, otherService] = [anImage('orders', october), anImage('baskets', october)];
    const images = imagesOf(
      anImage('orders', september),
      { ...otherTag, tags: ['canary'] },
      otherService,
    );
    expect(standingOfTask(images)).toMatchObject({ waitingFor: 'rebuild' });
  });

  it('is current on the newest base', () => {
    const images = imagesOf(anImage('orders', october));
    expect(standingOfTask(images, { imageDigest: october2022 })).toEqual({
      status: 'current',
      channel: 'ltsc2022',
      build: october,
    });
  });

  it('of before the first look is behind since the day that the history of Windows tells', () => {
    const looked = (build: typeof october, minutes: number) => {
      const state = aChannel(build);
      const releases = state.releases.map((each) => ({ ...each, publishedAt: at(minutes) }));
      return { ...state, releases };
    };
    const standing = (build: typeof october, channel: ReturnType<typeof aChannel>) =>
      exposureOf(
        sight({
          view: aFleet({ tasks: [aTask('one')] }),
          images: imagesOf({ ...anImage('orders', september), config: configOn(build) }),
          channels: [channel],
        }),
      ).tasks[0]?.standing;
    const onDay5 = looked(october, 5 * dayMinutes);
    const month = { status: 'behind', atLeast: false };
    // Tuesday was installed on 19 October; the release it lacks was that of the 14th.
    expect(standing(september, onDay5)).toMatchObject({
      ...month,
      releasesBehind: 1,
      since: at(0),
    });
    // 20348.4052 is of August: September's release came before October's.
    const august = WindowsBuild.parse('20348.4052');
    const since = Date.parse('2025-09-09T17:00:00Z');
    expect(standing(august, onDay5)).toMatchObject({ ...month, releasesBehind: 2, since });
    // Older than the history: at least so much.
    const first = WindowsBuild.parse('20348.1');
    expect(standing(first, onDay5)).toMatchObject({ atLeast: true });
    // The first look came after the history's end: releases in between are not known.
    const unheard = looked(WindowsBuild.parse('20348.9000'), 800 * dayMinutes);
    expect(standing(september, unheard)).toMatchObject({ atLeast: true, since: at(0) });
  });

  it('counts by the worst of its images', () => {
    const container = (name: string, month: string): ObservedContainer => ({
      name,
      image: imageName('orders'),
      imageDigest: digest(`orders ${month}`),
      hostPorts: [],
    });
    const images = imagesOf(anImage('orders', september), anImage('orders', october));
    const worst = (...containers: ObservedContainer[]) => standingOfTask(images, { containers });
    const [current, behind] = [container('app', 'october'), container('log', 'september')];
    const unknown = container('proxy', 'never pushed');
    expect(worst(current, behind)).toMatchObject({ status: 'behind' });
    expect(worst(current, unknown)).toMatchObject({ status: 'unknown' });
    expect(worst(unknown, behind, current)).toMatchObject({ status: 'behind' });
    expect(worst(current, current)).toMatchObject({ status: 'current' });
  });

  it('on Fargate is measured by its image too', () => {
    const images = imagesOf(anImage('orders', september));
    const [row] = exposureOf(
      sight({ view: aFleet({ tasks: [aTask('one', { launchType: 'FARGATE' })] }), images }),
    ).tasks;
    expect(row).toMatchObject({ standing: { status: 'behind' } });
    expect(row).not.toHaveProperty('containerInstanceArn');
  });

  it.each([
    ['PROVISIONING', 0],
    ['PENDING', 0],
    ['ACTIVATING', 1],
    ['RUNNING', 1],
    ['DEACTIVATING', 1],
    ['STOPPING', 1],
    ['DEPROVISIONING', 0],
    ['STOPPED', 0],
  ])('is one whose containers run: %s counts %i', (lastStatus, rows) => {
    const report = exposureOf(sight({ view: aFleet({ tasks: [aTask('one', { lastStatus })] }) }));
    expect(report.tasks).toHaveLength(rows);
  });

  it('is measured by the releases of its own flavour, and not by those of another', () => {
    const diffIds = [digest('nano layer')];
    const nano = {
      ...aChannel(september, october),
      repository: 'windows/nanoserver',
      diffIdsByBuild: { [september]: [diffIds] },
    };
    const stale = anImage('orders', september);
    const config = { ...(stale.config ?? { history: [], layers: [] }), diffIds };
    const view = aFleet({ tasks: [aTask('one')] });
    const { newest: _newest, ...emptyNano } = { ...nano, releases: [] };
    const standing = (channels: ExposureSight['channels']) =>
      exposureOf(sight({ view, channels, images: imagesOf({ ...stale, config }) })).tasks[0]
        ?.standing;
    expect(standing([aChannel(september), nano])).toMatchObject({ status: 'behind' });
    // Server Core's October is not its measure; Microsoft's history is, as far as it goes.
    expect(standing([aChannel(september, october), emptyNano])).toMatchObject({
      status: 'behind',
      atLeast: true,
    });
  });

  it('is never called current while its channel was not read', () => {
    const newest = anImage('orders', WindowsBuild.parse('20348.9999'));
    const view = aFleet({ tasks: [aTask('one')] });
    const report = exposureOf(sight({ view, channels: [], images: imagesOf(newest) }));
    expect(report.tasks[0]?.standing).toMatchObject({ reason: 'ChannelNotYetRead' });
  });
});

describe('a task that cannot be judged', () => {
  const known = anImage('orders', september);
  const { config: _config, ...uninspected } = known;
  const failure = { reason: 'ImageNotFound', failedAt: at(0) };
  const withConfig = (config: Partial<NonNullable<ImageState['config']>>): ImageState => ({
    ...known,
    config: { history: [], diffIds: [], layers: [], ...config },
  });
  const { osVersion: _osVersion, ...nothing } = known.config ?? {
    history: [],
    diffIds: [],
    layers: [],
  };

  it.each([
    ['NotInspected', undefined],
    ['NotInspected', uninspected],
    ['InspectionFailed', { ...uninspected, failure }],
    ['NotWindows', { ...known, config: nothing }],
    ['BuildUnknown', withConfig({ osVersion: '10.0.20348' })],
    ['ChannelUnknown', withConfig({ osVersion: '10.0.25398.1' })],
    ['ChannelNotYetRead', withConfig({ osVersion: '10.0.26100.6899' })],
    [
      'EvidenceConflicts',
      withConfig({ osVersion: '10.0.20348.1', history: ['Apply image 10.0.20348.2'] }),
    ],
  ] as const)('is unknown because %s', (reason, image) => {
    const images = image === undefined ? new Map() : imagesOf(image);
    expect(standingOfTask(images)).toMatchObject({ status: 'unknown', reason });
  });

  it('is unknown because ECS gave no digest', () => {
    const containers = [{ name: 'app', image: imageName('orders'), hostPorts: [] }];
    expect(standingOfTask(new Map(), { containers })).toMatchObject({ reason: 'NoDigest' });
    expect(standingOfTask(new Map(), { containers: [] })).toMatchObject({ reason: 'NoDigest' });
  });
});

describe('an instance', () => {
  it('is behind, and waits for an AMI while AWS has published none', () => {
    expect(standingOfInstance({ build: september })).toMatchObject({
      status: 'behind',
      hoursBehind: 220,
      waitingFor: 'ami',
    });
    const amis = [anAmiFamily(september), anAmiFamily(october2019)];
    expect(standingOfInstance({ build: september }, { amis })).toMatchObject({ waitingFor: 'ami' });
  });

  it('waits for the rollout once there is an AMI', () => {
    const amis = [anAmiFamily(september, october)];
    expect(standingOfInstance({ build: september }, { amis })).toMatchObject({
      waitingFor: 'rollout',
    });
  });

  it('is current above the newest image: instances get updates that images do not', () => {
    const attributes = { 'tuesday.os-build': '20348.9999' };
    expect(standingOfInstance({ attributes })).toMatchObject({ status: 'current' });
  });

  it('is unknown with what to do about it', () => {
    expect(standingOfInstance({ attributes: { 'ecs.os-type': 'windows' } })).toMatchObject({
      reason: 'BuildUnknown',
      detail: expect.stringContaining('tuesday.os-build'),
    });
    expect(standingOfInstance({ attributes: { 'ecs.os-type': 'linux' } })).toMatchObject({
      reason: 'NotWindows',
    });
  });
});

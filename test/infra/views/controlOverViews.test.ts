import { describe, expect, it } from 'vitest';
import { clusterStream, fleetStream } from '../../../domain/fleet/shards.ts';
import { ledgerStream } from '../../../domain/maintenance/ledger.ts';
import { maintenanceStream } from '../../../domain/maintenance/maintenanceState.ts';
import { rollout, rolloutStream } from '../../../domain/rollout/rollout.ts';
import { amiStream } from '../../../domain/windows/ami.ts';
import { observe } from '../../../functions/observe.ts';
import { control } from '../../../functions/ticks/control.ts';
import type { EventStore } from '../../../infra/eventStore/eventStore.ts';
import { openSqliteEventStore } from '../../../infra/eventStore/sqliteEventStore.ts';
import { type FollowedViews, followViews } from '../../../infra/views/views.ts';
import { happened, planned, rolloutId } from '../../domain/rollout/rolloutBuilder.ts';
import { anEcs } from '../../functions/gatewayDoubles.ts';
import { adopted, windowsOpen, write } from '../../functions/record.ts';
import { anAmiFamily, anInstance, at, clusterName, october } from '../../support/fleetBuilder.ts';
import { laggingRecord } from './laggingRecord.ts';

const rolloutAt = rolloutStream(rolloutId);
const decided = [rolloutAt, ledgerStream(clusterName), fleetStream(clusterName, 0)];

/** Three instances, the October AMI published, and a rollout under way over two of them. */
const beginning = async (store: EventStore) => {
  await write(store, clusterStream(clusterName), adopted('drive'));
  await write(store, maintenanceStream(clusterName), windowsOpen);
  const observations = ['a', 'b', 'c'].map(
    (name) => ({ kind: 'instance', instance: anInstance(name), from: 'event' }) as const,
  );
  await observe(store, { name: clusterName, shards: 1 }, observations, at(1));
  const { family, channel, amis } = anAmiFamily(october);
  const published = amis.map((ami) => ({
    type: 'AmiPublished',
    data: { family, channel, ...ami },
  }));
  await write(store, amiStream(family), published);
  const plan = planned({ instances: ['a', 'b'] });
  await write(store, rolloutAt, [plan, happened.started()]);
};

/** Drains are carried out by somebody else, and found done at once. */
const drainsSucceed = async (store: EventStore, minute: number) => {
  const { state } = await store.load(rolloutAt, rollout);
  const effects = state.status === 'none' ? [] : Object.values(state.effects);
  const succeeded = effects.map(({ effectId }) => ({
    type: 'EffectSucceeded',
    data: { effectId, succeededAt: at(minute) },
  }));
  if (succeeded.length > 0) await write(store, rolloutAt, succeeded);
};

type Instance = { readonly store: EventStore; readonly views: FollowedViews };

/** Passes minute by minute, with what is carried out between them. */
const passes = async (outside: EventStore, open: () => Instance) => {
  const describeInstance = async (_cluster: string, arn: string) =>
    anInstance(arn.slice(-1), { status: 'DRAINING', runningTasksCount: 0, pendingTasksCount: 0 });
  for (let minute = 10; minute < 20; minute += 1) {
    const ecs = anEcs({ describeInstance });
    const now = () => at(minute);
    await control({ ...open(), ecs, now, osReserveMiB: 2_048 }, clusterName);
    await drainsSucceed(outside, minute);
  }
  const commits = await Promise.all(decided.map((stream) => outside.readStream(stream)));
  return commits.flat().map(({ stream, version, events }) => ({ stream, version, events }));
};

describe('control over views that lag', () => {
  it.each([
    ['one instance', true],
    ['another instance at every pass', false],
  ])('decides in %s as it does over the whole record', async (_what, stays) => {
    const local = openSqliteEventStore(':memory:');
    await beginning(local);
    const views = followViews(local);
    const expected = await passes(local, () => ({ store: local, views }));

    // The table knows the beginning and is never brought up again.
    const around = laggingRecord();
    await beginning(around.outside);
    await around.bringUp();
    const one = around.instance();
    const happens = await passes(around.outside, () => (stays ? one : around.instance()));
    expect(happens).toEqual(expected);
    const types = expected.flatMap(({ events }) => events.map((event) => Object(event).type));
    expect(types).toEqual(
      expect.arrayContaining(['LeaseGranted', 'InstanceDrained', 'InstanceTerminationIntended']),
    );
  });
});

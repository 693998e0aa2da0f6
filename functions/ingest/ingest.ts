import { ec2Notices } from '../../domain/fleet/ec2Notices.ts';
import { parseAwsEvent } from '../../events/aws/parseAwsEvent.ts';
import type { Scope } from '../../events/aws/scope.ts';
import type { Instant } from '../../events/ids.ts';
import type { EventStore } from '../../infra/eventStore/eventStore.ts';
import { handleCommand } from '../../infra/eventStore/handleCommand.ts';
import { findCluster } from './clusters.ts';
import { commitIdOf } from './commitId.ts';
import { alreadySeen, applied, type IngestResult, notStored } from './ingestResult.ts';
import { park } from './park.ts';
import { recordImageAction } from './recordImages.ts';
import { recordObservations } from './recordObservations.ts';
import { type Route, routeOf } from './routes.ts';

export type { IngestResult } from './ingestResult.ts';

export type IngestTools = {
  readonly store: EventStore;
  readonly scope: Scope;
  readonly now: () => Instant;
};

type Routed<To extends Route['to']> = {
  readonly index: number;
  readonly body: string;
  readonly route: Extract<Route, { to: To }>;
};
type Work = { readonly store: EventStore; readonly now: Instant };
type Settle = (index: number, result: IngestResult) => void;

/**
 * Takes a batch of AWS events in any order, copies and strangers included, and answers for every
 * body in their order. One commit for each shard that is touched, named after the bodies, so that a
 * batch that comes again is recognised. What cannot be handled is parked whole while its neighbours
 * go on; what the store did not take is `failed`, for the queue to bring again. Throws only when a
 * cluster cannot be looked up.
 */
export const ingestBatch = async (
  tools: IngestTools,
  bodies: readonly string[],
): Promise<readonly IngestResult[]> => {
  const work = { store: tools.store, now: tools.now() };
  const results: IngestResult[] = [];
  const settle: Settle = (index, result) => {
    results[index] = result;
  };
  const unhandled: { index: number; body: string; parse: Unhandleable }[] = [];
  const routed: Routed<Route['to']>[] = [];
  bodies.forEach((body, index) => {
    const parse = parseAwsEvent(body, tools.scope);
    if (parse.outcome === 'ignored') settle(index, parse);
    if (parse.outcome === 'parked') unhandled.push({ index, body, parse });
    if (parse.outcome === 'accepted') {
      routed.push({ index, body, route: routeOf(parse.event, work.now) });
    }
  });
  await parkAll(work, unhandled, settle);
  await ingestFleets(work, those(routed, 'fleet'), settle);
  await ingestNotices(work, those(routed, 'notices'), settle);
  // One after another: a push and a deletion of one image belong into one stream.
  for (const { index, route } of those(routed, 'image')) {
    settle(index, await recordImageAction(work, route.event));
  }
  return results;
};

type Unhandleable = Extract<ReturnType<typeof parseAwsEvent>, { outcome: 'parked' }>;

const those = <To extends Route['to']>(routed: readonly Routed<Route['to']>[], to: To) =>
  routed.filter(({ route }) => route.to === to) as unknown as readonly Routed<To>[];

const parkAll = async (
  work: Work,
  unhandled: readonly { index: number; body: string; parse: Unhandleable }[],
  settle: Settle,
) => {
  try {
    const ids = await park(
      work,
      unhandled.map(({ body, parse }) => ({ body, reason: parse.reason, remedy: parse.remedy })),
    );
    unhandled.forEach(({ index, parse: { reason, remedy } }, nth) => {
      settle(index, { outcome: 'parked', reason, detail: remedy, parkedId: ids[nth] ?? '' });
    });
  } catch (error) {
    for (const { index } of unhandled) settle(index, notStored(error));
  }
};

const ingestFleets = async (work: Work, routed: readonly Routed<'fleet'>[], settle: Settle) => {
  for (const [clusterArn, alike] of Map.groupBy(routed, ({ route }) => route.clusterArn)) {
    const cluster = await findCluster(work.store, clusterArn, work.now);
    const results = await recordObservations(
      work,
      cluster,
      alike.map(({ route }) => route.observation),
      () => alike.map(({ body }) => body),
    );
    alike.forEach(({ index }, nth) => {
      settle(index, results[nth] ?? alreadySeen);
    });
  }
};

const ingestNotices = async (work: Work, routed: readonly Routed<'notices'>[], settle: Settle) => {
  for (const [stream, alike] of Map.groupBy(routed, ({ route }) => route.stream)) {
    const notices = alike.map(({ route }) => route.notice);
    const commitId = commitIdOf(
      stream,
      alike.map(({ body }) => body),
    );
    const meta = { commitId, now: work.now };
    const command = { type: 'RecordNotices', notices } as const;
    try {
      const { events } = await handleCommand(work.store, ec2Notices, stream, command, meta);
      const told = new Set<unknown>(events);
      for (const { index, route } of alike) {
        settle(index, told.has(route.notice) ? applied : alreadySeen);
      }
    } catch (error) {
      for (const { index } of alike) settle(index, notStored(error));
    }
  }
};

import { fileURLToPath } from 'node:url';
import { osReserveDefaultMiB as osReserveMiB } from '../../domain/fleet/capacity.ts';
import type { Scenario } from '../../domain/simulation/scenario.ts';
import type { Scope } from '../../events/aws/scope.ts';
import type { Instant } from '../../events/ids.ts';
import { carryOutPart, partsOf } from '../../functions/effects/carryOut.ts';
import { ingestBatch } from '../../functions/ingest/ingest.ts';
import { openEffects } from '../../functions/streams/relay.ts';
import { control } from '../../functions/ticks/control.ts';
import { foreseeExpiries } from '../../functions/ticks/foreseeExpiries.ts';
import { inspect } from '../../functions/ticks/inspect.ts';
import { observeCapacity } from '../../functions/ticks/observeCapacity.ts';
import { observeStops } from '../../functions/ticks/observeStops.ts';
import { sweep } from '../../functions/ticks/sweep.ts';
import { watch } from '../../functions/ticks/watch.ts';
import type { Gateways } from '../../infra/aws/gateways.ts';
import type { EventStore } from '../../infra/eventStore/eventStore.ts';
import { matchesPattern } from '../../infra/local/eventPattern.ts';
import { type FunctionPattern, readEventPatterns } from '../../infra/local/patterns.ts';
import type { RegistryClient } from '../../infra/registry/registryClient.ts';
import { followViews, type Views } from '../../infra/views/views.ts';

/**
 * Events on their way from AWS, in the order in which they arrive; kept until they are
 * acknowledged.
 */
export type Deliveries = {
  readonly pending: (
    limit: number,
  ) => readonly { readonly sequence: number; readonly event: unknown }[];
  readonly acknowledge: (sequence: number) => void;
};

export type PlaneTools = {
  readonly store: EventStore;
  readonly gateways: Gateways;
  readonly registry: RegistryClient;
  readonly deliveries: Deliveries;
  readonly scenario: Pick<Scenario, 'account' | 'region' | 'clusterName'>;
  readonly now: () => Instant;
};

export type Due = {
  readonly watch: boolean;
  readonly sweep: boolean;
};

export type StepReport = {
  readonly views: Views;
  readonly delivered: number;
  /** Events that no pattern of serverless.yml asks for. */
  readonly unmatched: number;
  readonly parked: number;
};

/** A lock keeps this the only process that lives in its world. */
const executor = 'the one process of this machine';

/** Of an SQS trigger that waits a second for its batch (serverless.yml). */
const batchSize = 100;

const serverlessFile = fileURLToPath(new URL('../../serverless.yml', import.meta.url));

/** What one pass wrote may be what the next one waits for: planned, started, asked for. */
const passesMax = 4;

/**
 * The control plane in one process: the handlers that run as Lambda functions, fed by the patterns
 * of serverless.yml and called one after another, so that the same world gives the same record.
 * Everything in a step may be done again after a crash: events carry versions, commands are
 * recognised, effects look before they leap.
 */
export const localPlane = (tools: PlaneTools) => {
  const views = followViews(tools.store);
  const { store, gateways, registry, now } = tools;
  const { account, region, clusterName } = tools.scenario;
  const patterns = readEventPatterns(serverlessFile, { 'AWS::AccountId': account });
  const scope = { accounts: [account], regions: [region] };
  return {
    views: () => views.catchUp(),
    step: async (due: Due): Promise<StepReport> => {
      const delivery = await deliver(tools, patterns, scope);
      if (due.watch) await watch({ store, registry, ssm: gateways.ssm, now });
      if (due.sweep) await sweep({ store, views, ...gateways, now }, clusterName);
      if (due.sweep) await observeCapacity({ store, views, gateways, now }, clusterName);
      if (due.sweep) await observeStops({ store, views, gateways, now }, clusterName);
      await inspect({ store, views, ecr: gateways.ecr, now });
      if (due.sweep) await foreseeExpiries({ store, views, ecr: gateways.ecr, now });
      for (let pass = 0; pass < passesMax; pass += 1) {
        const { written } = await control(
          { store, views, ecs: gateways.ecs, ec2: gateways.ec2, now, osReserveMiB },
          clusterName,
        );
        if (written === 0) break;
      }
      const effects = openEffects(await views.catchUp());
      for (const part of partsOf(effects)) {
        await carryOutPart({ store, gateways, now, executor }, part);
      }
      return { ...delivery, views: await views.catchUp() };
    },
  };
};

/** Brings what has arrived to the functions whose patterns ask for it, batch by batch. */
const deliver = async (
  { store, deliveries, now }: PlaneTools,
  patterns: readonly FunctionPattern[],
  scope: Scope,
) => {
  let delivered = 0;
  let unmatched = 0;
  let parked = 0;
  for (;;) {
    const batch = deliveries.pending(batchSize);
    const last = batch.at(-1);
    if (last === undefined) return { delivered, unmatched, parked };
    const wanted = batch.filter(({ event }) => isWanted(patterns, event as object));
    const bodies = wanted.map(({ event }) => JSON.stringify(event));
    const results = await ingestBatch({ store, scope, now }, bodies);
    delivered += bodies.length;
    unmatched += batch.length - bodies.length;
    parked += results.filter(({ outcome }) => outcome === 'parked').length;
    deliveries.acknowledge(last.sequence);
  }
};

const isWanted = (patterns: readonly FunctionPattern[], event: object): boolean =>
  patterns.some((each) => each.function === 'ingest' && matchesPattern(each.pattern, event));

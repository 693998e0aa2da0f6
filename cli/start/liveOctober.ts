import { existsSync } from 'node:fs';
import type { Scenario } from '../../domain/simulation/scenario.ts';
import { Instant } from '../../events/ids.ts';
import { awsGateways } from '../../infra/aws/clients.ts';
import type { Pacing } from '../../infra/aws/tokenBucket.ts';
import type { EventStore } from '../../infra/eventStore/eventStore.ts';
import { type Cloud, openCloud } from '../../infra/local/cloud.ts';
import { october2025 } from '../../infra/local/scenario/october2025.ts';
import { serveCloud } from '../../infra/local/wire.ts';
import { createRegistryClient } from '../../infra/registry/dockerRegistryClient.ts';
import { count, moment } from '../text.ts';
import type { CliTools } from '../tools.ts';
import { adoptLived } from './adoptLived.ts';
import { isMoving } from './isMoving.ts';
import { localPlane } from './localPlane.ts';
import { dueAt, nextStep, type Standing, standingOf } from './month.ts';
import { pictured, told } from './progress.ts';
import { summaryData, summaryLines } from './summary.ts';

type Place = {
  readonly store: string;
  readonly cloudFile: string;
  readonly seed: number;
  readonly json: boolean;
  /** Stops here, in ms since 1970, and can be carried on. Absent: at the end of the month. */
  readonly until?: number;
};

/**
 * Lives October 2025 to its end: the simulated AWS speaks the wire protocol on loopback, the
 * control plane is the one that runs on Lambda. Killed at any moment and started again it carries
 * on from the last thing that was stored.
 */
export const liveOctober = async (place: Place, tools: CliTools): Promise<void> => {
  const month = october2025();
  const scenario = { ...month, endsAt: Math.min(place.until ?? month.endsAt, month.endsAt) };
  const carriesOn = existsSync(place.cloudFile);
  const cloud = openCloud({ file: place.cloudFile, scenario, seed: place.seed });
  const store = tools.openStore(place.store, { create: true, survives: 'process' });
  const wire = await serveCloud(cloud);
  try {
    if (!place.json) opening(place, cloud, carriesOn, scenario, tools);
    pointClientsAt(wire.url, scenario.region);
    await adoptLived(store, cloud.world, scenario);
    const plane = localPlane({
      store,
      gateways: awsGateways({ busName: 'tuesday', pacing: byTimeOf(cloud) }),
      registry: createRegistryClient(wire.url),
      deliveries: deliveriesOf(cloud),
      scenario,
      now: () => Instant.parse(cloud.now()),
    });
    const last = await live(plane, store, cloud, scenario, place, tools);
    const counted = { bytesPulled: cloud.world.bytesPulled, seed: place.seed };
    if (place.json) tools.out(JSON.stringify(summaryData(last, counted)));
    else for (const line of ['', ...summaryLines(last, counted)]) tools.out(line);
    if (!place.json) closing(place, tools);
  } finally {
    await wire.close();
    store.close();
    cloud.close();
  }
};

/** The SDK reads where to call from the environment; the real gateways need no word about it. */
const pointClientsAt = (url: string, region: string): void => {
  process.env.AWS_ENDPOINT_URL = url;
  process.env.AWS_REGION = region;
  process.env.AWS_ACCESS_KEY_ID = 'simulated';
  process.env.AWS_SECRET_ACCESS_KEY = 'simulated';
};

/** A month passes in a minute: a pause between calls is counted, and not waited for. */
const byTimeOf = (cloud: Cloud): Pacing => {
  let pausedMs = 0;
  return {
    now: () => Instant.parse(cloud.now()) + pausedMs,
    pause: async (milliseconds) => {
      pausedMs += milliseconds;
    },
  };
};

const deliveriesOf = (cloud: Cloud) => ({
  pending: cloud.pendingEvents,
  acknowledge: cloud.acknowledge,
});

const live = async (
  plane: ReturnType<typeof localPlane>,
  store: EventStore,
  cloud: Cloud,
  { startsAt, endsAt, clusterName }: Scenario,
  { json }: Place,
  tools: CliTools,
): Promise<Standing> => {
  const silent = { show: () => {}, end: () => {} };
  const shown = tools.isTerminal ? pictured({ startsAt, endsAt }, tools.out) : told(tools.out);
  const progress = json ? silent : shown;
  for (;;) {
    const now = Instant.parse(cloud.now());
    const { upTo } = await plane.views();
    const { views } = await plane.step(dueAt(now, startsAt as Instant));
    const standing = standingOf(views, clusterName, now);
    progress.show(standing, await store.readAll(upTo, commitsShownMax));
    if (now >= endsAt) {
      progress.end();
      return standing;
    }
    cloud.advance(nextStep(now, isMoving(views), endsAt));
  }
};

const commitsShownMax = 10_000;

const opening = (
  { seed }: Place,
  cloud: Cloud,
  carriesOn: boolean,
  { startsAt, endsAt }: Scenario,
  { out }: CliTools,
): void => {
  const { instances, tasks, services } = cloud.world;
  const fleet = [
    count(Object.keys(instances).length, 'instance'),
    count(Object.keys(tasks).length, 'task'),
    count(Object.keys(services).length, 'service'),
  ].join(', ');
  out(`Tuesday lives October 2025 on this machine, seed ${seed}.`);
  out(`A simulated ECS cluster of ${fleet}.`);
  out(
    'The releases are Microsoft’s real ones; the cluster and the dates of the AMIs are modelled.',
  );
  if (carriesOn && cloud.now() >= endsAt)
    out('The month was lived before; --reset begins it anew.');
  else if (carriesOn) out(`Carrying on from ${moment(cloud.now())}.`);
  else out(`From ${moment(startsAt)} to ${moment(endsAt)}, all times UTC.`);
  out('');
};

const closing = ({ store }: Place, { out }: CliTools): void => {
  const where = store === '.data/tuesday.sqlite' ? '' : ` --store ${store}`;
  out('');
  out('Look around in what was recorded:');
  for (const command of ['exposure', 'fleet', 'releases', 'rollout watch', 'events --limit 20']) {
    out(`  npm run tuesday -- ${command}${where}`);
  }
};

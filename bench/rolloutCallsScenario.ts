import { clusterStream } from '../domain/fleet/shards.ts';
import { type ClusterCommand, cluster } from '../domain/maintenance/cluster.ts';
import { ledger, ledgerStream } from '../domain/maintenance/ledger.ts';
import { maintenance } from '../domain/maintenance/maintenance.ts';
import { maintenanceStream } from '../domain/maintenance/maintenanceState.ts';
import { alwaysOpen } from '../domain/maintenance/whyNotWindows.ts';
import { defaultPolicy } from '../domain/rollout/defaultPolicy.ts';
import type { InstancePlan, Scenario } from '../domain/simulation/scenario.ts';
import type { World } from '../domain/simulation/world.ts';
import type { Share } from '../events/disruption.ts';
import { type ClusterArn, Instant } from '../events/ids.ts';
import { send } from '../functions/send.ts';
import type { EventStore } from '../infra/eventStore/eventStore.ts';
import { october2025 } from '../infra/local/scenario/october2025.ts';

export type Size = {
  readonly instances: number;
  readonly behind: number;
  readonly services: number;
  readonly tasksEach: number;
};

const builds = { september: '20348.4171', october: '20348.4294' } as const;
/** What Tuesday itself writes on a service whose image moves from one to the other. */
const constraint = `attribute:tuesday.os-build in [${builds.september}, ${builds.october}]`;
const operatingSystemFamily = 'WINDOWS_SERVER_2022_CORE';
const hourMs = 3_600_000;

/**
 * A large cluster on one Windows, two days after AWS published the AMIs of October 2025: some of
 * its instances are behind, and all images of its services. A daemon with an image that nobody here
 * can read runs on every instance, so that each new one proves itself without a canary.
 */
export const callsScenario = ({ instances, behind, services, tasksEach }: Size): Scenario => {
  const month = october2025();
  const startsAt = Date.parse('2025-10-20T12:00:00Z');
  const registry = `${month.account}.dkr.ecr.${month.region}.amazonaws.com`;
  const names = Array.from({ length: services }, (_, index) => `service-${index}`);
  const vendor = 'vendor.example/agent:1';
  const containerOf = (image: string, memoryMiB: number) => [
    { name: 'app', image, cpu: 256, memoryMiB },
  ];
  return {
    ...month,
    name: `calls-${instances}`,
    startsAt,
    endsAt: startsAt + 48 * hourMs,
    groups: month.groups.filter(({ channel }) => channel === 'ltsc2022'),
    instances: Array.from({ length: instances }, (_, index) =>
      instanceOf(month, index, index < behind ? builds.september : builds.october),
    ),
    repositories: names.map((name) => ({
      repository: name,
      tag: 'live',
      channel: 'ltsc2022',
      base: { repository: 'windows/servercore', tag: 'ltsc2022' },
      build: builds.september,
      pushedAt: startsAt - 20 * 24 * hourMs,
      appLayers: [{ name: 'application', bytes: 12_000_000 }],
      builder: 'answers',
    })),
    vendorImages: [{ image: vendor, build: builds.september, bytes: 100_000_000 }],
    taskDefinitions: [
      ...names.map((family) => ({
        family,
        operatingSystemFamily,
        containers: containerOf(`${registry}/${family}:live`, 1_024),
      })),
      { family: 'agent', operatingSystemFamily, containers: containerOf(vendor, 256) },
    ],
    services: [
      ...names.map((name) => ({
        name,
        family: name,
        desiredCount: tasksEach,
        minimumHealthyPercent: 50,
        maximumPercent: 200,
        placementConstraints: [constraint],
      })),
      {
        name: 'agent',
        family: 'agent',
        desiredCount: 0,
        minimumHealthyPercent: 0,
        maximumPercent: 100,
        schedulingStrategy: 'DAEMON',
      },
    ],
    agentBlipsPerDay: 0,
  };
};

const instanceOf = (month: Scenario, index: number, build: string): InstancePlan => {
  const group = month.groups.find(({ channel }) => channel === 'ltsc2022');
  const ami = month.amis.find((each) => each.build === build);
  const zone = group?.zones[index % group.zones.length];
  if (group === undefined || ami === undefined || zone === undefined) {
    throw new Error(`October 2025 has instances on ${build}`);
  }
  return { group: group.name, zone, amiId: ami.amiId, build, buildAttribute: true };
};

/** Driven, started by itself, at any hour, so many instances and all services at once. */
export const adoptForCalls = async (
  store: EventStore,
  world: World,
  { account, region, clusterName }: Scenario,
  atOnce: Share,
): Promise<void> => {
  const now = Instant.parse(world.now);
  const actor = 'bench';
  const clusterArn = world.clusterArn as ClusterArn;
  const policy = {
    ...defaultPolicy,
    start: 'automatic',
    launchTemplate: 'newVersion',
  } as const;
  const commands: readonly ClusterCommand[] = [
    { type: 'AdoptCluster', clusterArn, clusterName, account, region, now },
    { type: 'SetPolicy', policy, actor, now },
    { type: 'SetMode', mode: 'drive', actor, now },
  ];
  for (const command of commands) {
    await send(store, cluster, clusterStream(clusterName), command, now);
  }
  const closing = { underway: 'finish', lastStartMs: 0 } as const;
  const windows = { type: 'SetWindows', windows: [alwaysOpen], closing, actor, now } as const;
  await send(store, maintenance, maintenanceStream(clusterName), windows, now);
  const reasons = [{ reason: 'patch' }] as const;
  const budget = { instances: atOnce, services: { percent: 100 }, reasons };
  const set = { type: 'SetBudget', budget, actor, now } as const;
  await send(store, ledger, ledgerStream(clusterName), set, now);
};

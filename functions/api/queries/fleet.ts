import { freeOn, osReserveDefaultMiB as osReserveMiB } from '../../../domain/fleet/capacity.ts';
import {
  type Ec2Notices,
  type FleetView,
  tasksOfService,
  tasksOn,
} from '../../../domain/fleet/fleetView.ts';
import { planGhosts } from '../../../domain/maintenance/planGhosts.ts';
import { judgeFleet } from '../../../domain/placement/query/judgeFleet.ts';
import { parseQuery } from '../../../domain/placement/query/parse.ts';
import { instanceBuild } from '../../../domain/windows/instanceBuild.ts';
import type { ObservedInstance } from '../../../events/fleet.ts';
import type { Instant } from '../../../events/ids.ts';
import type { Views } from '../../../infra/views/views.ts';
import type {
  getFleet,
  Instance,
  listInstances,
  listServices,
  listTasks,
} from '../contract/fleet.ts';
import { pageOf } from '../page.ts';
import { ProblemError } from '../problem.ts';
import type { Handle } from '../route.ts';
import { clusterSight } from '../sight.ts';

export const get: Handle<typeof getFleet> = async ({ parameters }, _caller, tools) => {
  const { view } = await clusterSight(tools, parameters.cluster);
  const { clusterName, instances, services, tasks } = view;
  const running = [...tasks.values()].filter(({ lastStatus }) => lastStatus === 'RUNNING');
  return {
    clusterName,
    instances: instances.size,
    services: services.size,
    runningTasks: running.length,
    tasks: tasks.size,
  };
};

export const instances: Handle<typeof listInstances> = async (asked, _caller, tools) => {
  const { cluster } = asked.parameters;
  const { view, views } = await clusterSight(tools, cluster);
  const silences = silencesOf(views, view, cluster, tools.now());
  const { where, status } = asked.query;
  const { satisfying, notes } = where === undefined ? everyone : satisfyingIn(view, where);
  const chosen = [...view.instances.values()].filter(
    (each) =>
      (status === undefined || each.status === status) &&
      (satisfying === undefined || satisfying.has(each.containerInstanceArn)),
  );
  const { items, ...page } = pageOf(chosen, (each) => each.containerInstanceArn, asked.query);
  return {
    ...page,
    items: items.map((each) => instanceRecord(views, view, each, silences)),
    notes,
  };
};

type Satisfying = {
  readonly satisfying: ReadonlySet<string> | undefined;
  readonly notes: readonly string[];
};
const everyone: Satisfying = { satisfying: undefined, notes: [] };

/** Throws `ProblemError` naming what cannot be read, and where. */
const satisfyingIn = (view: FleetView, expression: string): Satisfying => {
  const parsed = parseQuery(expression);
  if ('refused' in parsed) {
    const message = `column ${parsed.refused.column}: ${parsed.refused.message}`;
    const issue = { in: 'query', field: 'where', message } as const;
    throw new ProblemError('QueryUnreadable', message, [issue]);
  }
  const { satisfying, findings } = judgeFleet(parsed.ok, view);
  return { satisfying: new Set(satisfying), notes: findings.map(({ message }) => message) };
};

export const services: Handle<typeof listServices> = async (asked, _caller, tools) => {
  const { view } = await clusterSight(tools, asked.parameters.cluster);
  const { status } = asked.query;
  const chosen = [...view.services.values()].filter(
    (each) => status === undefined || each.status === status,
  );
  const { items, ...page } = pageOf(chosen, ({ serviceArn }) => serviceArn, asked.query);
  const shown = items.map((service) => ({
    kind: 'service' as const,
    ...service,
    tasksSeen: tasksOfService(view, service.serviceName).length,
  }));
  return { ...page, items: shown };
};

export const tasks: Handle<typeof listTasks> = async (asked, _caller, tools) => {
  const { view } = await clusterSight(tools, asked.parameters.cluster);
  const { status, service, instance } = asked.query;
  const chosen = [...view.tasks.values()].filter(
    (each) =>
      (status === undefined || each.lastStatus === status) &&
      (service === undefined || each.group === `service:${service}`) &&
      (instance === undefined || each.containerInstanceArn === instance),
  );
  const { items, ...page } = pageOf(chosen, ({ taskArn }) => taskArn, asked.query);
  return { ...page, items: items.map((task) => ({ kind: 'task' as const, ...task })) };
};

type Silences = ReadonlyMap<string, NonNullable<Instance['silence']>>;

/** By ARN: what is silent, and what Tuesday does about it or why it does nothing. */
const silencesOf = (views: Views, view: FleetView, clusterName: string, now: Instant): Silences => {
  const state = views.ghosts(clusterName);
  const mode = views.clusters.get(clusterName)?.mode ?? 'observe';
  const { held, commands } = planGhosts(view, state, mode, now);
  const leaving = [...Object.values(state.effects), ...commands].flatMap((each) =>
    'containerInstanceArn' in each ? [each.containerInstanceArn] : [],
  );
  const silences = new Map<string, NonNullable<Instance['silence']>>();
  for (const { subject, reason, detail } of held) {
    silences.set(subject, { status: reason === 'AgentSilent' ? 'silent' : 'ghost', detail });
  }
  const detail = 'its machine is gone; it is being deregistered';
  for (const arn of leaving) silences.set(arn, { status: 'deregistering', detail });
  return silences;
};

const instanceRecord = (
  views: Views,
  view: FleetView,
  instance: ObservedInstance,
  silences: Silences,
): Instance => {
  const free = freeOn(view, instance, { osReserveMiB });
  const { containerInstanceArn, ec2InstanceId, status, agentConnected, registered } = instance;
  const attribute = (name: string) => instance.attributes[name] ?? null;
  return {
    kind: 'instance',
    containerInstanceArn,
    ec2InstanceId: ec2InstanceId ?? null,
    status,
    agentConnected,
    agentVersion: instance.agentVersion ?? null,
    availabilityZone: attribute('ecs.availability-zone'),
    instanceType: attribute('ecs.instance-type'),
    amiId: attribute('ecs.ami-id'),
    osFamily: attribute('ecs.os-family'),
    build: instanceBuild(instance, views.amis, views.channels),
    registered: { cpu: registered.cpu, memoryMiB: registered.memoryMiB },
    free: { cpu: free.cpu, memoryMiB: free.memoryMiB, osReserveMiB },
    portsTaken: free.tcpPorts.filter((port) => !registered.tcpPorts.includes(port)),
    tasks: tasksOn(view, containerInstanceArn).length,
    notices: noticesOf(ec2InstanceId && view.notices.get(ec2InstanceId)),
    silence: silences.get(containerInstanceArn) ?? null,
    version: instance.version,
  };
};

/** The token by which a lifecycle hook is answered stays inside. */
const noticesOf = (notices: Ec2Notices | undefined): Instance['notices'] => {
  if (notices === undefined) return null;
  const { terminationHook, ...others } = notices;
  if (terminationHook === undefined) return others;
  const { lifecycleActionToken: _token, ...hook } = terminationHook;
  return { ...others, terminationHook: hook };
};

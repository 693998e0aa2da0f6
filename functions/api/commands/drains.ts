import { drain, drainStream } from '../../../domain/draining/drain.ts';
import type { DrainCommand, StartDrain } from '../../../domain/draining/drainCommand.ts';
import type { DrainPlan } from '../../../domain/draining/drainPlan.ts';
import { lastingOf } from '../../../domain/draining/drainSight.ts';
import type { Drain } from '../../../domain/draining/drainState.ts';
import { Refusal } from '../../../domain/refusal.ts';
import type { ContainerInstanceArn } from '../../../events/ids.ts';
import type { Asked } from '../contract/contract.ts';
import type { startDrains, undoDrain } from '../contract/drains.ts';
import { arnsByName, idOf, instancesNamed } from '../instancesNamed.ts';
import { plannedDrain, rolloutOn } from '../plannedDrain.ts';
import { ProblemError } from '../problem.ts';
import type { ApiTools, Caller, Handle } from '../route.ts';
import { type ClusterSight, clusterSight } from '../sight.ts';
import { tell } from './tell.ts';

/** What is refused for one of them is refused for all, before anything is written. */
export const start: Handle<typeof startDrains> = async ({ parameters, body }, caller, tools) => {
  const sight = await clusterSight(tools, parameters.cluster);
  const instances = instancesNamed(sight.view, body.instances);
  const standalone = body.standalone ?? { type: 'wait' as const };
  const asked = { instances, standalone, lastHealthyTask: 'hold' as const };
  const { plan, planToken } = plannedDrain(sight, asked, caller.now);
  // Begun before its answer was lost, it may have moved the fleet itself.
  if (body.planToken !== undefined && body.planToken !== planToken && !caller.isRetry) {
    const detail = `the plan is ${planToken} by now; look at it again before you take it`;
    throw new ProblemError('PlanChanged', detail);
  }
  const commands = instances.map((arn) =>
    startOf(arn, { ...body, standalone }, plan, sight, caller),
  );
  for (const command of commands) {
    const stream = drainStream(sight.cluster.name, command.containerInstanceArn);
    const { state } = await tools.store.load(stream, drain);
    drain.decide(command, state);
  }
  const drains = [];
  for (const command of commands) {
    drains.push(await send(command.containerInstanceArn, command, sight, caller, tools));
  }
  return { drains };
};

type Body = Asked<typeof startDrains>['body'] & Pick<StartDrain, 'standalone'>;

const startOf = (
  containerInstanceArn: ContainerInstanceArn,
  { reason: because, standalone, deadlineAt, atDeadline, andThen, forcedBecause }: Body,
  plan: DrainPlan,
  sight: ClusterSight,
  { actor, now }: Caller,
): StartDrain => {
  const { view, cluster } = sight;
  const instance = view.instances.get(containerInstanceArn);
  const ec2InstanceId = instance?.ec2InstanceId;
  if (instance === undefined || ec2InstanceId === undefined) {
    const detail = `${containerInstanceArn} has told no EC2 instance yet`;
    throw new Refusal('DrainNotPossible', detail);
  }
  const rollout = rolloutOn(sight, containerInstanceArn);
  if (rollout !== undefined) {
    const detail = `${rollout.rolloutId} is replacing ${containerInstanceArn} already`;
    throw new Refusal('DrainNotPossible', detail);
  }
  const blockers = plan.blockers.filter(
    (each) => each.containerInstanceArn === containerInstanceArn,
  );
  return {
    type: 'StartDrain',
    clusterName: cluster.name,
    containerInstanceArn,
    ec2InstanceId,
    reason: 'manual',
    actor,
    because,
    deadlineAt,
    atDeadline: atDeadline ?? 'restore',
    standalone,
    andThen: andThen ?? 'keepDrained',
    ...(forcedBecause !== undefined && { forcedBecause }),
    mode: cluster.mode,
    instanceStatus: instance.status,
    lasting: lastingOf({ ...plan, blockers }, standalone),
    now,
  };
};

export const undo: Handle<typeof undoDrain> = async ({ parameters, body }, caller, tools) => {
  const sight = await clusterSight(tools, parameters.cluster);
  const { name } = sight.cluster;
  const ours = sight.views.drains.filter(({ clusterName }) => clusterName === name);
  // One that was asked for a moment ago may not be among them yet: its stream knows.
  const known = [...sight.view.instances.values(), ...ours];
  const arn = arnsByName(known).get(parameters.instance);
  if (arn === undefined) {
    const detail = `nobody asked Tuesday to drain ${parameters.instance} of ${name}`;
    throw new Refusal('DrainNotFound', detail);
  }
  const { actor, now } = caller;
  const command = { type: 'UndoDrain', actor, because: body.reason, now } as const;
  return send(arn, command, sight, caller, tools);
};

/** One request may go to several streams: each commit has a name of its own. */
const send = async (
  arn: ContainerInstanceArn,
  command: DrainCommand,
  { cluster }: ClusterSight,
  caller: Caller,
  tools: ApiTools,
) => {
  const stream = drainStream(cluster.name, arn);
  const commandId = `${caller.commandId}-${idOf(arn)}`;
  const { state, events } = await tell(tools, { ...caller, commandId }, drain, stream, command);
  const { containerInstanceArn, ec2InstanceId, status } = state as Drain;
  return { containerInstanceArn, ec2InstanceId, status, changed: events.length > 0 };
};

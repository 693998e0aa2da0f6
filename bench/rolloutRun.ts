import { fold } from '../domain/decider.ts';
import { ledger } from '../domain/maintenance/ledger.ts';
import { maintenance } from '../domain/maintenance/maintenance.ts';
import { alwaysOpen } from '../domain/maintenance/whyNotWindows.ts';
import { instanceEffectId } from '../domain/rollout/effectIds.ts';
import { planSteps } from '../domain/rollout/planSteps.ts';
import { rollout } from '../domain/rollout/rollout.ts';
import type { RolloutCommand } from '../domain/rollout/rolloutCommand.ts';
import type { Rollout } from '../domain/rollout/rolloutState.ts';
import type { Sight } from '../domain/rollout/sight.ts';
import type { ContainerInstanceArn, EffectId, Instant } from '../events/ids.ts';
import { oneWakeUpMs } from '../functions/streams/relay.ts';
import {
  began,
  type Replaceable,
  replacementOf,
  rolloutOver,
  toBuild,
  viewOf,
} from './rolloutFleet.ts';

/** What one rollout came to in virtual time. */
export type Run = {
  readonly makespanMs: number;
  readonly planCalls: number;
  /** Of the rollout and of the ledger; bytes as JSON. */
  readonly events: number;
  readonly bytes: number;
};

type Underway = { readonly endsAt: number; readonly each: Replaceable };

/**
 * Carries a rollout to its end. The planner decides what is begun and when, the deciders settle it;
 * of AWS there is only how long each instance holds its lease. The planner is woken as the control
 * queue wakes it: ten seconds after something has happened.
 */
export const runRollout = (all: readonly Replaceable[]): Run => {
  const world = new Map(all.map((each) => [each.instance.containerInstanceArn as string, each]));
  let state = rolloutOver(all);
  let desk = ledger.initialState;
  let underway: readonly Underway[] = [];
  let now = began as number;
  let endedAt = now;
  let planCalls = 0;
  const written = { events: 0, bytes: 0 };
  const write = (events: readonly object[]) => {
    written.events += events.length;
    for (const event of events) written.bytes += Buffer.byteLength(JSON.stringify(event));
  };
  const tell = (command: RolloutCommand): readonly { readonly type: string }[] => {
    const events = rollout.decide(command, state);
    write(events);
    state = fold({ ...rollout, initialState: state }, events) as Rollout;
    return events;
  };
  const ended = (arn: string) => {
    const each = world.get(arn);
    if (each === undefined) throw new Error(`${arn} was under way`);
    world.delete(arn);
    const instance = replacementOf(each.instance, now as Instant);
    const task = { ...each.task, containerInstanceArn: instance.containerInstanceArn };
    world.set(arn, { ...each, instance, task });
    for (const command of replaced(state, each, instance, now as Instant)) tell(command);
  };
  while (state.status === 'running') {
    for (const { each, endsAt } of underway.filter(({ endsAt }) => endsAt <= now)) {
      endedAt = Math.max(endedAt, endsAt);
      ended(each.instance.containerInstanceArn);
    }
    underway = underway.filter(({ endsAt }) => endsAt > now);
    const plan = planSteps(state, sightOf([...world.values()], desk, now as Instant));
    planCalls += 1;
    let moved = plan.ledger.length > 0;
    const settle = (command: (typeof plan.ledger)[number]) => {
      const events = ledger.decide(command, desk);
      write(events);
      desk = fold({ ...ledger, initialState: desk }, events);
    };
    plan.ledger.forEach(settle);
    for (const { lease, step } of plan.proposals) {
      if (lease !== undefined) settle(lease);
      if (tell(step).length === 0 || step.type === 'RecordHolds') continue;
      moved = true;
      if (step.type !== 'DrainInstance') continue;
      const each = world.get(step.containerInstanceArn);
      if (each === undefined) throw new Error('only what is there is drained');
      for (const command of drained(step.effectId, now as Instant)) tell(command);
      const instance = { ...each.instance, status: 'DRAINING', version: 2, drainingVersion: 2 };
      world.set(step.containerInstanceArn, { ...each, instance });
      underway = [...underway, { each, endsAt: now + each.durationMs }];
    }
    const next = Math.min(...underway.map(({ endsAt }) => endsAt));
    if (!moved && next === Number.POSITIVE_INFINITY && state.status === 'running') {
      throw new Error(`it stands still: ${JSON.stringify(plan.holds[0])}`);
    }
    now = moved ? now + oneWakeUpMs : Math.ceil(next / oneWakeUpMs) * oneWakeUpMs + oneWakeUpMs;
  }
  const left = Object.values(state.instances).filter(({ status }) => status !== 'done');
  if (left.length > 0) throw new Error(`${left.length} instances were not replaced`);
  return { makespanMs: endedAt - began, planCalls, ...written };
};

const drained = (effectId: EffectId, now: Instant): readonly RolloutCommand[] => [
  { type: 'RecordAttempt', effectId, executor: 'bench', now },
  { type: 'RecordOutcome', effectId, outcome: { status: 'succeeded' }, now },
];

/** Everything that the planner would follow, from empty to proved. */
const replaced = (
  state: Rollout,
  { instance: old, task }: Replaceable,
  { containerInstanceArn: replacementArn, ec2InstanceId }: Replaceable['instance'],
  now: Instant,
): readonly RolloutCommand[] => {
  const containerInstanceArn: ContainerInstanceArn = old.containerInstanceArn;
  const effectId = instanceEffectId('terminate', state, { containerInstanceArn });
  const replacement = { replacementArn, replacementEc2InstanceId: ec2InstanceId };
  return [
    { type: 'RecordDrained', containerInstanceArn, now },
    { type: 'TerminateInstance', containerInstanceArn, effectId, now },
    { type: 'RecordOutcome', effectId, outcome: { status: 'succeeded' }, now },
    { type: 'RecordReplacement', containerInstanceArn, ...replacement, build: toBuild, now },
    { type: 'RecordProof', containerInstanceArn, taskArn: task.taskArn, now },
  ];
};

const open = {
  own: { ...maintenance.initialState, windows: [alwaysOpen] },
  everything: maintenance.initialState,
};

const sightOf = (fleet: readonly Replaceable[], desk: Sight['ledger'], now: Instant): Sight => ({
  view: viewOf(fleet),
  ledger: desk,
  amis: [],
  capacity: { groups: {}, providers: {} },
  prefetches: new Map(),
  channels: [],
  images: new Map(fleet.map(({ image }) => [image.digest, image])),
  osReserveMiB: 2_048,
  mode: 'drive',
  maintenance: open,
  alarms: new Map(),
  amisAvailable: new Map(),
  constraintsInDoubt: new Set(),
  now,
});

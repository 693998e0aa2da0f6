import type { ObservedInstance, ObservedService } from '../../events/fleet.ts';
import type { EffectId, Instant, WindowsBuild } from '../../events/ids.ts';
import type { Held, HeldReason } from '../../events/rollout.ts';
import { identity } from '../identity.ts';
import { osFamilyChannel } from '../windows/build.ts';
import { buildAttribute, instanceBuild } from '../windows/instanceBuild.ts';
import { type EnforcementSight, judgeService } from './allowed.ts';
import { type EnforcementCommand, type EnforcementState, openAbout } from './enforcement.ts';

export type EnforcementQuestion = {
  readonly state: EnforcementState;
  readonly sight: EnforcementSight & { readonly now: Instant };
  /** By service ARN: builds of images that it is about to run. */
  readonly toCome: ReadonlyMap<string, readonly WindowsBuild[]>;
  readonly labelInferredBuilds: boolean;
};

/**
 * What is to be written so that ECS keeps images off instances that they may not run on: the
 * attribute on every instance whose build is known, the constraint on every service. What cannot be
 * is held with its reason. To be asked in mode `drive` alone.
 */
export const planEnforcement = (question: EnforcementQuestion): readonly EnforcementCommand[] => {
  const { view, now } = question.sight;
  const commands: EnforcementCommand[] = [];
  const held: Held[] = [];
  for (const instance of view.instances.values()) {
    const next = planInstance(instance, question);
    if (next === undefined) continue;
    if ('reason' in next) held.push(next);
    else commands.push(next);
  }
  for (const service of view.services.values()) {
    const next = service.status === 'ACTIVE' ? planService(service, question) : undefined;
    if (next === undefined) continue;
    if ('reason' in next) held.push(next);
    else commands.push(next);
  }
  const inOrder = held.toSorted((a, b) => (a.subject < b.subject ? -1 : 1));
  return [...commands, { type: 'RecordHolds', held: inOrder, now }];
};

const holding = (subject: string, reason: HeldReason, detail: string): Held => ({
  subject,
  reason,
  detail,
});

const planInstance = (
  instance: ObservedInstance,
  question: EnforcementQuestion,
): EnforcementCommand | Held | undefined => {
  const { sight, state, labelInferredBuilds } = question;
  const { containerInstanceArn, attributes, status } = instance;
  const isOurs = status === 'ACTIVE' || status === 'DRAINING';
  if (!isOurs || osFamilyChannel(attributes['ecs.os-family'] ?? '') === undefined) return undefined;
  const found = instanceBuild(instance, sight.amis, sight.channels);
  if (found.status === 'unknown') {
    return holding(containerInstanceArn, 'BuildUnknown', found.reason);
  }
  if (found.evidence === 'attribute') return undefined;
  if (found.evidence === 'inferred' && !labelInferredBuilds) {
    const guess = `${found.build} is only inferred from the date of its AMI`;
    const remedy = `set its attribute ${buildAttribute}, or the policy's labelInferredBuilds`;
    return holding(containerInstanceArn, 'BuildUnknown', `${guess}: ${remedy}`);
  }
  const { build } = found;
  if (!isDue(state, containerInstanceArn, [build], undefined, sight.now)) return undefined;
  const effectId = identity('label', containerInstanceArn, build, `${sight.now}`) as EffectId;
  return { type: 'LabelInstance', containerInstanceArn, build, effectId, now: sight.now };
};

const planService = (
  service: ObservedService,
  { sight, state, toCome }: EnforcementQuestion,
): EnforcementCommand | Held | undefined => {
  const { serviceArn, describedAt } = service;
  const judged = judgeService(service, toCome.get(serviceArn) ?? [], sight);
  if (judged === undefined) return undefined;
  const { wanted, observed, isSafe, hasPlaces, whyNot } = judged;
  const lacks = wanted.some((build) => observed?.includes(build) !== true);
  if (isSafe && !lacks) return undefined;
  // What is constrained already is kept in step however little room is left: it may only widen, or
  // let go of what its images do not run on.
  const mayNot = observed === undefined || !hasPlaces ? whyNot() : undefined;
  if (mayNot !== undefined) return holding(serviceArn, 'PlacementNotEnforceable', mayNot);
  if (!isDue(state, serviceArn, wanted, describedAt, sight.now)) return undefined;
  const effectId = identity('constrain', serviceArn, wanted.join(), `${sight.now}`) as EffectId;
  return { type: 'ConstrainService', serviceArn, builds: wanted, effectId, now: sight.now };
};

/** ECS's reads may be as old (ECS API Reference, RunTask, on eventual consistency). */
const staleReadMs = 5 * 60_000;
/** A refusal that had to do with the moment is tried again. */
const againAfterMs = 3_600_000;

/** Not while an intent is open, nor before what was done can be seen. */
const isDue = (
  state: EnforcementState,
  subject: string,
  builds: readonly WindowsBuild[],
  describedAt: Instant | undefined,
  now: Instant,
): boolean => {
  if (openAbout(state, subject) !== undefined) return false;
  const done = state.done[subject];
  if (done === undefined) return true;
  const isSame = done.builds.join() === builds.join();
  if (done.failed !== undefined) return !isSame || now - done.at > againAfterMs;
  if (isSame && describedAt === undefined) return now - done.at > againAfterMs;
  return !isSame || (describedAt ?? 0) > done.at || now - done.at > staleReadMs;
};

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rollout } from '../../../domain/rollout/rollout.ts';
import type { RolloutCommand } from '../../../domain/rollout/rolloutCommand.ts';
import type { Rollout, RolloutState } from '../../../domain/rollout/rolloutState.ts';
import { leasesOf } from '../../../domain/rollout/rolloutState.ts';
import { LeaseId } from '../../../events/ids.ts';
import {
  amiId,
  at,
  digest,
  ec2Id,
  imageName,
  instanceArn,
  october,
  serviceArn,
  taskArn,
} from '../../support/fleetBuilder.ts';
import { expectSecondTimeQuiet } from '../../support/specification.ts';
import { effectId, planned } from './rolloutBuilder.ts';

const instances = ['a', 'b'];
const services = ['orders', 'basket'];
const plan = planned({ instances, services });
const { plannedAt, ...planData } = plan.data;

const now = at(1);
const actor = 'operator';
const because = { reason: 'DrainOverdue', detail: 'it did not empty' } as const;

const ofInstance = (name: string): readonly RolloutCommand[] => {
  const containerInstanceArn = instanceArn(name);
  const about = { containerInstanceArn, now };
  const leaseId = LeaseId.parse(`lease instance ${name}`);
  return [
    { type: 'DrainInstance', ...about, leaseId, effectId: effectId(`drain-${name}`) },
    { type: 'RecordDrained', ...about },
    { type: 'TerminateInstance', ...about, effectId: effectId(`terminate-${name}`) },
    {
      type: 'RecordReplacement',
      ...about,
      replacementArn: instanceArn(`${name}2`),
      replacementEc2InstanceId: ec2Id(`${name}2`),
    },
    { type: 'ProveInstance', ...about, effectId: effectId(`prove-${name}`) },
    { type: 'RecordProof', ...about, taskArn: taskArn('canary') },
    { type: 'RestoreInstance', ...about, ...because, effectId: effectId(`restore-${name}`) },
    { type: 'RecordRestored', ...about },
    { type: 'SkipInstance', ...about, ...because },
  ];
};

const newcomerOf = (name: string) => ({
  replacementArn: instanceArn(`${name}2`),
  replacementEc2InstanceId: ec2Id(`${name}2`),
});

const ofSurge = (name: string): readonly RolloutCommand[] => {
  const containerInstanceArn = instanceArn(name);
  const about = { containerInstanceArn, now };
  const leaseId = LeaseId.parse(`lease instance ${name}`);
  const instance = { containerInstanceArn, leaseId };
  const back = { type: 'ReturnSurplus', ...about, ...because } as const;
  const empty = { newcomer: newcomerOf(name), effectId: effectId(`empty-${name}`) };
  return [
    {
      type: 'SurgeGroup',
      groupName: 'shop-2022',
      from: 2,
      to: 3,
      instances: [instance],
      effectId: effectId(`surge-${name}`),
      now,
    },
    { type: 'RetireInstance', ...about },
    back,
    { ...back, ...empty },
    { type: 'EndSurplus', ...about, effectId: effectId(`end-${name}`) },
    { type: 'KeepSurplus', ...about, ...because, effectId: effectId(`keep-${name}`) },
    { type: 'SettleSurplus', ...about },
  ];
};

const ofGroup: readonly RolloutCommand[] = [
  { type: 'OverruleGroup', groupName: 'shop-2022', desired: 2, now },
];

const ofService = (name: string): readonly RolloutCommand[] => {
  const image = imageName(name);
  const about = { serviceArn: serviceArn(name), now };
  return [
    { type: 'RequestRebuild', image, effectId: effectId(`rebuild-${name}`), now },
    { type: 'RecordRebuild', image, digest: digest(name), build: october, now },
    { type: 'GiveUpRebuild', image, now },
    {
      type: 'DeployService',
      ...about,
      leaseId: LeaseId.parse(`lease service ${name}`),
      effectId: effectId(`deploy-${name}`),
    },
    { type: 'RecordDeploymentStarted', ...about, deploymentId: 'ecs-svc/2' },
    { type: 'RecordDeployed', ...about },
    { type: 'SkipService', ...about, ...because },
  ];
};

const outcomes = [
  ...instances.flatMap((name) =>
    ['drain', 'terminate', 'prove', 'restore', 'surge', 'empty', 'end', 'keep'].map(
      (kind) => `${kind}-${name}`,
    ),
  ),
  ...services.flatMap((name) => [`rebuild-${name}`, `deploy-${name}`]),
].flatMap((name): readonly RolloutCommand[] => [
  {
    type: 'RecordOutcome',
    effectId: effectId(name),
    outcome: { status: 'succeeded' },
    now,
  },
  {
    type: 'RecordOutcome',
    effectId: effectId(name),
    outcome: { status: 'failed', reason: 'AccessDenied' },
    now,
  },
]);

const life: readonly RolloutCommand[] = [
  { type: 'StartRollout', actor, now },
  { type: 'PauseRollout', actor, reason: 'lunch', now },
  { type: 'ResumeRollout', actor, now },
  { type: 'AbortRollout', actor, reason: 'wrong month', now },
  { type: 'HaltRollout', reason: 'ProofFailed', detail: 'canary', now },
  { type: 'CompleteRollout', left: [], now },
  { type: 'LearnInstanceTarget', channel: 'ltsc2022', amiId: amiId(october), build: october, now },
  { type: 'RecordHolds', held: [{ subject: 'a', ...because }], now },
  { type: 'RecordHolds', held: [], now },
];

const inPlace = [...instances.flatMap(ofInstance), ...services.flatMap(ofService), ...outcomes];
const steps = [...inPlace, ...instances.flatMap(ofSurge), ...ofGroup];

/** Planned and, but for one in ten, started: else most sequences would be about nothing. */
const sequenceOf = (commands: readonly RolloutCommand[]) => {
  const anyCommand = fc.oneof(
    { weight: 12, arbitrary: fc.constantFrom(...commands) },
    { weight: 1, arbitrary: fc.constantFrom(...life) },
  );
  return fc
    .tuple(fc.nat(9), fc.array(anyCommand, { maxLength: 60 }))
    .map(([rare, asked]): readonly RolloutCommand[] => [
      { type: 'PlanRollout', ...planData, now: plannedAt },
      ...(rare === 0 ? [] : [{ type: 'StartRollout' as const, actor, now }]),
      ...asked,
    ]);
};
const anySequence = sequenceOf(steps);

const walk = (
  commands: readonly RolloutCommand[],
  look: (before: RolloutState, after: RolloutState) => void,
) => {
  let state = rollout.initialState;
  for (const command of commands) {
    const before = state;
    state = expectSecondTimeQuiet(rollout, command, before);
    look(before, state);
  }
};

/** How far an item is. It may be given up at any point, and then stays so. */
const rank: Record<string, number> = {
  waiting: 0,
  requested: 1,
  overdue: 2,
  arrived: 3,
  draining: 1,
  drained: 2,
  terminating: 3,
  replaced: 4,
  proving: 5,
  restoring: 6,
  deploying: 1,
  done: 7,
  skipped: 8,
};

const itemsOf = ({ images, instances: all, services: others }: Rollout) =>
  [images, all, others].flatMap((items) => Object.entries(items));

describe('a rollout, whatever it is asked in whatever order', () => {
  it('writes once what it is asked twice', () => {
    fc.assert(
      fc.property(anySequence, (commands) => walk(commands, () => {})),
      { numRuns: 300 },
    );
  });

  it('moves its items forward only, in place of capacity, and ends once', () => {
    fc.assert(
      fc.property(sequenceOf(inPlace), (commands) =>
        walk(commands, (before, after) => {
          if (before.status === 'none' || after.status === 'none') return;
          const were = new Map(itemsOf(before));
          for (const [key, { status }] of itemsOf(after)) {
            const was = were.get(key)?.status ?? 'waiting';
            expect(rank[status]).toBeGreaterThanOrEqual(rank[was] ?? 0);
            if (was === 'done' || was === 'skipped') expect(status).toBe(was);
          }
          if (before.status === 'aborted' || before.status === 'completed') {
            expect(after.status).toBe(before.status);
          }
        }),
      ),
      { numRuns: 300 },
    );
  });

  it('begins nothing unless it runs, and leaves nothing under way when it completes', () => {
    fc.assert(
      fc.property(anySequence, (commands) =>
        walk(commands, (before, after) => {
          if (before.status === 'none' || after.status === 'none') return;
          if (before.status !== 'running') {
            const begun = leasesOf(after).filter((each) => !leasesOf(before).includes(each));
            expect(begun).toEqual([]);
          }
          if (after.status === 'completed') expect(leasesOf(after)).toEqual([]);
        }),
      ),
      { numRuns: 300 },
    );
  });

  it('has at most one open effect for each item', () => {
    fc.assert(
      fc.property(anySequence, (commands) =>
        walk(commands, (_before, after) => {
          if (after.status === 'none') return;
          const subjects = Object.values(after.effects).map((effect) =>
            'image' in effect
              ? effect.image
              : 'serviceArn' in effect
                ? effect.serviceArn
                : 'groupName' in effect
                  ? effect.groupName
                  : effect.containerInstanceArn,
          );
          expect(new Set(subjects).size).toBe(subjects.length);
        }),
      ),
      { numRuns: 200 },
    );
  });
});

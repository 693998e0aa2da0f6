import { describe, it } from 'vitest';
import { identity } from '../../../domain/identity.ts';
import { rollout } from '../../../domain/rollout/rollout.ts';
import type { OutcomeCommand, StepCommand } from '../../../domain/rollout/rolloutCommand.ts';
import type { RolloutEvent } from '../../../events/rollout.ts';
import { at, imageName, instanceArn, serviceArn, taskArn } from '../../support/fleetBuilder.ts';
import { specification } from '../../support/specification.ts';
import { effectId, happened, planned } from './rolloutBuilder.ts';

const { given } = specification(rollout);
const { started, paused, halted, aborted } = happened;

/** The command that asks for `event`, at its own moment. */
const asking = (type: StepCommand['type'], { data }: RolloutEvent): StepCommand => {
  const moment = Object.entries(data).find(([key]) => key.endsWith('At') || key === 'since');
  const [key = '', now] = moment ?? [];
  const { [key]: _moment, ...rest } = data as Record<string, unknown>;
  return { type, ...rest, now } as StepCommand;
};

const about = { containerInstanceArn: instanceArn('a') };
const events = {
  drainIntended: happened.drainIntended(),
  drained: happened.drained(),
  terminationIntended: happened.terminationIntended(),
  replaced: happened.replaced(),
  proofIntended: happened.proofIntended(),
  proved: {
    type: 'InstanceProved',
    data: { ...about, taskArn: taskArn('canary'), provedAt: at(25) },
  },
  restoreIntended: happened.restoreIntended(),
  restored: { type: 'InstanceRestored', data: { ...about, restoredAt: at(31) } },
  skipped: {
    type: 'InstanceSkipped',
    data: { ...about, reason: 'InstanceNotActive', detail: 'it went', skippedAt: at(32) },
  },
  requested: happened.rebuildRequested(),
  rebuilt: happened.rebuilt(),
  overdue: { type: 'RebuildOverdue', data: { image: imageName('orders'), overdueAt: at(70) } },
  deploymentIntended: happened.deploymentIntended(),
  deploymentStarted: happened.deploymentStarted(),
  deployed: {
    type: 'ServiceDeployed',
    data: { serviceArn: serviceArn('orders'), deployedAt: at(80) },
  },
  serviceSkipped: {
    type: 'ServiceSkipped',
    data: {
      serviceArn: serviceArn('orders'),
      reason: 'DeploymentFailed',
      detail: 'ecs-svc/2 failed',
      skippedAt: at(81),
    },
  },
} satisfies Record<string, RolloutEvent>;
const e = events;

const plan = planned({ instances: ['a'], services: ['orders'] });
const draining = [plan, started(), e.drainIntended];
const drained = [...draining, e.drained];
const terminating = [...drained, e.terminationIntended];
const replaced = [...terminating, e.replaced];
const proving = [...replaced, e.proofIntended];
const restoring = [...draining, e.restoreIntended];
const requested = [plan, started(), e.requested];
const deploying = [...requested, e.rebuilt, e.deploymentIntended];

type Row = readonly [type: StepCommand['type'], event: RolloutEvent, past: readonly RolloutEvent[]];

/** Each step, what it writes, and what must have happened before. */
const steps: readonly Row[] = [
  ['DrainInstance', e.drainIntended, [plan, started()]],
  ['RecordDrained', e.drained, draining],
  ['TerminateInstance', e.terminationIntended, drained],
  ['RecordReplacement', e.replaced, terminating],
  ['ProveInstance', e.proofIntended, replaced],
  ['RecordProof', e.proved, proving],
  ['RecordProof', e.proved, replaced],
  ['RestoreInstance', e.restoreIntended, draining],
  ['RestoreInstance', e.restoreIntended, drained],
  ['RecordRestored', e.restored, restoring],
  ['SkipInstance', e.skipped, [plan, started()]],
  ['SkipInstance', e.skipped, draining],
  ['SkipInstance', e.skipped, restoring],
  ['RequestRebuild', e.requested, [plan, started()]],
  ['RecordRebuild', e.rebuilt, [plan, started()]],
  ['RecordRebuild', e.rebuilt, requested],
  ['RecordRebuild', e.rebuilt, [...requested, e.overdue]],
  ['GiveUpRebuild', e.overdue, requested],
  ['DeployService', e.deploymentIntended, [plan, started()]],
  ['RecordDeploymentStarted', e.deploymentStarted, deploying],
  ['RecordDeployed', e.deployed, deploying],
  ['RecordDeployed', e.deployed, [plan, started()]],
  ['SkipService', e.serviceSkipped, [plan, started()]],
  ['SkipService', e.serviceSkipped, deploying],
];

describe('a step', () => {
  it.each(steps)('%s is taken, and once', (type, event, past) => {
    const command = asking(type, event);
    given(...past)
      .when(command)
      .then(event);
    given(...past, event)
      .when(command)
      .thenNothing();
  });

  it.each(steps)('%s about something else is overtaken', (type, event, past) => {
    const other = {
      containerInstanceArn: instanceArn('z'),
      image: 'z',
      serviceArn: serviceArn('z'),
    };
    const command = { ...asking(type, event), ...other } as StepCommand;
    given(...past)
      .when(command)
      .thenNothing();
  });
});

describe('a step that was overtaken', () => {
  const before: readonly (readonly [StepCommand['type'], RolloutEvent, readonly RolloutEvent[]])[] =
    [
      ['RecordDrained', e.drained, [plan, started()]],
      ['TerminateInstance', e.terminationIntended, draining],
      ['RecordReplacement', e.replaced, drained],
      ['ProveInstance', e.proofIntended, terminating],
      ['RecordProof', e.proved, terminating],
      ['RecordRestored', e.restored, draining],
      ['RestoreInstance', e.restoreIntended, terminating],
      ['RestoreInstance', e.restoreIntended, replaced],
      ['TerminateInstance', e.terminationIntended, restoring],
      ['DrainInstance', e.drainIntended, [...restoring, e.restored]],
      ['SkipInstance', e.skipped, [...proving, e.proved]],
      ['GiveUpRebuild', e.overdue, [...requested, e.rebuilt]],
      ['GiveUpRebuild', e.overdue, [plan, started()]],
      ['DeployService', e.deploymentIntended, [...deploying, e.deployed]],
      ['RecordDeploymentStarted', e.deploymentStarted, [plan, started()]],
      ['SkipService', e.serviceSkipped, [...deploying, e.deployed]],
    ];
  it.each(before)('%s does nothing', (type, event, past) => {
    given(...past)
      .when(asking(type, event))
      .thenNothing();
  });

  it('does not change which deployment is ours', () => {
    const other = { ...asking('RecordDeploymentStarted', e.deploymentStarted) };
    given(...deploying, e.deploymentStarted)
      .when({ ...other, deploymentId: 'ecs-svc/3' } as StepCommand)
      .thenNothing();
  });
});

describe('while it does not run', () => {
  const begins: readonly Row[] = steps.filter(([type]) =>
    ['DrainInstance', 'RequestRebuild', 'DeployService'].includes(type),
  );
  it.each(begins)('%s begins nothing', (type, event) => {
    for (const stop of [paused(), halted(), aborted()]) {
      given(plan, started(), stop).when(asking(type, event)).thenNothing();
    }
    given(plan).when(asking(type, event)).thenNothing();
  });

  it('what is empty is still replaced after a pause, and no more after a halt', () => {
    const terminate = asking('TerminateInstance', e.terminationIntended);
    given(...drained, paused())
      .when(terminate)
      .then(e.terminationIntended);
    given(...drained, halted())
      .when(terminate)
      .thenNothing();
    given(...drained, aborted())
      .when(terminate)
      .thenNothing();
  });

  it('what is under way is seen to its end', () => {
    for (const stop of [paused(), halted(), aborted()]) {
      given(...draining, stop)
        .when(asking('RestoreInstance', e.restoreIntended))
        .then(e.restoreIntended);
      given(...terminating, stop)
        .when(asking('RecordReplacement', e.replaced))
        .then(e.replaced);
      given(...replaced, stop)
        .when(asking('ProveInstance', e.proofIntended))
        .then(e.proofIntended);
      given(...proving, stop)
        .when(asking('RecordProof', e.proved))
        .then(e.proved);
      given(...deploying, stop)
        .when(asking('RecordDeployed', e.deployed))
        .then(e.deployed);
    }
  });
});

describe('the outcome of an effect', () => {
  const outcome = (name: string, reason?: string): OutcomeCommand => ({
    type: 'RecordOutcome',
    effectId: effectId(name),
    outcome: reason === undefined ? { status: 'succeeded' } : { status: 'failed', reason },
    now: at(40),
  });
  const failed = (name: string): RolloutEvent => ({
    type: 'EffectFailed',
    data: { effectId: effectId(name), reason: 'AccessDenied', failedAt: at(40) },
  });
  const halt = (kind: string): RolloutEvent => ({
    type: 'RolloutHalted',
    data: { reason: 'EffectRefused', detail: `${kind}: AccessDenied`, haltedAt: at(40) },
  });

  it('is written down once', () => {
    const done = happened.succeeded('drain-a', 40);
    given(...draining)
      .when(outcome('drain-a'))
      .then(done);
    given(...draining, done)
      .when(outcome('drain-a'))
      .thenNothing();
    given(...draining)
      .when(outcome('drain-z'))
      .thenNothing();
  });

  it('says nothing of an effect that was overtaken', () => {
    given(...restoring)
      .when(outcome('drain-a', 'AccessDenied'))
      .thenNothing();
  });

  it('leaves an instance out that may not be drained, and goes on', () => {
    const data = {
      ...about,
      reason: 'InstanceNotActive',
      detail: 'AccessDenied',
      skippedAt: at(40),
    };
    given(...draining)
      .when(outcome('drain-a', 'AccessDenied'))
      .then(failed('drain-a'), { type: 'InstanceSkipped', data } as RolloutEvent);
  });

  it('leaves a service out that may not be deployed, and goes on', () => {
    const data = {
      serviceArn: serviceArn('orders'),
      reason: 'DeploymentFailed',
      detail: 'AccessDenied',
      skippedAt: at(40),
    };
    given(...deploying)
      .when(outcome('deploy-orders', 'AccessDenied'))
      .then(failed('deploy-orders'), { type: 'ServiceSkipped', data } as RolloutEvent);
  });

  it('counts a rebuild that could not be asked for as overdue', () => {
    given(...requested)
      .when(outcome('rebuild-orders', 'AccessDenied'))
      .then(failed('rebuild-orders'), {
        type: 'RebuildOverdue',
        data: { image: imageName('orders'), overdueAt: at(40) },
      });
  });

  it('halts when an empty instance may not be ended, and hands it back', () => {
    const stopped = { reason: 'RolloutHalted', detail: 'terminate: AccessDenied' } as const;
    const effect = { effectId: identity('restore', plan.data.rolloutId, instanceArn('a')) };
    given(...terminating)
      .when(outcome('terminate-a', 'AccessDenied'))
      .then(
        failed('terminate-a'),
        {
          type: 'InstanceRestoreIntended',
          data: { ...about, ...stopped, ...effect, intendedAt: at(40) },
        } as RolloutEvent,
        halt('terminate'),
      );
  });

  it('halts when a new instance cannot be proved, or an old one not restored', () => {
    given(...proving)
      .when(outcome('prove-a', 'AccessDenied'))
      .then(failed('prove-a'), halt('prove'));
    given(...restoring)
      .when(outcome('restore-a', 'AccessDenied'))
      .then(failed('restore-a'), halt('restore'));
    given(...proving, halted())
      .when(outcome('prove-a', 'AccessDenied'))
      .then(failed('prove-a'));
  });
});

import type { GroundTruth } from '../../domain/simulation/groundTruth.ts';
import type { AuditedCall, AuditSetup, AuditStep } from './audit.ts';
import { createAuditor } from './auditor.ts';
import {
  arn,
  canary,
  deploy,
  ec2,
  instance,
  instanceArn,
  runCanary,
  setState,
  task,
  terminate,
  truth,
} from './auditScenes.ts';

// One instance and one service, patched without fault: the story that each test spoils in one way.

/** Stream, type and data of one event. */
export type Told = readonly [stream: string, type: string, data: Record<string, unknown>];

export type Step = {
  events: Told[];
  calls: Partial<AuditedCall>[];
  truth: GroundTruth;
  losses?: AuditStep['losses'];
  byOthers?: AuditStep['byOthers'];
};

export const rollout = 'rollout#rollout-2025-10-14';
const ledger = 'disruption#shop';
const A = { containerInstanceArn: instanceArn('a') };
const web = { serviceArn: arn('service', 'web') };

export const granted = (leaseId: string, kind: string, id: string): Told => [
  ledger,
  'LeaseGranted',
  {
    leaseId,
    subject: { kind, id },
    reason: 'patch',
    holder: rollout,
    ...(kind === 'instance' ? { zone: 'eu-west-1a', serviceNames: ['web'] } : {}),
  },
];
export const returned = (leaseId: string): Told => [ledger, 'LeaseReturned', { leaseId }];
export const inRollout = (type: string, data: Record<string, unknown> = {}): Told => [
  rollout,
  type,
  data,
];

export const windowsSet = (
  windows: readonly { readonly opens: string; readonly closes: string }[],
  closing = { underway: 'finish', lastStartMs: 0 },
  timeZone = 'UTC',
): Told => [
  'maintenance#shop',
  'WindowsSet',
  {
    windows: windows.map((each, index) => ({
      name: `window ${index}`,
      timeZone,
      days: 'FREQ=DAILY',
      ...each,
    })),
    closing,
  },
];

const plan = (): Told =>
  inRollout('RolloutPlanned', {
    clusterName: 'shop',
    policy: { start: 'automatic' },
    images: [],
    instances: [{ ...A, ec2InstanceId: ec2('a'), channel: 'ltsc2022', fromBuild: '20348.4171' }],
    services: [{ ...web, serviceName: 'web', channel: 'ltsc2022', images: [] }],
    held: [],
  });

const ids = { drain: 'effect-drain', terminate: 'effect-terminate', proof: 'effect-proof' };
const whole = ['a', 'b', 'c', 'd'].map((name) => instance(name));
const four = [task('1', 'a'), task('2', 'b'), task('3', 'c'), task('4', 'd')];
const moved = [task('5', 'b'), ...four.slice(1)];
const draining = [instance('a', { status: 'DRAINING' }), ...whole.slice(1)];
const renewed = [...whole.slice(1), instance('e', { build: '20348.4294' })];
const deploying = {
  deployments: [
    { id: 'ecs-svc/2', status: 'PRIMARY', rolloutState: 'IN_PROGRESS' },
    { id: 'ecs-svc/1', status: 'ACTIVE', rolloutState: 'COMPLETED' },
  ],
};
const deployed = {
  deployments: [{ id: 'ecs-svc/2', status: 'PRIMARY', rolloutState: 'COMPLETED' }],
};

const observedInstance = ({
  arn: name,
  status,
  agentConnected,
}: ReturnType<typeof instance>): Told => [
  'fleet#shop#0',
  'InstanceObserved',
  {
    instance: { containerInstanceArn: name, version: 7, status, agentConnected },
    from: 'describe',
  },
];
const observedTask = (found: ReturnType<typeof task>): Told => [
  'fleet#shop#0',
  'TaskObserved',
  {
    task: { taskArn: found.arn, version: 3, lastStatus: found.lastStatus, containers: [] },
    from: 'event',
  },
];

export const planned = 0;
export const drain = 1;
export const drainedAt = 2;
export const terminated = 3;
export const proof = 4;
export const proved = 5;
export const deployment = 6;
export const completed = 7;

const renewal = (): Step[] => [
  {
    events: [
      ['cluster#shop', 'ModeSet', { mode: 'drive' }],
      plan(),
      inRollout('RolloutStarted'),
      inRollout('InstanceTargetLearnt', { channel: 'ltsc2022' }),
      windowsSet([{ opens: '00:00', closes: '24:00' }]),
    ],
    calls: [],
    truth: truth(whole, four),
  },
  {
    events: [
      granted('lease-a', 'instance', instanceArn('a')),
      inRollout('InstanceDrainIntended', { ...A, leaseId: 'lease-a', effectId: ids.drain }),
    ],
    calls: [setState('a', 'DRAINING')],
    truth: truth(draining, four),
  },
  {
    events: [
      inRollout('EffectSucceeded', { effectId: ids.drain }),
      inRollout('InstanceDrained', A),
    ],
    calls: [],
    truth: truth(draining, moved),
  },
  {
    events: [inRollout('InstanceTerminationIntended', { ...A, effectId: ids.terminate })],
    calls: [{ ...terminate('a'), before: truth(draining, moved) }],
    truth: truth(renewed, moved),
  },
  {
    events: [
      inRollout('InstanceReplaced', {
        ...A,
        replacementArn: instanceArn('e'),
        replacementEc2InstanceId: ec2('e'),
      }),
      inRollout('InstanceProofIntended', { ...A, effectId: ids.proof }),
    ],
    calls: [runCanary('e')],
    truth: truth(renewed, [...moved, canary('9', 'e', { lastStatus: 'PENDING', healthy: false })]),
  },
  {
    events: [inRollout('InstanceProved', { ...A, taskArn: arn('task', '9') }), returned('lease-a')],
    calls: [],
    truth: truth(renewed, [...moved, canary('9', 'e')]),
  },
];

const renewedService = (): Step[] => [
  {
    events: [
      granted('lease-web', 'service', web.serviceArn),
      inRollout('ServiceDeploymentIntended', {
        ...web,
        leaseId: 'lease-web',
        effectId: 'effect-web',
      }),
    ],
    calls: [deploy],
    truth: truth(renewed, moved, deploying),
  },
  {
    events: [
      inRollout('ServiceDeploymentStarted', { ...web, deploymentId: 'ecs-svc/2' }),
      inRollout('ServiceDeployed', web),
      returned('lease-web'),
      inRollout('RolloutCompleted', { left: [] }),
      ...renewed.map(observedInstance),
      ...moved.map(observedTask),
    ],
    calls: [],
    truth: truth(renewed, moved, deployed),
  },
];

export const story = (): Step[] => [...renewal(), ...renewedService()];

export const setup: AuditSetup = {
  clusterName: 'shop',
  budget: { instances: { percent: 10 }, services: { percent: 20 }, reasons: [{ reason: 'patch' }] },
  services: [{ name: 'web', desired: 4, minimumHealthyPercent: 75, maximumPercent: 200 }],
};

/** A step as the harness would hand it over, a commit for each event. */
export const createTeller = () => {
  const versions = new Map<string, number>();
  let sequence = 0;
  return (step: Step, index: number): AuditStep => {
    const now = 60_000 * (index + 1);
    const commits = step.events.map(([stream, type, data]) => {
      const version = (versions.get(stream) ?? 0) + 1;
      versions.set(stream, version);
      sequence += 1;
      const commitId = `${stream}/${version}`;
      const events = [
        { type, data: type.endsWith('Intended') ? { intendedAt: now, ...data } : data },
      ];
      return { stream, version, commitId, at: now as never, events, sequence };
    });
    const calls = step.calls.map(
      (call): AuditedCall => ({
        at: now,
        service: 'ecs',
        operation: '',
        input: {},
        took: true,
        ...call,
      }),
    );
    return {
      now,
      truth: step.truth,
      commits,
      calls,
      losses: step.losses ?? { instances: [], services: [] },
      byOthers: step.byOthers ?? { drained: [], deployed: [], scaled: [] },
    };
  };
};

/** What the auditor says of these steps, and of the last one at rest. */
export const judge = (steps: readonly Step[], agreed: Partial<AuditSetup> = {}) => {
  const auditor = createAuditor({ ...setup, ...agreed });
  const tell = createTeller();
  const told = steps.map((step, index) => tell(step, index));
  const violations = told.flatMap((step) => auditor.afterStep(step));
  const last = told.at(-1);
  return { violations, atRest: last === undefined ? [] : auditor.atRest(last) };
};

/** The story with one of its steps changed. */
export const spoilt = (index: number, change: (step: Step) => void): Step[] => {
  const steps = story();
  const step = steps[index];
  if (step === undefined) throw new Error(`the story has no step ${index}`);
  change(step);
  return steps;
};

import { fold } from '../../../domain/decider.ts';
import { ledger } from '../../../domain/maintenance/ledger.ts';
import { maintenance } from '../../../domain/maintenance/maintenance.ts';
import { alwaysOpen } from '../../../domain/maintenance/whyNotWindows.ts';
import { defaultPolicy } from '../../../domain/rollout/defaultPolicy.ts';
import { leaseIdOf } from '../../../domain/rollout/leases.ts';
import { rollout } from '../../../domain/rollout/rollout.ts';
import type { Rollout } from '../../../domain/rollout/rolloutState.ts';
import type { Sight } from '../../../domain/rollout/sight.ts';
import type { DisruptionEvent } from '../../../events/disruption.ts';
import { EffectId, type Instant, LeaseId, RolloutId } from '../../../events/ids.ts';
import type { RolloutEvent } from '../../../events/rollout.ts';
import type { ImageItem, InstanceItem, ServiceItem } from '../../../events/rolloutItems.ts';
import type { RolloutPolicy } from '../../../events/rolloutPolicy.ts';
import {
  aFleet,
  amiId,
  anAmiFamily,
  at,
  clusterName,
  digest,
  ec2Id,
  imageName,
  instanceArn,
  october,
  september,
  serviceArn,
} from '../../support/fleetBuilder.ts';

export const rolloutId = RolloutId.parse('rollout-shop-2025-10-14');
export const holder = `rollout#${rolloutId}`;
export const effectId = (name: string) => EffectId.parse(name);

export const instanceItem = (name: string, fields: Partial<InstanceItem> = {}): InstanceItem => ({
  containerInstanceArn: instanceArn(name),
  ec2InstanceId: ec2Id(name),
  channel: 'ltsc2022',
  fromBuild: september,
  ...fields,
});

export const imageItem = (service: string): ImageItem => {
  const image = imageName(service);
  return {
    image,
    repository: image.slice(0, image.lastIndexOf(':')),
    tag: 'stable',
    staleDigest: digest(`${service} september`),
    channel: 'ltsc2022',
    fromBuild: september,
    toBuild: october,
  };
};

export const serviceItem = (name: string): ServiceItem => ({
  serviceArn: serviceArn(name),
  serviceName: name,
  channel: 'ltsc2022',
  images: [imageName(name)],
});

type Data<Type extends RolloutEvent['type']> = Extract<RolloutEvent, { type: Type }>['data'];

export type Planned = {
  readonly instances?: readonly string[];
  readonly services?: readonly string[];
  readonly emergency?: boolean;
  readonly policy?: Partial<RolloutPolicy>;
};

/** A campaign to October over the named instances, and services with their images. */
export const planned = ({
  instances = ['a'],
  services = [],
  emergency = false,
  policy = {},
}: Planned = {}): Extract<RolloutEvent, { type: 'RolloutPlanned' }> => ({
  type: 'RolloutPlanned',
  data: {
    rolloutId,
    clusterName,
    targets: [{ channel: 'ltsc2022', build: october }],
    emergency,
    policy: { ...defaultPolicy, ...policy },
    images: services.map(imageItem),
    instances: instances.map((name) => instanceItem(name)),
    services: services.map(serviceItem),
    held: [],
    plannedAt: at(0),
    actor: 'operator',
  },
});

const instance = (name: string) => ({ containerInstanceArn: instanceArn(name) });
/** The lease that the planner itself asks for. */
const leaseId = (kind: 'instance' | 'service', name: string) =>
  leaseIdOf(
    { rolloutId },
    { kind, id: kind === 'instance' ? instanceArn(name) : serviceArn(name) },
  );

/** What may happen to a rollout, by short names; `minute` is minutes since the releases. */
export const happened = {
  started: (minute = 0): RolloutEvent => ({
    type: 'RolloutStarted',
    data: { startedAt: at(minute), actor: 'operator' },
  }),
  paused: (minute = 1): RolloutEvent => ({
    type: 'RolloutPaused',
    data: { pausedAt: at(minute), actor: 'operator', reason: 'lunch' },
  }),
  resumed: (minute = 2): RolloutEvent => ({
    type: 'RolloutResumed',
    data: { resumedAt: at(minute), actor: 'operator' },
  }),
  halted: (minute = 1): RolloutEvent => ({
    type: 'RolloutHalted',
    data: { haltedAt: at(minute), reason: 'ProofFailed', detail: 'canary failed' },
  }),
  aborted: (minute = 1): RolloutEvent => ({
    type: 'RolloutAborted',
    data: { abortedAt: at(minute), actor: 'operator', reason: 'wrong month' },
  }),
  completed: (minute = 1): RolloutEvent => ({
    type: 'RolloutCompleted',
    data: { completedAt: at(minute), left: [] },
  }),
  learnt: (minute = 1): RolloutEvent => ({
    type: 'InstanceTargetLearnt',
    data: { channel: 'ltsc2022', amiId: amiId(october), build: october, learntAt: at(minute) },
  }),
  drainIntended: (name = 'a', minute = 2): RolloutEvent => ({
    type: 'InstanceDrainIntended',
    data: {
      ...instance(name),
      leaseId: leaseId('instance', name),
      effectId: effectId(`drain-${name}`),
      intendedAt: at(minute),
    },
  }),
  succeeded: (effect: string, minute = 3): RolloutEvent => ({
    type: 'EffectSucceeded',
    data: { effectId: effectId(effect), succeededAt: at(minute) },
  }),
  drained: (name = 'a', minute = 10): RolloutEvent => ({
    type: 'InstanceDrained',
    data: { ...instance(name), drainedAt: at(minute) },
  }),
  terminationIntended: (name = 'a', minute = 11): RolloutEvent => ({
    type: 'InstanceTerminationIntended',
    data: { ...instance(name), effectId: effectId(`terminate-${name}`), intendedAt: at(minute) },
  }),
  replaced: (name = 'a', by = 'a2', minute = 20): RolloutEvent => ({
    type: 'InstanceReplaced',
    data: {
      ...instance(name),
      replacementArn: instanceArn(by),
      replacementEc2InstanceId: ec2Id(by),
      build: october,
      replacedAt: at(minute),
    },
  }),
  proofIntended: (name = 'a', minute = 21): RolloutEvent => ({
    type: 'InstanceProofIntended',
    data: { ...instance(name), effectId: effectId(`prove-${name}`), intendedAt: at(minute) },
  }),
  restoreIntended: (name = 'a', minute = 30): RolloutEvent => ({
    type: 'InstanceRestoreIntended',
    data: {
      ...instance(name),
      reason: 'DrainOverdue',
      detail: 'orders did not leave',
      effectId: effectId(`restore-${name}`),
      intendedAt: at(minute),
    },
  }),
  rebuildRequested: (name = 'orders', minute = 1): RolloutEvent => ({
    type: 'RebuildRequested',
    data: {
      image: imageName(name),
      effectId: effectId(`rebuild-${name}`),
      requestedAt: at(minute),
    },
  }),
  rebuilt: (name = 'orders', minute = 60): RolloutEvent => ({
    type: 'RebuildArrived',
    data: {
      image: imageName(name),
      digest: digest(`${name} october`),
      build: october,
      arrivedAt: at(minute),
    },
  }),
  deploymentIntended: (name = 'orders', minute = 61): RolloutEvent => ({
    type: 'ServiceDeploymentIntended',
    data: {
      serviceArn: serviceArn(name),
      leaseId: leaseId('service', name),
      effectId: effectId(`deploy-${name}`),
      deploymentBefore: 'ecs-svc/1',
      intendedAt: at(minute),
    },
  }),
  deploymentStarted: (name = 'orders', minute = 62): RolloutEvent => ({
    type: 'ServiceDeploymentStarted',
    data: { serviceArn: serviceArn(name), deploymentId: 'ecs-svc/2', startedAt: at(minute) },
  }),
} satisfies Record<string, (...given: never[]) => RolloutEvent>;

/** Everything up to an instance that waits for the one that stands in for it. */
export const terminated = (name = 'a', minute = 2): readonly RolloutEvent[] => [
  happened.drainIntended(name, minute),
  happened.succeeded(`drain-${name}`, minute),
  happened.drained(name, minute + 8),
  happened.terminationIntended(name, minute + 9),
  happened.succeeded(`terminate-${name}`, minute + 9),
];

/** The state after planning, starting and whatever else happened. */
export const rolloutAfter = (
  plan: Planned | Data<'RolloutPlanned'>,
  ...past: readonly RolloutEvent[]
): Rollout => {
  const first: RolloutEvent =
    'rolloutId' in plan ? { type: 'RolloutPlanned', data: plan } : planned(plan);
  const state = fold(rollout, [first, ...past]);
  if (state.status === 'none') throw new Error('it was planned');
  return state;
};

/** Leases as the ledger would hold them for what this rollout has under way. */
export const ledgerHolding = (
  ...leases: readonly {
    readonly leaseId: string;
    readonly kind: 'instance' | 'service';
    readonly id: string;
    readonly grantedAt?: Instant;
    readonly holder?: string;
  }[]
) =>
  fold(
    ledger,
    leases.map(
      ({
        leaseId: id,
        kind,
        id: subject,
        grantedAt = at(2),
        holder: by = holder,
      }): DisruptionEvent => ({
        type: 'LeaseGranted',
        data: {
          leaseId: LeaseId.parse(id),
          subject: { kind, id: subject },
          reason: 'patch',
          holder: by,
          grantedAt,
        },
      }),
    ),
  );

export const heldInstance = (name: string, grantedAt?: Instant) => ({
  leaseId: leaseId('instance', name),
  kind: 'instance' as const,
  id: instanceArn(name),
  ...(grantedAt === undefined ? {} : { grantedAt }),
});

export const heldService = (name: string) => ({
  leaseId: leaseId('service', name),
  kind: 'service' as const,
  id: serviceArn(name),
});

const { initialState: everything } = maintenance;
const openMaintenance = { own: { ...everything, windows: [alwaysOpen] }, everything };

/** An empty fleet ten minutes in, the October AMI published. */
export const aSight = (fields: Partial<Sight> = {}): Sight => ({
  view: aFleet(),
  ledger: ledger.initialState,
  amis: [anAmiFamily(september, october)],
  channels: [],
  images: new Map(),
  osReserveMiB: 2_048,
  mode: 'drive',
  maintenance: openMaintenance,
  alarms: new Map(),
  amisAvailable: new Map(),
  capacity: { groups: {}, providers: {} },
  constraintsInDoubt: new Set(),
  prefetches: new Map(),
  now: at(10),
  ...fields,
});

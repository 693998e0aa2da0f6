import fc from 'fast-check';
import { fold } from '../../../domain/decider.ts';
import { ledger } from '../../../domain/maintenance/ledger.ts';
import type { Rollout } from '../../../domain/rollout/rolloutState.ts';
import type { Sight } from '../../../domain/rollout/sight.ts';
import type { DisruptionEvent } from '../../../events/disruption.ts';
import { LeaseId } from '../../../events/ids.ts';
import type { RolloutEvent } from '../../../events/rollout.ts';
import {
  aDeployment,
  aFleet,
  anAmiFamily,
  anImage,
  anInstance,
  aService,
  aTask,
  at,
  digest,
  enforced,
  imagesOf,
  instanceArn,
  october,
  september,
  serviceArn,
} from '../../support/fleetBuilder.ts';
import {
  aSight,
  happened,
  heldInstance,
  heldService,
  holder,
  rolloutAfter,
} from './rolloutBuilder.ts';

const names = ['a', 'b', 'c', 'd', 'e', 'f'];
const serviceNames = ['basket', 'orders', 'search'];

const anyService = (name: string) =>
  fc
    .record({
      desiredCount: fc.integer({ min: 0, max: 4 }),
      minimumHealthyPercent: fc.constantFrom(0, 50, 100),
      maximumPercent: fc.constantFrom(100, 150, 200),
      schedulingStrategy: fc.constantFrom('REPLICA', 'REPLICA', 'REPLICA', 'DAEMON'),
      deploymentController: fc.constantFrom('ECS', 'ECS', 'ECS', 'EXTERNAL'),
      deployments: fc.constantFrom(
        [aDeployment('ecs-svc/1')],
        [aDeployment('ecs-svc/1')],
        [aDeployment('ecs-svc/1', { rolloutState: 'IN_PROGRESS' })],
        [aDeployment('ecs-svc/2'), aDeployment('ecs-svc/1', { status: 'ACTIVE' })],
        [],
      ),
      placementConstraints: fc.constantFrom(enforced, enforced, enforced, []),
    })
    .map((fields) => aService(name, fields));

const anyInstance = (name: string) =>
  fc
    .record({
      status: fc.constantFrom('ACTIVE', 'ACTIVE', 'ACTIVE', 'ACTIVE', 'DRAINING'),
      agentConnected: fc.constantFrom(true, true, true, true, false),
      registeredAt: fc.constantFrom(at(-10_000), at(5)),
    })
    .map((fields) => anInstance(name, fields));

const anyTask = fc.record({
  service: fc.constantFrom(...serviceNames),
  on: fc.constantFrom(...names),
  isStandalone: fc.nat(9).map((n) => n === 0),
  lastStatus: fc.constantFrom('RUNNING', 'RUNNING', 'RUNNING', 'PENDING', 'STOPPED'),
  stopCode: fc.constantFrom('EssentialContainerExited', 'TaskFailedToStart'),
  isFresh: fc.boolean(),
});

const leftOut = (name: string): RolloutEvent => ({
  type: 'InstanceSkipped',
  data: {
    containerInstanceArn: instanceArn(name),
    reason: 'DrainOverdue',
    detail: 'orders did not leave',
    skippedAt: at(5),
  },
});
const deployed = (name: string): RolloutEvent => ({
  type: 'ServiceDeployed',
  data: { serviceArn: serviceArn(name), deployedAt: at(5) },
});

/** How far an instance of the rollout is. */
const anyProgress = (name: string) =>
  fc.constantFrom<readonly RolloutEvent[]>(
    [],
    [],
    [],
    [happened.drainIntended(name, 2)],
    [happened.drainIntended(name, 2), happened.succeeded(`drain-${name}`, 3)],
    [happened.drainIntended(name, 2), happened.drained(name, 4)],
    [
      happened.drainIntended(name, 2),
      happened.drained(name, 4),
      happened.terminationIntended(name, 5),
    ],
    [happened.drainIntended(name, 2), happened.restoreIntended(name, 4)],
    [leftOut(name)],
    [leftOut(name)],
  );

const anyDeploymentProgress = (name: string) =>
  fc.constantFrom<readonly RolloutEvent[]>(
    [],
    [happened.rebuildRequested(name, 2)],
    [happened.rebuilt(name, 3)],
    [happened.rebuilt(name, 3)],
    [happened.rebuilt(name, 3), happened.deploymentIntended(name, 4)],
    [happened.rebuilt(name, 3), deployed(name)],
    [happened.rebuilt(name, 3), deployed(name)],
    [happened.rebuilt(name, 3), deployed(name)],
  );

const stops = [
  ...[[], [], [], []],
  [happened.paused(6)],
  [happened.halted(6)],
  [happened.aborted(6)],
] as const;

/** Leases on what is under way, and now and then one of somebody else. */
const ledgerFor = (
  state: Rollout,
  budget: { readonly instances: number; readonly services: number },
  rival: string | undefined,
) => {
  const held = [
    ...Object.values(state.instances).flatMap((item) =>
      'leaseId' in item ? [heldInstance(item.containerInstanceArn.split('/').at(-1) ?? '')] : [],
    ),
    ...Object.values(state.services).flatMap((item) =>
      item.status === 'deploying' ? [heldService(item.serviceName)] : [],
    ),
  ].map(({ leaseId, kind, id }) => ({ leaseId, subject: { kind, id }, holder }));
  const theirs = rival === undefined ? undefined : instanceArn(rival);
  const isFree = !held.some(({ subject }) => subject.id === theirs);
  const leases =
    theirs === undefined || !isFree
      ? held
      : [
          ...held,
          {
            leaseId: LeaseId.parse('their lease'),
            subject: { kind: 'instance' as const, id: theirs },
            holder: 'drain#theirs',
          },
        ];
  const granted = leases.map(
    (lease): DisruptionEvent => ({
      type: 'LeaseGranted',
      data: { ...lease, reason: 'patch', grantedAt: at(2) },
    }),
  );
  return {
    ...fold(ledger, granted),
    budget: {
      instances: { count: budget.instances },
      services: { count: budget.services },
      reasons: [{ reason: 'patch' as const }],
    },
  };
};

export type AnyFleet = { readonly state: Rollout; readonly sight: Sight };

/** A small fleet in any condition, and a rollout over it that is somewhere on its way. */
export const anyFleet: fc.Arbitrary<AnyFleet> = fc
  .record({
    instances: fc.tuple(...names.map(anyInstance)),
    registered: fc.subarray(names, { minLength: 1 }),
    services: fc.tuple(...serviceNames.map(anyService)),
    described: fc.subarray(serviceNames),
    pushed: fc.subarray(serviceNames),
    tasks: fc.array(anyTask, { maxLength: 14 }),
    inPlan: fc.subarray(names, { minLength: 1 }),
    progress: fc.tuple(...names.map(anyProgress)),
    deployments: fc.tuple(...serviceNames.map(anyDeploymentProgress)),
    stop: fc.constantFrom(...stops),
    isLearnt: fc.constantFrom(true, true, true, false),
    emergency: fc.boolean(),
    budget: fc.record({ instances: fc.nat(4), services: fc.nat(3) }),
    rival: fc.option(fc.constantFrom(...names), { nil: undefined }),
    mode: fc.constantFrom('drive' as const, 'drive' as const, 'drive' as const, 'observe' as const),
    minute: fc.constantFrom(10, 10, 10, 100, 20_000),
  })
  .map((given) => {
    const state = rolloutAfter(
      { instances: given.inPlan, services: serviceNames, emergency: given.emergency },
      happened.started(),
      ...(given.isLearnt ? [happened.learnt()] : []),
      ...given.inPlan.flatMap((name) => given.progress[names.indexOf(name)] ?? []),
      ...given.deployments.flat(),
      ...given.stop,
    );
    const view = aFleet({
      instances: given.instances.filter((_, index) =>
        given.registered.includes(names[index] ?? ''),
      ),
      services: given.services.filter(({ serviceName }) => given.described.includes(serviceName)),
      tasks: given.tasks.map(
        ({ service, on, isStandalone, lastStatus, stopCode, isFresh }, index) =>
          aTask(`t${index}`, {
            service,
            on,
            lastStatus,
            ...(isStandalone ? { group: `family:${service}` } : {}),
            ...(lastStatus === 'STOPPED' ? { stopCode, stoppedAt: at(8) } : {}),
            ...(isFresh ? { imageDigest: digest(`${service} october`) } : {}),
          }),
      ),
    });
    const images = imagesOf(
      ...serviceNames.map((name) => anImage(name, september)),
      ...given.pushed.map((name) => anImage(name, october)),
    );
    const sight = aSight({
      view,
      images,
      amis: given.isLearnt ? [anAmiFamily(october)] : [anAmiFamily(september)],
      ledger: ledgerFor(state, given.budget, given.rival),
      mode: given.mode,
      now: at(given.minute),
    });
    return { state, sight };
  });

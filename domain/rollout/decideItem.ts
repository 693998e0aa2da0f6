import type { RolloutEvent } from '../../events/rollout.ts';
import { asked, type StepCommand } from './rolloutCommand.ts';
import {
  type ImageProgress,
  type InstanceProgress,
  isUntriedDeployment,
  isUntriedDrain,
  type Rollout,
  type ServiceProgress,
} from './rolloutState.ts';
import { isSurging, surgeOpen } from './surgeState.ts';

type Step<Type extends StepCommand['type']> = Extract<StepCommand, { type: Type }>;
export type InstanceStep = Step<
  | 'DrainInstance'
  | 'RecordDrained'
  | 'TerminateInstance'
  | 'RecordReplacement'
  | 'ProveInstance'
  | 'RecordProof'
  | 'RestoreInstance'
  | 'RecordRestored'
  | 'PutOffInstance'
  | 'SkipInstance'
>;
type ServiceStep = Step<
  'DeployService' | 'RecordDeploymentStarted' | 'RecordDeployed' | 'PutOffService' | 'SkipService'
>;
type ImageStep = Step<'RequestRebuild' | 'RecordRebuild' | 'GiveUpRebuild'>;

const inFlight = [
  'surging',
  'draining',
  'drained',
  'terminating',
  'replaced',
  'proving',
  'proved',
  'restoring',
] as const;

/** The statuses from which each step may be taken. From any other the step has been overtaken. */
const instanceFrom: Record<InstanceStep['type'], readonly InstanceProgress['status'][]> = {
  DrainInstance: ['waiting', 'proved'],
  RecordDrained: ['draining'],
  TerminateInstance: ['drained'],
  RecordReplacement: ['terminating', 'surging'],
  ProveInstance: ['replaced'],
  RecordProof: ['replaced', 'proving'],
  RestoreInstance: ['draining', 'drained'],
  RecordRestored: ['restoring'],
  PutOffInstance: ['draining'],
  SkipInstance: ['waiting', ...inFlight],
};

const serviceFrom: Record<ServiceStep['type'], readonly ServiceProgress['status'][]> = {
  DeployService: ['waiting'],
  RecordDeploymentStarted: ['deploying'],
  // From `waiting` too: the owner's own pipeline may have deployed the new image first.
  RecordDeployed: ['waiting', 'deploying'],
  PutOffService: ['deploying'],
  SkipService: ['waiting', 'deploying'],
};

const imageFrom: Record<ImageStep['type'], readonly ImageProgress['status'][]> = {
  RequestRebuild: ['waiting'],
  RecordRebuild: ['waiting', 'requested', 'overdue'],
  GiveUpRebuild: ['requested'],
};

export const stepInstance = (command: InstanceStep, state: Rollout): readonly RolloutEvent[] => {
  const item = state.instances[command.containerInstanceArn];
  if (item === undefined || !instanceFrom[command.type].includes(item.status)) return [];
  const { now } = command;
  switch (command.type) {
    case 'DrainInstance':
      if (state.status !== 'running') return [];
      return [{ type: 'InstanceDrainIntended', data: { ...asked(command), intendedAt: now } }];
    case 'RecordDrained':
      return [{ type: 'InstanceDrained', data: { ...asked(command), drainedAt: now } }];
    case 'TerminateInstance':
      // After a halt nothing goes forward: what is empty is handed back instead.
      if (state.status !== 'running' && state.status !== 'paused') return [];
      if (isSurging(item) && surgeOpen(state, item.surge.groupName)) return [];
      return [
        { type: 'InstanceTerminationIntended', data: { ...asked(command), intendedAt: now } },
      ];
    case 'RecordReplacement':
      if (item.status === 'terminating' && isSurging(item)) return [];
      return [{ type: 'InstanceReplaced', data: { ...asked(command), replacedAt: now } }];
    case 'ProveInstance':
      return [{ type: 'InstanceProofIntended', data: { ...asked(command), intendedAt: now } }];
    case 'RecordProof':
      return [{ type: 'InstanceProved', data: { ...asked(command), provedAt: now } }];
    case 'RestoreInstance':
      return [{ type: 'InstanceRestoreIntended', data: { ...asked(command), intendedAt: now } }];
    case 'RecordRestored':
      if (isSurging(item)) return [];
      return [{ type: 'InstanceRestored', data: { ...asked(command), restoredAt: now } }];
    case 'PutOffInstance':
      if (!isUntriedDrain(state, command.containerInstanceArn) || isSurging(item)) return [];
      return [{ type: 'InstancePutOff', data: { ...asked(command), putOffAt: now } }];
    case 'SkipInstance':
      // Its group is one above what it would be: that has to be given back.
      if (isSurging(item)) return [];
      if (isBeingDrained(state, item) && command.reason !== 'InstanceNotActive') return [];
      return [{ type: 'InstanceSkipped', data: { ...asked(command), skippedAt: now } }];
    default:
      return command satisfies never;
  }
};

/** It must be handed back, not let go, once an executor has begun to drain it. */
const isBeingDrained = (state: Rollout, { status, containerInstanceArn }: InstanceProgress) =>
  status === 'draining' && !isUntriedDrain(state, containerInstanceArn);

export const stepService = (command: ServiceStep, state: Rollout): readonly RolloutEvent[] => {
  const item = state.services[command.serviceArn];
  if (item === undefined || !serviceFrom[command.type].includes(item.status)) return [];
  const { now } = command;
  switch (command.type) {
    case 'DeployService':
      if (state.status !== 'running') return [];
      return [{ type: 'ServiceDeploymentIntended', data: { ...asked(command), intendedAt: now } }];
    case 'RecordDeploymentStarted':
      if (item.status === 'deploying' && item.deploymentId !== undefined) return [];
      return [{ type: 'ServiceDeploymentStarted', data: { ...asked(command), startedAt: now } }];
    case 'RecordDeployed':
      return [{ type: 'ServiceDeployed', data: { ...asked(command), deployedAt: now } }];
    case 'PutOffService':
      if (!isUntriedDeployment(state, command.serviceArn)) return [];
      return [{ type: 'ServicePutOff', data: { ...asked(command), putOffAt: now } }];
    case 'SkipService':
      return [{ type: 'ServiceSkipped', data: { ...asked(command), skippedAt: now } }];
    default:
      return command satisfies never;
  }
};

export const stepImage = (command: ImageStep, state: Rollout): readonly RolloutEvent[] => {
  const item = state.images[command.image];
  if (item === undefined || !imageFrom[command.type].includes(item.status)) return [];
  const { now } = command;
  switch (command.type) {
    case 'RequestRebuild':
      if (state.status !== 'running') return [];
      return [{ type: 'RebuildRequested', data: { ...asked(command), requestedAt: now } }];
    case 'RecordRebuild':
      return [{ type: 'RebuildArrived', data: { ...asked(command), arrivedAt: now } }];
    case 'GiveUpRebuild':
      return [{ type: 'RebuildOverdue', data: { ...asked(command), overdueAt: now } }];
    default:
      return command satisfies never;
  }
};

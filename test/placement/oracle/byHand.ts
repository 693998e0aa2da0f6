import type {
  PlacementContainer,
  PlacementDecision,
  PlacementInstance,
  PlacementProblem,
  PlacementTask,
  RemainingResources,
  RunningTask,
  WindowsRules,
} from '../../../domain/placement/placementProblem.ts';
import { placementRules } from '../../../domain/placement/placementProblem.ts';
import type { Instant, WindowsBuild } from '../../../events/ids.ts';
import { decideByScan } from './decideByScan.ts';

// An instance that takes everything and a task that fits everywhere; a case says what differs.

export const build = (text: string) => text as WindowsBuild;

const plenty: RemainingResources = {
  cpu: 4096,
  memoryMiB: 16_384,
  gpus: 0,
  networkInterfaces: 2,
  tcpPorts: [],
  udpPorts: [],
};

type InstanceParts = Partial<Omit<PlacementInstance, 'remaining'>> & {
  readonly remaining?: Partial<RemainingResources>;
};

export const instance = (id: string, parts: InstanceParts = {}): PlacementInstance => ({
  id,
  ec2InstanceId: 'i-01',
  status: 'ACTIVE',
  agentConnected: true,
  isProven: true,
  agentVersion: '1.99.0',
  registeredAt: Date.parse('2025-10-14T17:00:00Z') as Instant,
  attributes: {},
  build: build('20348.4294'),
  layers: [],
  tasks: [],
  ...parts,
  remaining: { ...plenty, ...parts.remaining },
});

export const running = (group: string, parts: Partial<RunningTask> = {}): RunningTask => ({
  id: `a task of ${group}`,
  group,
  desiredStatus: 'RUNNING',
  holds: { cpu: 0, memoryMiB: 0, gpus: 0, networkInterfaces: 0, tcpPorts: [], udpPorts: [] },
  isProtected: false,
  ...parts,
});

export const container = (parts: Partial<PlacementContainer> = {}): PlacementContainer => ({
  name: 'web',
  cpu: 256,
  memoryMiB: 512,
  gpus: 0,
  tcpPorts: [],
  udpPorts: [],
  imageBuild: build('20348.4294'),
  layers: [],
  ...parts,
});

export const task = (
  containers: readonly Partial<PlacementContainer>[] = [{}],
  parts: Partial<PlacementTask> = {},
): PlacementTask => ({
  id: 'task',
  group: 'service:web',
  containers: containers.map(container),
  networkMode: 'default',
  requiredAttributes: [],
  constraints: [],
  strategies: [],
  hostVolumeInstanceId: null,
  chance: 0,
  ...parts,
});

export const windows: WindowsRules = {
  osReserveMiB: 2048,
  compatibility: { floors: [], learnedBadPairs: [] },
};

export const problem = (
  instances: readonly PlacementInstance[],
  tasks: readonly PlacementTask[],
  windowsRules: WindowsRules | null = null,
): PlacementProblem => ({
  instances,
  tasks,
  rules: { reservedTcpPorts: [53, 3389], windows: windowsRules },
});

/** `on a`, or the fault, or the rules that removed instances, each with their number if not 1. */
const told = (decision: PlacementDecision): string => {
  if (decision.outcome === 'placed') return `on ${decision.instanceId}`;
  if (decision.fault !== null) return decision.fault;
  const named = placementRules.flatMap((rule, position) => {
    const count = decision.removed[position] ?? 0;
    return count === 0 ? [] : [count === 1 ? rule : `${rule} ${count}`];
  });
  return named.join(', ') || 'nowhere to go';
};

export const answersTo = (asked: PlacementProblem): readonly string[] =>
  decideByScan(asked).map(told);

import type {
  PlacementRules,
  PlacementTask,
  TaskFault,
} from '../../../domain/placement/placementProblem.ts';
import type { Needs } from './standing.ts';

/** The first thing that keeps the task off every instance; `null`: nothing does. */
export const taskFault = (
  { containers }: PlacementTask,
  { tcpPorts, udpPorts }: Needs,
  { windows }: PlacementRules,
): TaskFault | null => {
  if (hasTwice(tcpPorts) || hasTwice(udpPorts)) return 'PortTwice';
  if (windows === null) return null;
  if (containers.some(({ memoryMiB }) => memoryMiB === null)) return 'NoMemoryLimit';
  if ([...tcpPorts, ...udpPorts].some((port) => port >= 49152)) return 'DynamicPort';
  const asksAboutBuilds = windows.compatibility !== null;
  const isUnknown = containers.some(({ imageBuild }) => imageBuild === null);
  return asksAboutBuilds && isUnknown ? 'ImageBuildUnknown' : null;
};

const hasTwice = (ports: readonly number[]): boolean => new Set(ports).size < ports.length;

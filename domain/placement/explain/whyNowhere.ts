import type { PlacementExplanation } from '../../../events/placement.ts';

/** `1,024 MiB, 512 CPU units and port 8080`. */
export const needsText = ({ needs }: PlacementExplanation): string => {
  const parts = [`${needs.memoryMiB} MiB`, `${needs.cpu} CPU units`];
  if (needs.gpus > 0) parts.push(`${needs.gpus} GPUs`);
  if (needs.networkInterfaces > 0) parts.push('a network interface of its own');
  for (const port of needs.tcpPorts) parts.push(`port ${port}`);
  for (const port of needs.udpPorts) parts.push(`port ${port} (UDP)`);
  const last = parts.pop() ?? '';
  return `${parts.join(', ')} and ${last}`;
};

const faults = {
  PortTwice: 'two of its containers want the same host port: give one of them another',
  NoMemoryLimit: 'a container has no hard memory limit: Windows neither overcommits nor kills',
  DynamicPort:
    'it wants a host port from 49152 up, where Windows assigns ports: choose a lower one',
  ImageBuildUnknown: 'the Windows build of an image is not known, so compatibility is not either',
} as const;

export const faultText = (fault: keyof typeof faults): string => faults[fault];

/** One sentence for a task that fits nowhere: what it needs, and what comes nearest. */
export const whyNowhere = (explanation: PlacementExplanation): string => {
  const { taskId, fault, consideredCount, nearMisses } = explanation;
  if (fault !== null) return `${taskId} can be placed nowhere: ${faults[fault]}`;
  const needs = `${taskId} needs ${needsText(explanation)}`;
  const [nearest] = nearMisses;
  if (nearest === undefined) return `${needs}; there is no instance`;
  const { instanceCount, nearestInstanceArn, lacks, rules } = nearest;
  const but = rules.join(', ');
  const butFor = `${instanceCount} of ${consideredCount} instances fail in ${but} alone`;
  return `${needs}; ${butFor}: ${nearestInstanceArn} ${lacks.join(' and ')}`;
};

import * as z from 'zod';

// What was found when a task was to be placed; part of the events that such a finding led to.

const count = z.int().nonnegative();

/** The names of `placementRules` (domain/placement/placementProblem.ts). */
export const PlacementRuleName = z.enum([
  'NotActive',
  'AgentDisconnected',
  'NotProven',
  'Cpu',
  'Memory',
  'Gpu',
  'Ports',
  'PortLimit',
  'NetworkInterfaces',
  'Attribute',
  'DistinctInstance',
  'MemberOf',
  'OsReserve',
  'BuildUnknown',
  'BuildMismatch',
  'RevisionMustMatch',
  'KnownBadPair',
  'BelowFloor',
  'HostVolume',
]);
export type PlacementRuleName = z.infer<typeof PlacementRuleName>;

/** How an instance stands in one strategy of the chain; less is better. */
export const ScorePart = z.object({ strategy: z.string(), value: z.number() });

export const PlacementCandidate = z.object({
  containerInstanceArn: z.string(),
  scores: z.array(ScorePart.readonly()).readonly(),
  /** `null` where the layers of the images are not known. */
  bytesToPull: z.number().nonnegative().nullable(),
});
export type PlacementCandidate = z.infer<typeof PlacementCandidate>;

/** Instances that only these rules keep the task off, and the one of them that comes nearest. */
export const NearMiss = z.object({
  rules: z.array(PlacementRuleName).min(1).readonly(),
  instanceCount: count,
  nearestInstanceArn: z.string(),
  /** What is missing there, one sentence for each rule, and what would mend it. */
  lacks: z.array(z.string()).readonly(),
  remedies: z.array(z.string()).readonly(),
});
export type NearMiss = z.infer<typeof NearMiss>;

export const PlacementNeeds = z.object({
  cpu: z.number(),
  memoryMiB: z.number(),
  gpus: z.number(),
  networkInterfaces: z.number(),
  tcpPorts: z.array(z.int()).readonly(),
  udpPorts: z.array(z.int()).readonly(),
});

/** Why a task goes where it goes, or why it goes nowhere. */
export const PlacementExplanation = z.object({
  /** The ARN of a task that is to be placed anew, or `service:<name>` for the next of a service. */
  taskId: z.string(),
  group: z.string(),
  needs: PlacementNeeds.readonly(),
  consideredCount: count,
  /** The rules that removed instances, in the order in which they are asked. */
  removed: z.array(z.object({ rule: PlacementRuleName, count }).readonly()).readonly(),
  /** `null`: the task fits nowhere. */
  placedOn: z.string().nullable(),
  /** What keeps it off every instance, whatever they have. */
  fault: z.enum(['PortTwice', 'NoMemoryLimit', 'DynamicPort', 'ImageBuildUnknown']).nullable(),
  /** The best, the chosen one first; at most three. */
  candidates: z.array(PlacementCandidate.readonly()).readonly(),
  candidateCount: count,
  /** Empty for a task that is placed; at most three, the nearest first. */
  nearMisses: z.array(NearMiss.readonly()).readonly(),
});
export type PlacementExplanation = z.infer<typeof PlacementExplanation>;

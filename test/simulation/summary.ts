import { DrainEvent, DrainOutcome } from '../../events/drain.ts';
import { RolloutEvent } from '../../events/rollout.ts';
import type { Meeting } from './audit.ts';
import { drainMeetings } from './auditDrains.ts';
import { ghostMeetings } from './auditGhosts.ts';
import { hookMeetings } from './auditHooks.ts';
import { limitMeetings } from './auditLimits.ts';
import { prefetchMeetings } from './auditPrefetch.ts';
import { protectionMeetings } from './auditProtection.ts';
import { surgeMeetings } from './auditSurge.ts';
import { templateMeetings } from './auditTemplates.ts';
import { windowMeetings } from './auditWindows.ts';
import { type FaultClass, faultClasses } from './faultPlan.ts';
import type { SeedReport } from './simulate.ts';

export type Summary = {
  readonly seeds: number;
  readonly steps: number;
  readonly fired: Readonly<Record<FaultClass, number>>;
  /** How often each fact about a rollout or a drain was written: the edges of its state machine. */
  readonly edges: Readonly<Record<string, number>>;
  /** How often windows, freezes and limits came into play. */
  readonly met: Readonly<Record<Meeting, number>>;
  readonly failed: readonly SeedReport[];
  /** The longest way from the last fault to rest, in steps. */
  readonly restAfterMax: number;
  /** What never occurred: fault classes, edges, and what windows and limits bring about. */
  readonly never: readonly string[];
};

const ofRollouts: readonly string[] = RolloutEvent.options.map(
  (option) => option.unwrap().shape.type.value,
);

const meetings: readonly Meeting[] = [
  ...windowMeetings,
  ...limitMeetings,
  ...drainMeetings,
  ...prefetchMeetings,
  ...ghostMeetings,
  ...hookMeetings,
  ...protectionMeetings,
  ...templateMeetings,
  ...surgeMeetings,
];

/**
 * No task of this world stands alone for longer than a canary: none is there to be stopped. AWS
 * refuses a step of a drain only where something happens between the look and the call, which is
 * met in one run of two (test/functions/carryDrain.test.ts).
 */
const rareOfDrains = new Set(['DrainTaskStopIntended', 'DrainEffectFailed', 'DrainEnded']);
const ofDrains: readonly string[] = DrainEvent.options
  .map((option): string => option.unwrap().shape.type.value)
  .filter((type) => !rareOfDrains.has(type));

const edgeNames: readonly string[] = [
  ...ofRollouts,
  ...ofDrains,
  ...DrainOutcome.exclude(['refused']).options.map((outcome) => `DrainEnded ${outcome}`),
];

export const summaryOf = (reports: readonly SeedReport[]): Summary => {
  const total = (count: (report: SeedReport) => number) =>
    reports.reduce((sum, report) => sum + count(report), 0);
  const fired = Object.fromEntries(
    faultClasses.map((kind) => [kind, total((report) => report.fired[kind])]),
  ) as Record<FaultClass, number>;
  const edges = Object.fromEntries(
    edgeNames.map((name) => [name, total((report) => report.edges[name] ?? 0)]),
  );
  const met = Object.fromEntries(
    meetings.map((name) => [name, total((report) => report.met[name])]),
  ) as Record<Meeting, number>;
  return {
    seeds: reports.length,
    steps: total(({ steps }) => steps),
    fired,
    edges,
    met,
    failed: reports.filter(({ violations }) => violations.length > 0),
    restAfterMax: Math.max(0, ...reports.map(({ restAfter }) => restAfter)),
    never: [
      ...faultClasses.filter((kind) => fired[kind] === 0),
      ...meetings.filter((name) => met[name] === 0),
      ...edgeNames.filter((name) => edges[name] === 0),
    ],
  };
};

const counted = (counts: Readonly<Record<string, number>>): string =>
  Object.entries(counts)
    .map(([name, count]) => `${name} ${count}`)
    .join(', ');

const violationsShown = 10;

/** A failing seed: what it broke, its last facts, and how to live it again. */
export const failureLines = (report: SeedReport): readonly string[] => [
  `seed ${report.seed}: ${report.violations.length} violations`,
  ...report.violations.slice(0, violationsShown).map((each) => `  ${each}`),
  '  last facts:',
  ...report.lastFacts.map((each) => `    ${each}`),
  `  again: npm run simulate -- --seed ${report.seed} --steps ${report.steps}`,
];

export const summaryLines = (summary: Summary): readonly string[] => [
  `${summary.seeds} seeds, ${summary.steps} steps, ${summary.failed.length} seeds with violations`,
  `at rest at most ${summary.restAfterMax} steps after the last fault`,
  `faults: ${counted(summary.fired)}`,
  `edges: ${counted(summary.edges)}`,
  `windows, limits, drains: ${counted(summary.met)}`,
  ...(summary.never.length === 0 ? [] : [`never: ${summary.never.join(', ')}`]),
];

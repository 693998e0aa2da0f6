import type { WindowsBuild } from '../../../events/ids.ts';
import { mayRun } from '../../windows/compatibility.ts';
import { subjectOf } from '../obstacles.ts';
import { type PlacementInstance, type PlacementRule, placementRules } from '../placementProblem.ts';
import type { Query } from '../query/ast.ts';
import { compileQuery } from '../query/compile.ts';
import { taskRoleAttribute, taskRolePort } from '../requirement.ts';
import type { Columns } from './columns.ts';
import type { CommonQuestion } from './question.ts';

/** The number of a rule is its place in `placementRules`, from 1; 0 is none of them. */
export const numberOf = (rule: PlacementRule): number => placementRules.indexOf(rule) + 1;

/**
 * What the rules say of an instance until something is told of it, in one number. The last 5 bits
 * are the number of the rule before `Cpu` that removes it, the 5 before those the number of the
 * rule after `OsReserve`, and then a bit for each rule between.
 */
export const firstMask = 0b11111;
export const lastShift = 5;
export const lacksAttribute = 1 << 10;
export const isNoMember = 1 << 11;
export const keepsWantedPort = 1 << 12;

/** The instances that satisfy a query, kept up to date with what is told of them. */
export type CandidateSet = {
  readonly query: Query;
  readonly holds: Uint8Array;
  readonly ask: (instance: PlacementInstance) => boolean;
};

/** By the query as JSON: services on one build, or in one zone, ask the same. */
export type CandidateSets = Map<string, CandidateSet>;

export const candidateSetOf = (
  sets: CandidateSets,
  { instances }: Columns,
  query: Query,
): CandidateSet => {
  const key = JSON.stringify(query);
  const found = sets.get(key);
  if (found !== undefined) return found;
  const holds = compileQuery(query);
  const ask = (instance: PlacementInstance) => holds(subjectOf(instance));
  const set = { query, ask, holds: Uint8Array.from(instances, (each) => (ask(each) ? 1 : 0)) };
  sets.set(key, set);
  return set;
};

/** Answers for a slot what `firstMask` and the rest describe. */
export const factsReader = (
  { instances, rules }: Columns,
  question: CommonQuestion,
  members: readonly CandidateSet[],
): ((slot: number) => number) => {
  const buildRules = new Map<WindowsBuild, number>();
  const { requiredAttributes, requirement, hostVolumeInstanceId } = question;
  const wantsTaskRolePort = rules.windows !== null && requirement.tcpPorts.includes(taskRolePort);
  const wantsKept = requirement.tcpPorts.some((port) => rules.reservedTcpPorts.includes(port));
  const buildRuleOf = (build: WindowsBuild): number => {
    const found = buildRules.get(build) ?? numberOfBuildRule(question, build, rules);
    buildRules.set(build, found);
    return found;
  };
  const lastRuleOf = ({ build, id }: PlacementInstance): number => {
    if (rules.windows !== null && rules.windows.compatibility !== null) {
      const rule = build === null ? numberOf('BuildUnknown') : buildRuleOf(build);
      if (rule !== 0) return rule;
    }
    const isElsewhere = hostVolumeInstanceId !== null && hostVolumeInstanceId !== id;
    return isElsewhere ? numberOf('HostVolume') : 0;
  };
  return (slot) => {
    const instance = instances[slot];
    if (instance === undefined) return numberOf('NotActive');
    const { attributes } = instance;
    let facts = firstRuleOf(instance) | (lastRuleOf(instance) << lastShift);
    for (const { name, value } of requiredAttributes) {
      const isThere = Object.hasOwn(attributes, name);
      if (!isThere || (value !== null && attributes[name] !== value)) facts |= lacksAttribute;
    }
    for (const { holds } of members) if (holds[slot] === 0) facts |= isNoMember;
    const keeps = wantsTaskRolePort && Object.hasOwn(attributes, taskRoleAttribute);
    return wantsKept || keeps ? facts | keepsWantedPort : facts;
  };
};

const firstRuleOf = ({ status, agentConnected, isProven }: PlacementInstance): number => {
  if (status !== 'ACTIVE') return numberOf('NotActive');
  if (!agentConnected) return numberOf('AgentDisconnected');
  return isProven ? 0 : numberOf('NotProven');
};

const numberOfBuildRule = (
  { imageBuilds }: CommonQuestion,
  build: WindowsBuild,
  { windows }: Columns['rules'],
): number => {
  if (windows === null || windows.compatibility === null) return 0;
  for (const image of imageBuilds) {
    const answer = mayRun(image, build, windows.compatibility);
    if (!answer.allowed) return numberOf(answer.reason);
  }
  return 0;
};

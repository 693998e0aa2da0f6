import { isDeepStrictEqual } from 'node:util';
import type {
  PlacementDecision,
  PlacementProblem,
} from '../../../domain/placement/placementProblem.ts';
import { decideByScan } from './decideByScan.ts';
import { frozen } from './frozen.ts';
import { randomProblem } from './randomProblem.ts';
import { shrunk } from './shrunk.ts';

export type Decide = (problem: PlacementProblem) => readonly PlacementDecision[];

/** `randomProblem(seed, index)` gives it again, `problem` is what is left of it when shrunk. */
export type Disagreement = {
  readonly seed: number;
  readonly index: number;
  readonly problem: PlacementProblem;
  readonly oracle: readonly PlacementDecision[];
  /** What was decided instead, or the error that was thrown. */
  readonly decided: readonly PlacementDecision[] | string;
};

export type Comparison = {
  /** How many were compared: all of the last problem, so a few more than were asked for. */
  readonly decisions: number;
  readonly problems: number;
  /** The first three. */
  readonly disagreements: readonly Disagreement[];
  /** In how many decisions of the oracle each rule, fault, strategy and tie had a say. */
  readonly fired: Readonly<Record<string, number>>;
};

const disagreementsMax = 3;

/**
 * Puts the problems of a seed to `decide` and to the oracle until `decisions` are compared, in
 * everything that a decision says. Stops at the third problem on which they differ. The problems
 * are frozen: to change one is to throw, and to throw is to differ.
 */
export const compareWithOracle = (
  decide: Decide,
  { seed, decisions }: { readonly seed: number; readonly decisions: number },
): Comparison => {
  const fired: Record<string, number> = {};
  const note = (what: string) => {
    fired[what] = (fired[what] ?? 0) + 1;
  };
  const disagreements: Disagreement[] = [];
  let [compared, index] = [0, 0];
  for (; compared < decisions && disagreements.length < disagreementsMax; index += 1) {
    const problem = frozen(randomProblem(seed, index));
    const oracle = decideByScan(problem, note);
    compared += oracle.length;
    if (isDeepStrictEqual(attempt(decide, problem), oracle)) continue;
    disagreements.push({ seed, index, ...asSmallAsCanBe(decide, problem) });
  }
  return { decisions: compared, problems: index, disagreements, fired };
};

const asSmallAsCanBe = (decide: Decide, problem: PlacementProblem) => {
  const differs = (smaller: PlacementProblem) =>
    !isDeepStrictEqual(attempt(decide, frozen(smaller)), decideByScan(smaller));
  const least = shrunk(problem, differs);
  return { problem: least, oracle: decideByScan(least), decided: attempt(decide, frozen(least)) };
};

const attempt = (decide: Decide, problem: PlacementProblem) => {
  try {
    return decide(problem);
  } catch (error) {
    return `threw ${error}`;
  }
};

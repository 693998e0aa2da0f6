import {
  type Chance,
  chanceFrom,
  draw,
  drawBetween,
  drawOne,
} from '../../domain/simulation/chance.ts';

/** Every class of fault, with the chance of each at one opportunity when its strength is 1. */
const rates = {
  // Events on their way from AWS, for each event (for each batch where it says so).
  duplicateEvent: 0.08,
  delayedEvent: 0.05,
  lostEvent: 0.05,
  /** For each batch. */
  reorderedEvents: 0.4,
  // The store, for each append.
  appendRefused: 0.01,
  appendAnswerLost: 0.02,
  rivalWriter: 0.03,
  // The process, at each port call of the kind.
  crashAtRead: 0.001,
  crashBeforeAppend: 0.006,
  crashAfterAppend: 0.012,
  crashBeforeEffect: 0.08,
  crashAfterEffect: 0.15,
  /** For each step: two handlers at once, their port calls in an order that is drawn. */
  twinHandlers: 0.4,
  /** For each message that the relay sends: it never arrives, or comes hours late. */
  lostEffectMessage: 0.1,
  lateEffectMessage: 0.1,
  lostTick: 0.1,
  // AWS, for each call of the kind.
  callThrottled: 0.02,
  callServerError: 0.02,
  timeoutBeforeEffect: 0.08,
  timeoutAfterEffect: 0.12,
  lateEffect: 0.06,
  emptyListing: 0.05,
  /** Time passes in the cluster while the call is on its way. */
  slowCall: 0.2,
  // For each step.
  registryOutage: 0.03,
  tagMovesBack: 0.02,
  instanceDies: 0.015,
  instanceGhosts: 0.01,
  agentLost: 0.03,
  neverRegisters: 0.02,
  /** While a group is above what its owner declares. */
  terraformResets: 0.05,
  badImage: 0.03,
  canaryFails: 0.03,
  rebuildUnanswered: 0.02,
  drainedByHand: 0.02,
  undrainedByHand: 0.03,
  deployedByHand: 0.01,
  pausedByHand: 0.02,
  abortedByHand: 0.006,
  /** While a rollout runs. */
  scaledByHand: 0.08,
} as const;

/**
 * What befalls drains beside rollouts, for each step. Drawn by a chance of its own, so that seeds
 * without them are as they were.
 */
const drainRates = {
  /** EC2 gives notice, and two minutes later the instance is gone. */
  spotNoticed: 0.04,
  /** It gives notice and leaves the instance there. */
  spotSpared: 0.01,
  /** Its group ends an instance, which waits in a lifecycle hook; where groups have one. */
  endedByGroup: 0.04,
  drainStarted: 0.06,
  drainForced: 0.02,
  drainUndone: 0.04,
  /** Someone sets ACTIVE in the console what Tuesday drains. */
  drainTakenBack: 0.02,
} as const;

/** Drawn by a chance of its own as well. */
const timeRates = {
  /** From one moment to the next it is hours later: nothing has run meanwhile, and AWS has. */
  clockJumps: 0.01,
} as const;

/** Of launch templates, where groups have them; drawn by a chance of its own as well. */
const templateRates = {
  /** Terraform applies what was written before Tuesday made a version. */
  templateSetBack: 0.1,
  /** The owner writes a version with the newest AMI. */
  templateRenewed: 0.02,
  /** The same, while Tuesday means to write one. */
  templateOvertaken: 0.3,
  /** The rollout is aborted by an operator once a template was renewed, and nothing else yet. */
  abortedOnTemplate: 0.15,
} as const;

/** Of the applications in the tasks; by a chance of its own as well. */
const taskRates = {
  /** It protects itself from scale-in, for some minutes. */
  taskProtected: 0.12,
} as const;

/** Of canaries on what has come for an instance that a drain ended; by a chance of its own too. */
const proofRates = {
  /** For each such drain: they fail from now on, until they are mended. */
  successorUnfit: 0.3,
} as const;

type ProofFault = keyof typeof proofRates;
type TaskFault = keyof typeof taskRates;
type TemplateFault = keyof typeof templateRates;
type OldFault = keyof typeof rates;
type TimeFault = keyof typeof timeRates;
type DrainFault = keyof typeof drainRates;
export type FaultClass = OldFault | DrainFault | TimeFault | TemplateFault | TaskFault | ProofFault;

const oldFaults = Object.keys(rates) as readonly OldFault[];
const drainFaults = Object.keys(drainRates) as readonly DrainFault[];
const timeFaults = Object.keys(timeRates) as readonly TimeFault[];
const taskFaults = Object.keys(taskRates) as readonly TaskFault[];
const proofFaults = Object.keys(proofRates) as readonly ProofFault[];
const templateFaults = Object.keys(templateRates) as readonly TemplateFault[];
export const faultClasses: readonly FaultClass[] = [
  ...oldFaults,
  ...drainFaults,
  ...timeFaults,
  ...templateFaults,
  ...taskFaults,
  ...proofFaults,
];

const isOfTime = (kind: FaultClass): kind is TimeFault => kind in timeRates;
const isOfTasks = (kind: FaultClass): kind is TaskFault => kind in taskRates;
const isOfProofs = (kind: FaultClass): kind is ProofFault => kind in proofRates;
const isOfTemplates = (kind: FaultClass): kind is TemplateFault => kind in templateRates;
const isOfDrains = (kind: FaultClass): kind is DrainFault => kind in drainRates;

export type Faults = {
  /** Whether a fault of this class happens at this opportunity; counts it if so. */
  readonly hits: (kind: FaultClass) => boolean;
  /** Ends all faults, for good. */
  readonly stop: () => void;
  readonly stopped: () => boolean;
  /** Whether anything of drains beside rollouts is on. */
  readonly hasDrains: boolean;
  /** Of what befalls them. */
  readonly ofDrains: Chance;
  /** Of what befalls launch templates. */
  readonly ofTemplates: Chance;
  readonly ofTasks: Chance;
  /** How far the clock jumps, in ms. */
  readonly jumpMs: () => number;
  readonly strengths: Readonly<Partial<Record<FaultClass, number>>>;
  readonly fired: Record<FaultClass, number>;
  readonly chance: Chance;
};

const ratesOf = (
  kind: FaultClass,
): readonly ['time' | 'drains' | 'templates' | 'tasks' | 'proofs' | 'old', number] => {
  if (isOfTime(kind)) return ['time', timeRates[kind]];
  if (isOfTasks(kind)) return ['tasks', taskRates[kind]];
  if (isOfProofs(kind)) return ['proofs', proofRates[kind]];
  if (isOfTemplates(kind)) return ['templates', templateRates[kind]];
  return isOfDrains(kind) ? ['drains', drainRates[kind]] : ['old', rates[kind]];
};

/**
 * Draws, swarm style, which classes are on in this seed and how strong. One seed in ten has none,
 * one in ten has one class alone and strong.
 */
export const drawFaults = (seed: number): Faults => {
  const chance = chanceFrom(seed * 7 + 3);
  const ofDrains = chanceFrom(seed * 43 + 29);
  const ofTime = chanceFrom(seed * 61 + 31);
  const jumps = draw(ofTime) < 0.5 ? { clockJumps: 1 } : {};
  const ofTemplates = chanceFrom(seed * 79 + 47);
  const set =
    draw(ofTemplates) < 0.6 ? Object.fromEntries(templateFaults.map((kind) => [kind, 1])) : {};
  const ofTasks = chanceFrom(seed * 83 + 53);
  const busy = draw(ofTasks) < 0.4 ? { taskProtected: 1 } : {};
  const ofProofs = chanceFrom(seed * 89 + 59);
  const unfit = draw(ofProofs) < 0.5 ? { successorUnfit: 1 } : {};
  const own = { ...jumps, ...set, ...busy, ...unfit };
  const drawn = { ...drawStrengths(chance), ...drawDrainStrengths(ofDrains), ...own };
  const strengths: Faults['strengths'] = drawn;
  const chances = {
    time: ofTime,
    drains: ofDrains,
    templates: ofTemplates,
    tasks: ofTasks,
    proofs: ofProofs,
    old: chance,
  };
  const fired = Object.fromEntries(faultClasses.map((kind) => [kind, 0]));
  let over = false;
  return {
    hits: (kind) => {
      const strength = strengths[kind];
      if (over || strength === undefined) return false;
      const [ofKind, rate] = ratesOf(kind);
      if (draw(chances[ofKind]) >= rate * strength) return false;
      fired[kind] = (fired[kind] ?? 0) + 1;
      return true;
    },
    stop: () => {
      over = true;
    },
    stopped: () => over,
    hasDrains: drainFaults.some((kind) => strengths[kind] !== undefined),
    ofDrains,
    ofTemplates,
    ofTasks,
    jumpMs: () => drawBetween(ofTime, 2, 12) * 3_600_000,
    strengths,
    fired: fired as Record<FaultClass, number>,
    chance,
  };
};

const drawStrengths = (chance: Chance): Partial<Record<FaultClass, number>> => {
  const kind = draw(chance);
  if (kind < 0.1) return {};
  if (kind < 0.2) return { [drawOne(chance, oldFaults)]: 4 };
  const share = drawOne(chance, [0.15, 0.3, 0.6]);
  return Object.fromEntries(
    oldFaults.flatMap((each) =>
      draw(chance) < share ? [[each, drawOne(chance, [0.3, 1, 2])] as const] : [],
    ),
  );
};

/** In half of the seeds. */
const drawDrainStrengths = (chance: Chance): Partial<Record<DrainFault, number>> => {
  if (draw(chance) < 0.5) return {};
  return Object.fromEntries(
    drainFaults.flatMap((each) =>
      draw(chance) < 0.6 ? [[each, drawOne(chance, [0.3, 1, 2])] as const] : [],
    ),
  );
};

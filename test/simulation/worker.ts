import { draw } from '../../domain/simulation/chance.ts';
import { groundTruth } from '../../domain/simulation/groundTruth.ts';
import type { World } from '../../domain/simulation/world.ts';
import type { Gateways } from '../../infra/aws/gateways.ts';
import type { EventStore } from '../../infra/eventStore/eventStore.ts';
import { StoreBusy } from '../../infra/eventStore/storeErrors.ts';
import {
  type CallInFlight,
  type Line,
  sdkError,
  simulatedGateways,
  simulatedRegistry,
} from '../../infra/local/inProcessAws.ts';
import type { RegistryClient } from '../../infra/registry/registryClient.ts';
import { type FollowedViews, followViews } from '../../infra/views/views.ts';
import type { AuditedCall } from './audit.ts';
import type { FaultClass, Faults } from './faultPlan.ts';
import type { Plant } from './plant.ts';
import { CrashSignal, type Turns } from './turns.ts';

/** One Lambda instance: it lives through many invocations, until it crashes. */
export type Worker = {
  readonly life: Life;
  readonly store: EventStore;
  readonly views: FollowedViews;
  readonly gateways: Gateways;
  readonly registry: RegistryClient;
};

/** `knowsUpTo`: the last commit that was there when the handler last read or wrote the store. */
type Life = { dead: boolean; knowsUpTo: number };

/** What all workers of one run share. */
export type Surroundings = {
  readonly world: World;
  readonly store: EventStore;
  readonly faults: Faults;
  readonly turns: Turns;
  readonly plant: Plant;
  readonly outage: () => number | undefined;
  /** Told of every call that reaches AWS. */
  readonly called: (call: Pick<AuditedCall, 'service' | 'operation' | 'input'> & Outcome) => void;
  /** The last commit there is. */
  readonly lastSequence: () => Promise<number>;
  /** Time passes in the cluster. */
  readonly dawdle: () => void;
  /** A call whose answer is given up takes effect a moment later. */
  readonly later: (work: () => void) => void;
  /** Someone else writes to the stream right now. */
  readonly rival: (stream: string) => Promise<void>;
};

type Outcome = Pick<AuditedCall, 'took' | 'afterSequence' | 'before' | 'answer'>;

/** The error of a store or a network whose answer was lost. */
export class AnswerLost extends Error {
  override readonly name = 'AnswerLost';
}

type Port = <Result>(
  crashes: { readonly before?: FaultClass; readonly after?: FaultClass },
  perform: () => Result | Promise<Result>,
) => Promise<Result>;

export const createWorker = (around: Surroundings): Worker => {
  const life = { dead: false, knowsUpTo: 0 };
  const { faults, turns, world, plant } = around;
  const crash = (): never => {
    life.dead = true;
    throw new CrashSignal();
  };
  const port: Port = async ({ before, after }, perform) => {
    if (life.dead) throw new CrashSignal();
    await turns.next();
    if (life.dead) throw new CrashSignal();
    if (before !== undefined && faults.hits(before)) crash();
    const result = await perform();
    if (after !== undefined && faults.hits(after)) crash();
    return result;
  };
  const store = portedStore(around, life, port);
  const line = portedLine(around, life, port);
  const gateways = simulatedGateways(world, line);
  return {
    life,
    store,
    views: plant.views?.(followViews(store)) ?? followViews(store),
    gateways: plant.gateways?.(gateways) ?? gateways,
    registry: simulatedRegistry(world, line),
  };
};

const reading = { before: 'crashAtRead' } as const;

const portedStore = (around: Surroundings, life: Life, port: Port): EventStore => ({
  load: (stream, fold) =>
    port(reading, async () => {
      const loaded = await around.store.load(stream, fold);
      if (/^(rollout|prefetch|drain|ghosts|hooks)#/.test(stream))
        life.knowsUpTo = await around.lastSequence();
      return loaded;
    }),
  readStream: (stream, after) => port(reading, () => around.store.readStream(stream, after)),
  readAll: (after, limit) => port(reading, () => around.store.readAll(after, limit)),
  append: (position, commit) =>
    port({ before: 'crashBeforeAppend', after: 'crashAfterAppend' }, async () => {
      const { store, faults, rival } = around;
      if (faults.hits('appendRefused')) throw new StoreBusy('the store is busy');
      if (position.stream.startsWith('rollout#') && faults.hits('rivalWriter')) {
        await rival(position.stream);
      }
      const landed = await store.append(position, commit);
      life.knowsUpTo = await around.lastSequence();
      if (!faults.hits('appendAnswerLost')) return landed;
      // The adapter tries again by itself and meets its own commit, or gives up.
      if (draw(faults.chance) < 0.5) return store.append(position, commit);
      throw new AnswerLost('append: connection reset');
    }),
});

const changing = { before: 'crashBeforeEffect', after: 'crashAfterEffect' } as const;

const portedLine = (around: Surroundings, life: Life, port: Port): Line => ({
  call: (call) => {
    if (around.faults.hits('slowCall')) around.dawdle();
    if (call.reads) return port(reading, () => read(around, call));
    return port(changing, () => change(around, life, call));
  },
  outage: around.outage,
  fetch: (answer) => port(reading, answer),
});

const throttled = () => sdkError('ThrottlingException', 400, 'Rate exceeded');
const serverError = () => sdkError('ServerException', 500, 'Service Unavailable');
const timedOut = () => sdkError('TimeoutError', undefined, 'socket hang up');

const read = ({ faults }: Surroundings, call: CallInFlight): unknown => {
  if (faults.hits('callThrottled')) throw throttled();
  if (faults.hits('callServerError')) throw serverError();
  const answer = call.perform();
  const isListing = call.operation === 'ListContainerInstances' || call.operation === 'ListTasks';
  if (!isListing || !faults.hits('emptyListing')) return answer;
  return { taskArns: [], containerInstanceArns: [] };
};

/** The four outcomes of a call that changes something: refused, done, done unheard, done later. */
const change = (around: Surroundings, life: Life, call: CallInFlight): unknown => {
  const { faults, later } = around;
  if (faults.hits('callThrottled')) throw throttled();
  if (faults.hits('timeoutBeforeEffect')) throw timedOut();
  if (faults.hits('lateEffect')) {
    const asOfNow = { ...life };
    later(() => {
      try {
        performed(around, asOfNow, call);
      } catch {
        // Nobody hears of it.
      }
    });
    throw timedOut();
  }
  const answer = performed(around, life, call);
  if (faults.hits('callServerError')) throw serverError();
  if (faults.hits('timeoutAfterEffect')) throw timedOut();
  return answer;
};

const performed = (
  { called, world }: Surroundings,
  { knowsUpTo: afterSequence }: Life,
  { service, operation, input, perform }: CallInFlight,
): unknown => {
  const told = { service, operation, input, afterSequence, before: groundTruth(world) };
  try {
    const answer = perform();
    called({ ...told, took: !isRefusal(answer), answer });
    return answer;
  } catch (error) {
    called({ ...told, took: false });
    throw error;
  }
};

/** An answer may say that nothing was done: failures, and nothing beside them. */
const isRefusal = (answer: unknown): boolean => {
  const {
    failures = [],
    tasks = [],
    containerInstances = [],
  } = answer as {
    readonly [Part in 'failures' | 'tasks' | 'containerInstances']?: readonly unknown[];
  };
  return failures.length > 0 && tasks.length + containerInstances.length === 0;
};

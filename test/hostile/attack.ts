import { setImmediate } from 'node:timers/promises';
import { chanceFrom } from '../../domain/simulation/chance.ts';
import { attackIngest } from './bodies.ts';
import { attackRegistry } from './registries.ts';

export type Attacked = {
  readonly registryAnswers: number;
  readonly eventBodies: number;
  /** What should not have happened, in words. */
  readonly faults: readonly string[];
  /**
   * CPU time of the slowest on the one thread that does the work, making the lie included, in ms;
   * told, and judged by whoever runs it. Compiler and collector threads of V8 are not counted.
   */
  readonly slowestMs: number;
  /** Which one that was: odd numbers are event bodies. */
  readonly slowest: number;
};

/** `count` hostile readings and bodies in turn, all drawn from `seed`. */
export const attack = async (
  count: number,
  seed: number,
  told: (done: number) => void = () => {},
): Promise<Attacked> => {
  const chance = chanceFrom(seed);
  const ways = {
    registry: attackRegistry(chance, 1_760_000_000_000),
    ingest: attackIngest(chance),
  };
  const faults: string[] = [];
  let slowestMs = 0;
  let slowest = 0;
  for (let index = 0; index < count; index += 1) {
    // As in life the event loop turns between two of them; else deadlines would pile up unheard.
    await setImmediate();
    const began = process.threadCpuUsage();
    try {
      const fault = await (index % 2 === 0 ? ways.registry() : ways.ingest.take());
      if (fault !== undefined) faults.push(`${index}: ${fault}`);
    } catch (error) {
      faults.push(`${index}: threw ${error instanceof Error ? error.stack : String(error)}`);
    }
    const { user, system } = process.threadCpuUsage(began);
    const tookMs = (user + system) / 1000;
    if (tookMs > slowestMs) slowest = index;
    slowestMs = Math.max(slowestMs, tookMs);
    if (index % 2 === 1 && ways.ingest.isFull()) {
      const lost = await ways.ingest.settle();
      if (lost !== undefined) faults.push(`${index}: ${lost}`);
    }
    if (index % 5_000 === 4_999) told(index + 1);
  }
  const unsettled = await ways.ingest.settle();
  if (unsettled !== undefined) faults.push(unsettled);
  if ('polluted' in {}) faults.push('Object.prototype was polluted');
  const registryAnswers = Math.ceil(count / 2);
  return { registryAnswers, eventBodies: count - registryAnswers, faults, slowestMs, slowest };
};

import { fileURLToPath } from 'node:url';
import { drawBetween } from '../../domain/simulation/chance.ts';
import { acknowledge, takeEvents } from '../../domain/simulation/outbox.ts';
import type { World } from '../../domain/simulation/world.ts';
import { matchesPattern } from '../../infra/local/eventPattern.ts';
import { type FunctionPattern, readEventPatterns } from '../../infra/local/patterns.ts';
import type { Faults } from './faultPlan.ts';

const minuteMs = 60_000;
const serverlessFile = fileURLToPath(new URL('../../serverless.yml', import.meta.url));
let known: readonly FunctionPattern[] | undefined;

/** The patterns of serverless.yml, read once a process. */
const ingestPatterns = (account: string): readonly FunctionPattern[] => {
  known ??= readEventPatterns(serverlessFile, { 'AWS::AccountId': account }).filter(
    (each) => each.function === 'ingest',
  );
  return known;
};

type Underway = { readonly body: string; readonly dueAt: number };

export type Deliveries = {
  /** Takes from AWS what it has sent, and loses, doubles and delays some of it. */
  readonly collect: () => void;
  /** Batches that arrive now, each of at most a hundred bodies, as SQS hands them to a function. */
  readonly batches: () => readonly (readonly string[])[];
  /** Not taken in: they come again. */
  readonly again: (bodies: readonly string[]) => void;
};

export const createDeliveries = (world: World, faults: Faults): Deliveries => {
  const patterns = ingestPatterns(world.account);
  let underway: Underway[] = [];
  const late = () => world.now + drawBetween(faults.chance, 10, 360) * minuteMs;
  return {
    collect: () => {
      const arrived = takeEvents(world);
      const last = arrived.at(-1);
      if (last === undefined) return;
      for (const { event } of arrived) {
        if (!patterns.some(({ pattern }) => matchesPattern(pattern, event))) continue;
        if (faults.hits('lostEvent')) continue;
        const body = JSON.stringify(event);
        underway.push({ body, dueAt: faults.hits('delayedEvent') ? late() : world.now });
        if (faults.hits('duplicateEvent')) underway.push({ body, dueAt: late() });
      }
      acknowledge(world, last.sequence);
    },
    batches: () => {
      const due = underway.filter(({ dueAt }) => dueAt <= world.now);
      underway = underway.filter(({ dueAt }) => dueAt > world.now);
      const bodies = due.map(({ body }) => body);
      if (bodies.length > 1 && faults.hits('reorderedEvents')) shuffle(faults, bodies);
      const batches: string[][] = [];
      for (let start = 0; start < bodies.length; start += 100) {
        batches.push(bodies.slice(start, start + 100));
      }
      return batches;
    },
    again: (bodies) => {
      underway.push(...bodies.map((body) => ({ body, dueAt: world.now })));
    },
  };
};

const shuffle = <Item>({ chance }: Faults, items: Item[]): void => {
  for (let index = items.length - 1; index > 0; index -= 1) {
    const other = drawBetween(chance, 0, index);
    const [a, b] = [items[index], items[other]];
    if (a === undefined || b === undefined) continue;
    items[index] = b;
    items[other] = a;
  }
};

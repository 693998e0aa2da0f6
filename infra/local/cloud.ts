import { DatabaseSync } from 'node:sqlite';
import { advance, nextDue } from '../../domain/simulation/advance.ts';
import type { Answer } from '../../domain/simulation/answers.ts';
import { type AwsService, callAws, isRead } from '../../domain/simulation/callAws.ts';
import { createWorld } from '../../domain/simulation/createWorld.ts';
import {
  injectAgentLoss,
  injectInstanceDeath,
  setImageBad,
  setRunOutcome,
  spoilNextLaunch,
} from '../../domain/simulation/faults.ts';
import { acknowledge, takeEvents } from '../../domain/simulation/outbox.ts';
import type { Scenario } from '../../domain/simulation/scenario.ts';
import type { OutboxEvent, World } from '../../domain/simulation/world.ts';

/** What may be done to the simulated AWS from outside, besides calling it. */
export type Fault =
  | { readonly type: 'instanceDeath'; readonly ec2InstanceId: string; readonly ghost: boolean }
  | { readonly type: 'agentLoss'; readonly ec2InstanceId: string; readonly ms: number }
  | { readonly type: 'imageBad'; readonly image: string; readonly bad: boolean }
  | { readonly type: 'runOutcome'; readonly family: string; readonly exitCode: number }
  | { readonly type: 'spoiltLaunch' };

type CloudInput =
  | { readonly kind: 'advance'; readonly to: number }
  | {
      readonly kind: 'call';
      readonly service: AwsService;
      readonly operation: string;
      readonly input: unknown;
    }
  | { readonly kind: 'acknowledge'; readonly sequence: number }
  | { readonly kind: 'fault'; readonly fault: Fault };

/**
 * The simulated AWS of one machine: a world whose every input is on disk before it takes effect.
 */
export type Cloud = {
  readonly now: () => number;
  /** Lives until `to`, in ms since 1970. */
  readonly advance: (to: number) => void;
  readonly call: (service: AwsService, operation: string, input: unknown) => Answer;
  /** Events that were sent and not acknowledged, oldest first: they come again after a crash. */
  readonly pendingEvents: (limit: number) => readonly OutboxEvent[];
  readonly acknowledge: (sequence: number) => void;
  readonly nextDue: () => number | undefined;
  readonly inject: (fault: Fault) => void;
  /** To look at, not to change: a change made here is not in the journal. */
  readonly world: World;
  readonly close: () => void;
};

const inputsPerSnapshot = 2000;

/**
 * Opens the world in `file`, or begins it there. After a kill at any moment the same world is found
 * again: the last snapshot, and the inputs after it replayed. A call whose answer was lost has
 * happened. Throws when the file holds another scenario or seed, or another process has it open.
 */
export const openCloud = ({
  file,
  scenario,
  seed,
}: {
  readonly file: string;
  readonly scenario: Scenario;
  readonly seed: number;
}): Cloud => {
  const journal = openJournal(file);
  const world = journal.restore(`${scenario.name}#${seed}`, () => createWorld(scenario, seed));
  const take = (input: CloudInput): Answer | undefined => {
    journal.write(input);
    const answer = apply(world, input);
    journal.snapshotWhenDue(world);
    return answer;
  };
  return {
    now: () => world.now,
    advance: (to) => {
      // Time that passes without anything falling due is an input too: a later call happens at that
      // instant.
      if (to > world.now) take({ kind: 'advance', to });
    },
    call: (service, operation, input) =>
      (isRead(operation) ? undefined : take({ kind: 'call', service, operation, input })) ??
      callAws(world, service, operation, input),
    pendingEvents: (limit) => takeEvents(world, limit),
    acknowledge: (sequence) => {
      take({ kind: 'acknowledge', sequence });
    },
    nextDue: () => nextDue(world),
    inject: (fault) => {
      take({ kind: 'fault', fault });
    },
    world,
    close: () => {
      journal.snapshot(world);
      journal.close();
    },
  };
};

const apply = (world: World, input: CloudInput): Answer | undefined => {
  switch (input.kind) {
    case 'advance':
      advance(world, input.to);
      return undefined;
    case 'call':
      return callAws(world, input.service, input.operation, input.input);
    case 'acknowledge':
      acknowledge(world, input.sequence);
      return undefined;
    case 'fault':
      applyFault(world, input.fault);
      return undefined;
    default:
      return input satisfies never;
  }
};

const applyFault = (world: World, fault: Fault): void => {
  switch (fault.type) {
    case 'instanceDeath':
      injectInstanceDeath(world, fault.ec2InstanceId, fault);
      break;
    case 'agentLoss':
      injectAgentLoss(world, fault.ec2InstanceId, fault.ms);
      break;
    case 'imageBad':
      setImageBad(world, fault.image, fault.bad);
      break;
    case 'runOutcome':
      setRunOutcome(world, fault.family, fault.exitCode);
      break;
    case 'spoiltLaunch':
      spoilNextLaunch(world);
      break;
    default:
      fault satisfies never;
  }
};

/** The simulated AWS cannot be lived in from here; `remedy` says what to do. */
export class CloudUnusable extends Error {
  constructor(what: string, remedy: string, options?: ErrorOptions) {
    super(`${what}\n  ${remedy}`, options);
    this.name = 'CloudUnusable';
  }
}

/**
 * One process lives in a world; others may look at what time it is. Held in a file of its own, so
 * that it goes with the process, however that ends.
 */
const lock = (file: string): (() => void) => {
  if (file === ':memory:') return () => {};
  const database = new DatabaseSync(`${file}.lock`);
  try {
    database.exec('PRAGMA journal_mode = DELETE; BEGIN EXCLUSIVE;');
  } catch (error) {
    database.close();
    throw new CloudUnusable(
      `another process lives in ${file}`,
      'wait for it, or name another --store',
      { cause: error },
    );
  }
  return () => database.close();
};

/** WAL without a sync per input: it survives the death of the process, not that of the machine. */
const openJournal = (file: string) => {
  const release = lock(file);
  const database = new DatabaseSync(file);
  database.exec(`
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = NORMAL;
    CREATE TABLE IF NOT EXISTS inputs (sequence INTEGER PRIMARY KEY, input TEXT NOT NULL) STRICT;
    CREATE TABLE IF NOT EXISTS snapshots (identity TEXT NOT NULL, world TEXT NOT NULL) STRICT;
  `);
  const insert = database.prepare('INSERT INTO inputs (input) VALUES (?)');
  let identity = '';
  let pending = 0;

  const snapshot = (world: World) => {
    database.exec('BEGIN IMMEDIATE');
    database.exec('DELETE FROM inputs; DELETE FROM snapshots;');
    database
      .prepare('INSERT INTO snapshots (identity, world) VALUES (?, ?)')
      .run(identity, JSON.stringify(world));
    database.exec('COMMIT');
    pending = 0;
  };

  const restore = (wanted: string, begin: () => World): World => {
    identity = wanted;
    const row = database.prepare('SELECT identity, world FROM snapshots').get();
    if (row === undefined) {
      const world = begin();
      snapshot(world);
      return world;
    }
    if (row.identity !== wanted) {
      throw new CloudUnusable(
        `${file} holds the world ${row.identity}, not ${wanted}`,
        'begin anew with --reset, or name another --store',
      );
    }
    const world: World = JSON.parse(String(row.world));
    for (const { input } of database.prepare('SELECT input FROM inputs ORDER BY sequence').all()) {
      apply(world, JSON.parse(String(input)));
      pending += 1;
    }
    return world;
  };

  return {
    restore,
    snapshot,
    snapshotWhenDue: (world: World) => {
      if (pending >= inputsPerSnapshot) snapshot(world);
    },
    write: (input: CloudInput) => {
      insert.run(JSON.stringify(input));
      pending += 1;
    },
    close: () => {
      database.close();
      release();
    },
  };
};

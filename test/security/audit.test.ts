import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { contracts } from '../../functions/api/contracts.ts';
import type { Commit, EventStore } from '../../infra/eventStore/eventStore.ts';
import { rolloutId } from '../domain/rollout/rolloutBuilder.ts';
import { aLivelyRecord, anApi } from '../functions/api/apiRecord.ts';
import { actor } from '../functions/httpRequest.ts';
import { fitting, type Names } from './fitting.ts';

// X6: whoever changes something is on record, and whoever stops or forces something says why.

const commands = contracts.filter(({ isCommand }) => isCommand);
const commandNamed = (name: string) => {
  const found = commands.find((each) => each.name === name);
  if (found === undefined) throw new Error(`no command ${name}`);
  return found;
};

/** Every command once, in an order in which each of them finds something to do. */
const story = [
  'adoptCluster',
  'setPolicy',
  'setScalingPolicy',
  'setWindows',
  'setBudget',
  'beginFreeze',
  'liftFreeze',
  'freezeEverything',
  'liftFreezeOfEverything',
  'beginOverride',
  'endOverride',
  'pauseRollout',
  'resumeRollout',
  'abortRollout',
  'startDrains',
  'undoDrain',
  'planRollout',
  'startRollout',
  'acceptDowngrade',
  'replayParked',
  'setMode',
];

/** What they write is about what was seen, and has no person in it: the request has. */
const withoutActor = ['adoptCluster', 'replayParked'];

type Told = { readonly status: number; readonly written: readonly Commit[] };

const tellStory = async (): Promise<ReadonlyMap<string, Told>> => {
  const store = await aLivelyRecord();
  const api = anApi(store);
  const parked = (await api.call('GET', '/parked')).body.items as { parkedId: string }[];
  let names: Names = {
    ...{ cluster: 'shop', rolloutId, parkedId: parked[0]?.parkedId ?? '' },
    ...{ freezeId: 'none', overrideId: 'none', instance: 'one' },
  };
  const told = new Map<string, Told>();
  for (const name of story) {
    const before = (await store.readAll(0, 10_000)).length;
    const contract = commandNamed(name);
    const { target, sent } = fitting(contract, names);
    const { statusCode, body } = await api.call(contract.method, target, sent);
    // What it made is what the next command is about.
    const made = Object.keys(names).filter((each) => each in body);
    names = { ...names, ...Object.fromEntries(made.map((each) => [each, String(body[each])])) };
    told.set(name, {
      status: statusCode,
      written: (await store.readAll(0, 10_000)).slice(before),
    });
  }
  store.close();
  return told;
};

const acceptedIn = (written: readonly Commit[]) =>
  written
    .filter(({ stream }) => stream.startsWith('request#'))
    .flatMap(({ events }) => events as readonly { type: string; data: object }[])
    .filter(({ type }) => type === 'RequestAccepted')
    .map(({ data }) => data);

describe('a command over the API', () => {
  let told: ReadonlyMap<string, Told>;
  beforeAll(async () => {
    told = await tellStory();
  });

  it('is told of here, whichever it is', () => {
    expect(story.toSorted()).toEqual(commands.map(({ name }) => name).toSorted());
  });

  it.each(story)('%s leaves who asked, and what came of it', (name) => {
    const { status, written } = told.get(name) ?? { status: 0, written: [] };
    expect([name, status < 300]).toEqual([name, true]);
    expect(acceptedIn(written)).toEqual([
      expect.objectContaining({ actor, method: commandNamed(name).method }),
    ]);
    const facts = written
      .filter(({ stream }) => !stream.startsWith('request#'))
      .flatMap(({ events }) => events as readonly { data: object }[]);
    expect(facts).not.toEqual([]);
    if (withoutActor.includes(name)) return;
    for (const { data } of facts) expect(data).toMatchObject({ actor });
  });
});

describe('a command that is refused', () => {
  let store: EventStore & { readonly close: () => void };
  beforeEach(async () => {
    store = await aLivelyRecord();
  });

  const nowhere: Names = {
    ...{ cluster: 'nowhere', rolloutId: 'rollout-nowhere-2025-10-14', parkedId: 'ffff' },
    ...{ freezeId: 'none', overrideId: 'none', instance: 'one' },
  };
  /** These name nothing in their path that could be missing. */
  const alwaysFound = ['adoptCluster', 'freezeEverything', 'acceptDowngrade'];

  it.each(commands.map(({ name }) => name).filter((name) => !alwaysFound.includes(name)))(
    '%s leaves who asked, and nothing else',
    async (name) => {
      const before = (await store.readAll(0, 10_000)).length;
      const { target, sent } = fitting(commandNamed(name), nowhere);
      const answer = await anApi(store).call(commandNamed(name).method, target, sent);
      expect([name, answer.statusCode]).toEqual([name, 404]);
      const written = (await store.readAll(0, 10_000)).slice(before);
      expect(acceptedIn(written)).toEqual([expect.objectContaining({ actor })]);
      expect(written.filter(({ stream }) => !stream.startsWith('request#'))).toEqual([]);
    },
  );
});

/** What stops, forces or gives back on a person's word; the rest is told by what it sets. */
const sayWhy = [
  'abortRollout',
  'acceptDowngrade',
  'beginFreeze',
  'beginOverride',
  'endOverride',
  'freezeEverything',
  'liftFreeze',
  'liftFreezeOfEverything',
  'pauseRollout',
  'startDrains',
  'undoDrain',
];

describe('a command', () => {
  const missingIn = (name: string): readonly unknown[] =>
    (commandNamed(name).body?.safeParse({}).error?.issues ?? []).map(({ path }) => path[0]);

  it('that stops, forces or gives back needs a reason', () => {
    const needing = commands.filter(({ name }) => missingIn(name).includes('reason'));
    expect(needing.map(({ name }) => name).toSorted()).toEqual(sayWhy);
  });

  it.each(['beginFreeze', 'beginOverride', 'freezeEverything'])('%s ends by itself', (name) => {
    expect(missingIn(name)).toContain('expiresAt');
  });
});

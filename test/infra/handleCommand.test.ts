import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Decider } from '../../domain/decider.ts';
import { Refusal } from '../../domain/refusal.ts';
import { type EventStore, VersionConflict } from '../../infra/eventStore/eventStore.ts';
import { handleCommand } from '../../infra/eventStore/handleCommand.ts';
import { openSqliteEventStore } from '../../infra/eventStore/sqliteEventStore.ts';
import { at, granted, type LeasesCommand, type LeasesState, leases } from '../support/leases.ts';

const stream = 'disruption#prod';
const grant = (name: string): LeasesCommand => ({ type: 'Grant', name });
const identity = (commitId: string) => ({ commitId, now: at(1_760_400_000_000) });

describe('handling a command', () => {
  let store: ReturnType<typeof openSqliteEventStore>;
  beforeEach(() => {
    store = openSqliteEventStore(':memory:');
  });
  afterEach(() => store.close());

  const commitIds = async () => (await store.readStream(stream)).map(({ commitId }) => commitId);

  /** The same store, with another writer who is first each time before it appends. */
  const contested = (other: (attempt: number) => Promise<unknown>) => {
    let appends = 0;
    const wrapped: EventStore = {
      ...store,
      append: async (position, commit) => {
        appends += 1;
        await other(appends);
        return store.append(position, commit);
      },
    };
    return { wrapped, appends: () => appends };
  };

  it('appends what was decided, under the id and the moment of the command', async () => {
    const { events, state } = await handleCommand(
      store,
      leases,
      stream,
      grant('a'),
      identity('command-1'),
    );
    expect(events).toEqual([granted('a')]);
    expect(state).toEqual((await store.load(stream, leases)).state);
    expect(await store.readStream(stream)).toEqual([
      { stream, version: 1, commitId: 'command-1', at: 1_760_400_000_000, events },
    ]);
  });

  it('writes nothing when nothing is decided', async () => {
    await handleCommand(store, leases, stream, grant('a'), identity('command-1'));
    const { events } = await handleCommand(
      store,
      leases,
      stream,
      grant('a'),
      identity('command-2'),
    );
    expect(events).toEqual([]);
    expect(await commitIds()).toEqual(['command-1']);
  });

  it('asks for the name of a command once there is something to write', async () => {
    const asked: string[] = [];
    const named = (name: string) => ({
      commitId: () => {
        asked.push(name);
        return name;
      },
      now: at(1_760_400_000_000),
    });
    await handleCommand(store, leases, stream, grant('a'), named('command-1'));
    await handleCommand(store, leases, stream, grant('a'), named('command-2'));
    expect(asked).toEqual(['command-1']);
    expect(await commitIds()).toEqual(['command-1']);
  });

  it('decides afresh after a conflict, on what the other had written', async () => {
    const seen: LeasesState[] = [];
    const watching: Decider<LeasesState, LeasesCommand, ReturnType<typeof granted>> = {
      ...leases,
      decide: (command, state) => {
        seen.push(state);
        return leases.decide(command, state);
      },
    };
    const { wrapped, appends } = contested(async (attempt) => {
      if (attempt <= 2) {
        await handleCommand(store, leases, stream, grant(`o-${attempt}`), identity(`o-${attempt}`));
      }
    });
    await handleCommand(wrapped, watching, stream, grant('a'), identity('ours'));
    expect(appends()).toBe(3);
    expect(seen.map(({ holders }) => Object.keys(holders))).toEqual([[], ['o-1'], ['o-1', 'o-2']]);
    expect(await commitIds()).toEqual(['o-1', 'o-2', 'ours']);
  });

  it('may find after a conflict that nothing is left to do', async () => {
    const { wrapped } = contested(() =>
      handleCommand(store, leases, stream, grant('a'), identity('theirs')),
    );
    const { events } = await handleCommand(wrapped, leases, stream, grant('a'), identity('ours'));
    expect(events).toEqual([]);
    expect(await commitIds()).toEqual(['theirs']);
  });

  it('may be refused after a conflict', async () => {
    const fearful: typeof leases = {
      ...leases,
      decide: (command, state) => {
        if (state.events > 0) throw new Refusal('BudgetSpent', 'one lease is out');
        return leases.decide(command, state);
      },
    };
    const { wrapped } = contested(() =>
      handleCommand(store, leases, stream, grant('o'), identity('theirs')),
    );
    await expect(
      handleCommand(wrapped, fearful, stream, grant('a'), identity('ours')),
    ).rejects.toMatchObject({ name: 'Refusal', code: 'BudgetSpent' });
    expect(await commitIds()).toEqual(['theirs']);
  });

  it('done twice under one id, because an answer was lost, is done once', async () => {
    const answerLost: EventStore = {
      ...store,
      append: async (position, commit) => {
        await store.append(position, commit);
        throw new Error('socket hang up');
      },
    };
    await expect(
      handleCommand(answerLost, leases, stream, grant('a'), identity('command-1')),
    ).rejects.toThrow('socket hang up');
    await handleCommand(store, leases, stream, grant('a'), identity('command-1'));
    expect(await commitIds()).toEqual(['command-1']);
  });

  it('delivered twice at once under one id, is done once and answered alike', async () => {
    const deliver = () => handleCommand(store, leases, stream, grant('a'), identity('command-1'));
    const [one, two] = await Promise.all([deliver(), deliver()]);
    expect(one).toEqual(two);
    expect(await commitIds()).toEqual(['command-1']);
  });

  it('gives up after eight conflicts, with the conflict', async () => {
    let loads = 0;
    const hopeless: EventStore = {
      ...store,
      load: (...asked) => {
        loads += 1;
        return store.load(...asked);
      },
      append: () => Promise.reject(new VersionConflict(stream)),
    };
    await expect(
      handleCommand(hopeless, leases, stream, grant('a'), identity('command-1')),
    ).rejects.toMatchObject({ code: 'VersionConflict' });
    expect(loads).toBe(8);
    expect(await commitIds()).toEqual([]);
  });

  it('does not try again what is no conflict', async () => {
    let appends = 0;
    const broken: EventStore = {
      ...store,
      append: () => {
        appends += 1;
        return Promise.reject(new Error('disk full'));
      },
    };
    await expect(
      handleCommand(broken, leases, stream, grant('a'), identity('command-1')),
    ).rejects.toThrow('disk full');
    expect(appends).toBe(1);
  });
});

// One process of writers, for test/infra/sqliteProcesses.test.ts:
//   node storeWriter.ts <file> <process name> <writers> <commits of each writer> <stream>...
// Prints a line for each commit once it is answered: `<stream> <commit id> <attempts>`.
import { isVersionConflict } from '../../infra/eventStore/eventStore.ts';
import { openSqliteEventStore } from '../../infra/eventStore/sqliteEventStore.ts';
import { at, granted, leases } from './leases.ts';

const [file = '', processName = '', writers = '1', commits = '1', ...streams] =
  process.argv.slice(2);
const store = openSqliteEventStore(file);

const append = async (stream: string, commitId: string): Promise<number> => {
  for (let attempt = 1; ; attempt += 1) {
    const { state, position } = await store.load(stream, leases);
    const events = [granted(commitId)];
    const next = events.reduce(leases.evolve, state);
    const snapshot = { stateShape: leases.stateShape, state: next };
    try {
      await store.append(position, { commitId, at: at(1), events, snapshot });
      return attempt;
    } catch (error) {
      if (!isVersionConflict(error)) throw error;
    }
  }
};

const write = async (writer: number): Promise<void> => {
  for (let index = 0; index < Number(commits); index += 1) {
    const stream = streams[(writer + index) % streams.length] ?? '';
    const commitId = `${processName}-${writer}-${index}`;
    console.log(`${stream} ${commitId} ${await append(stream, commitId)}`);
    // Lets stdout go out and the other writers in, as a wait for AWS would.
    await new Promise(setImmediate);
  }
};

await Promise.all(Array.from({ length: Number(writers) }, (_, writer) => write(writer)));
store.close();

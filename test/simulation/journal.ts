import { createHash } from 'node:crypto';
import type { EventStore, SequencedCommit } from '../../infra/eventStore/eventStore.ts';
import type { AuditedCall } from './audit.ts';

/** Everything that was stored and everything that was asked of AWS, in order. */
export type Journal = {
  /** Takes in what was stored since; answers with the last sequence. */
  readonly sync: () => Promise<number>;
  readonly called: (call: AuditedCall) => void;
  /** What is new since the last time this was asked. */
  readonly since: () => {
    readonly commits: readonly SequencedCommit[];
    readonly calls: readonly AuditedCall[];
  };
  /** Commits that no relay has read yet. */
  readonly unrelayed: () => readonly SequencedCommit[];
  /** How often each fact about a rollout or a drain was written. */
  readonly edges: Readonly<Record<string, number>>;
  readonly lastFacts: () => readonly string[];
  readonly hash: () => string;
};

/** A drain ends in several ways, and each is an edge. */
const edgeOf = ({ type, data }: { readonly type: string; readonly data: object }): string =>
  type === 'DrainEnded' && 'outcome' in data ? `${type} ${data.outcome}` : type;

const factsOf = ({ at, stream, events }: SequencedCommit): readonly string[] =>
  (events as readonly { type: string; data: object }[]).map(
    ({ type, data }) => `${at} ${stream} ${type} ${JSON.stringify(data)}`,
  );

const pageSize = 1000;
const factsKept = 20;

export const openJournal = (store: EventStore): Journal => {
  const trace = createHash('sha256');
  const edges: Record<string, number> = {};
  /** Each holds one fact at least. */
  const recent: SequencedCommit[] = [];
  let last = 0;
  let commits: SequencedCommit[] = [];
  let calls: AuditedCall[] = [];
  let unrelayed: SequencedCommit[] = [];
  const takeIn = (commit: SequencedCommit) => {
    commits.push(commit);
    unrelayed.push(commit);
    const { folded: _, ...stored } = commit;
    trace.update(JSON.stringify(stored));
    for (const event of commit.events as readonly { type: string; data: object }[]) {
      if (/^(rollout|drain)#/.test(commit.stream)) {
        const edge = edgeOf(event);
        edges[edge] = (edges[edge] ?? 0) + 1;
      }
    }
    recent.push(commit);
    if (recent.length > factsKept) recent.shift();
  };
  return {
    sync: async () => {
      for (;;) {
        const page = await store.readAll(last, pageSize);
        // Two may ask at once, and then both bring the same page.
        for (const commit of page) if (commit.sequence > last) takeIn(commit);
        last = Math.max(last, page.at(-1)?.sequence ?? 0);
        if (page.length < pageSize) return last;
      }
    },
    called: (call) => {
      calls.push(call);
      const { at, operation, input, took } = call;
      trace.update(JSON.stringify({ at, operation, input, took }));
    },
    since: () => {
      const news = { commits, calls };
      commits = [];
      calls = [];
      return news;
    },
    unrelayed: () => {
      const news = unrelayed;
      unrelayed = [];
      return news;
    },
    edges,
    lastFacts: () =>
      recent
        .flatMap(factsOf)
        .slice(-factsKept)
        .map((fact) => (fact.length > 300 ? `${fact.slice(0, 300)}...` : fact)),
    hash: () => trace.copy().digest('hex').slice(0, 16),
  };
};

import type { StoredEvent } from '../../events/catalogue.ts';
import type { SequencedCommit } from '../../infra/eventStore/eventStore.ts';
import type { Recorded } from './auditRecord.ts';
import type { TruthIndex } from './auditTruth.ts';

// I1, I3, I4: the record itself.

type Say = (violation: string) => void;

/** The newest that one stream holds of one ARN. */
type Kept = { version: number; content: string; from: string };

/** The newest that any stream holds of one ARN. */
type Mirrored = {
  readonly version: number;
  readonly lastStatus: string;
  readonly agentConnected: boolean;
};

export type StoreBook = {
  readonly streams: Map<string, { version: number; readonly commitIds: Set<string> }>;
  sequence: number;
  readonly kept: Map<string, Kept>;
  readonly eventIds: Set<string>;
  readonly instances: Map<string, Mirrored>;
  readonly tasks: Map<string, Mirrored>;
};

export const createStoreBook = (): StoreBook => ({
  streams: new Map(),
  sequence: 0,
  kept: new Map(),
  eventIds: new Set(),
  instances: new Map(),
  tasks: new Map(),
});

/** I1: versions 1, 2, 3 ... of each stream, each commit once, in the order of the store. */
export const judgeCommit = (book: StoreBook, commit: SequencedCommit, say: Say): void => {
  const { stream, version, commitId, sequence, events } = commit;
  const seen = book.streams.get(stream) ?? { version: 0, commitIds: new Set<string>() };
  book.streams.set(stream, seen);
  if (version !== seen.version + 1) {
    say(`I1: ${stream} holds version ${version} after ${seen.version}`);
  }
  if (seen.commitIds.has(commitId)) say(`I1: ${stream} holds commit ${commitId} twice`);
  if (sequence <= book.sequence) say(`I1: sequence ${sequence} follows ${book.sequence}`);
  if (events.length === 0) say(`I1: commit ${commitId} of ${stream} holds no event`);
  seen.version = version;
  seen.commitIds.add(commitId);
  book.sequence = Math.max(book.sequence, sequence);
};

type Observed = {
  readonly arn: string;
  readonly version: number;
  readonly from: string;
  readonly content: unknown;
};

const observed = (event: StoredEvent): Observed | undefined => {
  switch (event.type) {
    case 'InstanceObserved': {
      const { instance, from } = event.data;
      const { containerInstanceArn: arn, version } = instance;
      return { arn, version, from, content: instance };
    }
    case 'TaskObserved': {
      const { task, from } = event.data;
      return { arn: task.taskArn, version: task.version, from, content: task };
    }
    case 'InstanceDeregistered': {
      const { containerInstanceArn: arn, version } = event.data;
      return { arn, version, from: 'describe', content: 'deregistered' };
    }
    default:
      return undefined;
  }
};

const mirror = (book: StoreBook, event: StoredEvent): void => {
  const keep = (map: Map<string, Mirrored>, arn: string, next: Mirrored) => {
    if ((map.get(arn)?.version ?? -1) <= next.version) map.set(arn, next);
  };
  if (event.type === 'InstanceObserved') {
    const { containerInstanceArn, version, status, agentConnected } = event.data.instance;
    keep(book.instances, containerInstanceArn, { version, lastStatus: status, agentConnected });
  }
  if (event.type === 'InstanceDeregistered') {
    const { containerInstanceArn, version } = event.data;
    const gone = { version, lastStatus: 'INACTIVE', agentConnected: false };
    keep(book.instances, containerInstanceArn, gone);
  }
  if (event.type === 'TaskObserved') {
    const { taskArn, version, lastStatus } = event.data.task;
    keep(book.tasks, taskArn, { version, lastStatus, agentConnected: true });
  }
  // Also of a task whose end nobody saw; if it runs on, the record does not know it.
  if (event.type === 'StoppedTasksForgotten') {
    for (const taskArn of event.data.taskArns) book.tasks.delete(taskArn);
  }
};

/**
 * I4: in one stream the version kept of an ARN never goes down. I3, in this form: what EventBridge
 * pushes is kept once for each (stream, ARN, version), however often it comes and whatever it
 * carries; a describe of the same version is kept again only where its content differs from what
 * was kept last. Facts with an envelope id are kept once for each stream.
 */
export const judgeObservation = (book: StoreBook, recorded: Recorded, say: Say): void => {
  const { event, stream } = recorded;
  if ('eventId' in event.data) {
    const place = `${stream} ${event.data.eventId}`;
    if (book.eventIds.has(place)) say(`I3: ${stream} holds event ${event.data.eventId} twice`);
    book.eventIds.add(place);
  }
  mirror(book, event);
  const found = observed(event);
  if (found === undefined) return;
  const { arn, version, from } = found;
  const content = JSON.stringify(found.content);
  const place = `${stream} ${arn}`;
  const kept = book.kept.get(place);
  if (kept !== undefined && version < kept.version) {
    say(`I4: ${stream} holds version ${version} of ${arn} after ${kept.version}`);
  }
  if (kept?.version === version) {
    if (from === 'event') say(`I3: ${stream} holds ${arn} at version ${version} from two events`);
    else if (content === kept.content) {
      say(`I3: ${stream} holds ${arn} at version ${version} twice, unchanged`);
    }
  }
  book.kept.set(place, { version, content, from });
};

/** I4 at rest: after sweeps in quiet the record and the truth agree on what is there and runs. */
export const judgeMirror = (book: StoreBook, index: TruthIndex, say: Say): void => {
  for (const [arn, { status, alive, agentConnected }] of index.instances) {
    const held = book.instances.get(arn);
    if (held === undefined) say(`I4: ${arn} is ${status} and the record does not know it`);
    else if (held.lastStatus !== status) {
      say(`I4: ${arn} is ${status}, in the record ${held.lastStatus}`);
    } else if (alive && held.agentConnected !== agentConnected) {
      say(`I4: the agent of ${arn} is ${agentConnected ? '' : 'not '}connected, unlike the record`);
    }
  }
  for (const [arn, { lastStatus }] of book.instances) {
    if (lastStatus !== 'INACTIVE' && !index.instances.has(arn)) {
      say(`I4: ${arn} is gone, in the record ${lastStatus}`);
    }
  }
  const running = new Set<string>();
  for (const { arn, lastStatus } of index.truth.tasks) {
    if (lastStatus !== 'RUNNING') continue;
    running.add(arn);
    const held = book.tasks.get(arn)?.lastStatus ?? 'unknown';
    if (held !== 'RUNNING') say(`I4: ${arn} is RUNNING, in the record ${held}`);
  }
  for (const [arn, { lastStatus }] of book.tasks) {
    if (lastStatus === 'RUNNING' && !running.has(arn)) {
      say(`I4: ${arn} does not run, in the record it is RUNNING`);
    }
  }
};

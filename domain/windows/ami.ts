import type { AmiId, Channel, Instant, WindowsBuild } from '../../events/ids.ts';
import type { AmiEvent } from '../../events/windows.ts';
import { assert } from '../assert.ts';
import type { Decider } from '../decider.ts';
import { amiName, channelOfFamily } from './amiName.ts';
import { daysOf } from './civilDate.ts';

export const amiStream = (family: string) => `ami#${family}`;

export type Ami = {
  readonly amiId: AmiId;
  readonly name: string;
  readonly build?: WindowsBuild;
  /** `table`: someone said so; `inferred`: from the date in its name. */
  readonly evidence?: 'table' | 'inferred';
  readonly publishedAt: Instant;
};

/** One family of AMIs, as far as Tuesday has seen it. Plain JSON. */
export type AmiState = {
  readonly family: string;
  readonly channel: Channel;
  /** In the order in which they were first seen. */
  readonly amis: readonly Ami[];
  /** The one with the latest date in its name; of names without a date, the last seen. */
  readonly newest?: Ami;
};

/**
 * Takes in one AMI, or what has since been learnt of its build. `family` must be one that
 * channelOfFamily knows.
 */
export type RecordAmi = {
  readonly type: 'RecordAmi';
  readonly family: string;
  readonly amiId: AmiId;
  readonly name: string;
  readonly build?: WindowsBuild;
  readonly evidence?: 'table' | 'inferred';
  readonly now: Instant;
};

export type AmiCommand = RecordAmi;

type State = AmiState | undefined;

const decide = (command: AmiCommand, state: State): readonly AmiEvent[] => {
  switch (command.type) {
    case 'RecordAmi':
      return recordAmi(command, state);
    default:
      return command.type satisfies never;
  }
};

/**
 * An AMI never changes: news of one that is known is only a build where none, or a weaker one, was
 * known.
 */
const recordAmi = (command: RecordAmi, state: State): readonly AmiEvent[] => {
  const { family, amiId, name, build, now } = command;
  const channel = channelOfFamily(family);
  assert(channel !== undefined, `an AMI family names its Windows Server release, not ${family}`);
  const evidence = build === undefined ? undefined : (command.evidence ?? 'table');
  const known = state?.amis.find((each) => each.amiId === amiId);
  if (known !== undefined && !isBetter({ build, evidence }, known)) return [];
  return [
    {
      type: 'AmiPublished',
      data: {
        family,
        channel,
        amiId,
        name,
        ...(build === undefined ? {} : { build }),
        ...(evidence === undefined ? {} : { evidence }),
        publishedAt: known?.publishedAt ?? now,
      },
    },
  ];
};

const isBetter = (
  { build, evidence }: { readonly build: WindowsBuild | undefined; readonly evidence?: unknown },
  known: Ami,
): boolean => {
  if (build === undefined) return false;
  if (known.build === undefined) return true;
  if (evidence !== 'table') return false;
  return known.evidence !== 'table' || known.build !== build;
};

const evolve = (state: State, event: AmiEvent): AmiState => {
  const { family, channel, amiId, name, build, evidence, publishedAt } = event.data;
  const seen: Ami = {
    amiId,
    name,
    ...(build === undefined ? {} : { build }),
    ...(evidence === undefined ? {} : { evidence }),
    publishedAt,
  };
  const before = state?.amis ?? [];
  const isKnown = before.some(({ amiId }) => amiId === seen.amiId);
  const amis = isKnown
    ? before.map((each) => (each.amiId === seen.amiId ? seen : each))
    : [...before, seen];
  return { family, channel, amis, newest: newestOf(amis) ?? seen };
};

const newestOf = (amis: readonly Ami[]): Ami | undefined =>
  amis.toSorted(
    (a, b) => dayOf(b) - dayOf(a) || b.publishedAt - a.publishedAt || (a.amiId < b.amiId ? -1 : 1),
  )[0];

const dayOf = ({ name }: Ami): number => {
  const read = amiName(name);
  return read === undefined ? Number.NEGATIVE_INFINITY : daysOf(read.date);
};

/** Guards one family of AMIs. */
export const ami: Decider<State, AmiCommand, AmiEvent> = {
  stateShape: 'ami/1',
  initialState: undefined,
  decide,
  evolve,
};

import type { Rollout } from '../domain/rollout/rolloutState.ts';
import {
  heldIn,
  type Tally,
  tallyImages,
  tallyInstances,
  tallyServices,
} from '../domain/rollout/tally.ts';
import type { Held } from '../events/rollout.ts';
import type { FadingImage } from '../functions/api/contract/rollout.ts';
import { count, duration, moment, shortArn, table } from './text.ts';

/**
 * One rollout as an operator wants it: where it is, how long it will take, what is held and why.
 */
export const rolloutLines = (
  rollout: Rollout,
  now: number,
  fading: readonly FadingImage[] = [],
): readonly string[] => [
  headline(rollout),
  `target ${rollout.targets.map(({ channel, build }) => `${channel} ${build}`).join(', ')}`,
  times(rollout, now),
  ...wayLines(rollout),
  '',
  ...table(
    [
      ['', 'total', 'waiting', 'under way', 'done', 'given up'],
      row('images to rebuild', tallyImages(rollout)),
      row('instances to replace', tallyInstances(rollout)),
      row('services to deploy', tallyServices(rollout)),
    ],
    [1, 2, 3, 4, 5],
  ),
  ...heldLines(heldIn(rollout)),
  ...rollbackLines(fading),
];

/** Digests to go back to that will not be there for long, or are gone. */
const rollbackLines = (fading: readonly FadingImage[]): readonly string[] => {
  const lines = fading.map(({ image, digest, deletedAt, expiry }) => {
    const named = `  ${image} ${digest.slice(0, 19)}`;
    if (deletedAt !== undefined) return `${named} was deleted ${moment(deletedAt)}`;
    return expiry === undefined ? named : `${named} ${expiryText(expiry)}`;
  });
  return lines.length === 0 ? [] : ['', 'cannot be gone back to for long:', ...lines];
};

const expiryText = (expiry: NonNullable<FadingImage['expiry']>): string => {
  const rule = `rule ${expiry.rulePriority} of its lifecycle policy`;
  if (expiry.expiresAt !== undefined) return `expires ${moment(expiry.expiresAt)} by ${rule}`;
  if (expiry.pushesLeft === 0) return `expires now by ${rule}`;
  if (expiry.pushesLeft === undefined) return `may expire: ${expiry.reason ?? rule}`;
  return `expires ${expiry.pushesLeft} pushes from now by ${rule}`;
};

/** By which way instances are replaced, where it is not the usual one; how far each group is. */
const wayLines = ({ policy, groups }: Rollout): readonly string[] => {
  if (policy.replacement !== 'surge') return [];
  const asked = Object.entries(groups)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, { surges, desired, refused }]) => {
      const wants = desired === undefined ? 'nothing is surplus' : `it is to want ${desired} now`;
      const times = `asked for more ${count(surges, 'time')}, ${wants}`;
      return `  ${name}: ${times}${refused ? `; ${refused.reason}: ${refused.detail}` : ''}`;
    });
  return ['instances are replaced by surge: launched first, then the old one ended', ...asked];
};

const headline = ({ rolloutId, status, emergency, because }: Rollout): string =>
  `${rolloutId}  ${status}${emergency ? ' (emergency)' : ''}${because ? `: ${because}` : ''}`;

/**
 * What is not being done, by reason: each with what it is about and the sentence that names the
 * blocker.
 */
export const heldLines = (held: readonly Held[]): readonly string[] => {
  if (held.length === 0) return [];
  const byReason = [...Map.groupBy(held, ({ reason }) => reason)].toSorted(
    ([a, ofA], [b, ofB]) => ofB.length - ofA.length || (a < b ? -1 : 1),
  );
  return [
    '',
    `held: ${held.length}`,
    ...byReason.flatMap(([reason, ofReason]) => [
      `  ${reason} (${ofReason.length})`,
      ...ofReason.slice(0, shownMax).map((each) => `    ${shortArn(each.subject)}: ${each.detail}`),
      ...(ofReason.length > shownMax ? [`    and ${ofReason.length - shownMax} more`] : []),
    ]),
  ];
};

const shownMax = 5;

const row = (name: string, { total, waiting, underWay, done, givenUp }: Tally) => [
  name,
  ...[total, waiting, underWay, done, givenUp].map(String),
];

const times = (rollout: Rollout, now: number): string => {
  const { plannedAt, startedAt, endedAt } = rollout;
  if (startedAt === undefined) return `planned ${moment(plannedAt)}, not started`;
  const took = duration((endedAt ?? now) - startedAt);
  if (endedAt !== undefined) return `started ${moment(startedAt)}, took ${took}`;
  return `started ${moment(startedAt)}, running for ${took}${remaining(rollout, now)}`;
};

/** By the pace so far of what moves: instances and services. Nothing finished yet, nothing said. */
const remaining = (rollout: Rollout, now: number): string => {
  const both = [tallyInstances(rollout), tallyServices(rollout)];
  const settled = both.reduce((sum, each) => sum + each.done + each.givenUp, 0);
  const total = both.reduce((sum, each) => sum + each.total, 0);
  const began = firstMoveAt(rollout);
  if (settled === 0 || began === undefined || rollout.status !== 'running') return '';
  const left = ((now - began) / settled) * (total - settled);
  return `, about ${duration(left)} left for ${count(total - settled, 'item')} at the pace so far`;
};

/** Waiting for rebuilds and AMIs is no pace: the clock starts with the first thing that moved. */
const firstMoveAt = (rollout: Rollout): number | undefined => {
  const moves = [...Object.values(rollout.instances), ...Object.values(rollout.services)].flatMap(
    (item) => ('since' in item && item.status !== 'skipped' ? [item.since] : []),
  );
  return moves.length === 0 ? undefined : Math.min(...moves);
};

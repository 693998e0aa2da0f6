import { isInFlight, type Rollout } from '../../domain/rollout/rolloutState.ts';
import { heldLines } from '../rolloutLines.ts';
import { count, duration, moment, table } from '../text.ts';
import type { Standing } from './month.ts';

/**
 * What the month came to: every rollout, what still runs behind, and all that was left with its
 * reason.
 */
export const summaryLines = (
  standing: Standing,
  { bytesPulled, seed }: { readonly bytesPulled: number; readonly seed: number },
): readonly string[] => {
  const { exposure, views, now } = standing;
  const rollouts = [...views.rollouts.values()].toSorted((a, b) => a.plannedAt - b.plannedAt);
  return [
    `${moment(now)} 2025, seed ${seed}`,
    '',
    ...table(
      [
        ['rollout', 'status', 'planned', 'took', 'instances', 'services', 'images', 'left'],
        ...rollouts.map((each) => rolloutRow(each, now)),
      ],
      [4, 5, 6, 7],
    ),
    '',
    ...table(
      [
        ['', 'current', 'behind', 'unknown'],
        ['instances', ...standingsOf(exposure.instances)],
        ['tasks', ...standingsOf(exposure.tasks)],
      ],
      [1, 2, 3],
    ),
    '',
    `pulled ${(bytesPulled / 1e9).toFixed(0)} GB of images; the record holds ${views.upTo} commits`,
    ...left(rollouts.at(-1)),
  ];
};

/** The same for a program: what a second run with the same seed must print to the letter. */
export const summaryData = (
  { exposure, views, now }: Standing,
  counted: { readonly bytesPulled: number; readonly seed: number },
) => ({
  at: now,
  ...counted,
  instances: exposure.instances.map(({ id, standing }) => [id, standing.status]),
  services: exposure.services,
  rollouts: [...views.rollouts.values()],
});

const rolloutRow = (rollout: Rollout, now: number): readonly string[] => {
  const done = (items: Readonly<Record<string, { readonly status: string }>>) => {
    const all = Object.values(items);
    const finished = all.filter(({ status }) => status === 'done' || status === 'arrived');
    return `${finished.length}/${all.length}`;
  };
  const moving = Object.values(rollout.instances).filter(isInFlight).length;
  return [
    rollout.rolloutId,
    moving > 0 ? `${rollout.status}, ${count(moving, 'instance')} under way` : rollout.status,
    moment(rollout.plannedAt),
    duration((rollout.endedAt ?? now) - (rollout.startedAt ?? now)),
    done(rollout.instances),
    done(rollout.services),
    done(rollout.images),
    String(rollout.status === 'completed' ? rollout.left.length : rollout.heldNow.length),
  ];
};

const standingsOf = (rows: readonly { readonly standing: { readonly status: string } }[]) =>
  ['current', 'behind', 'unknown'].map((status) =>
    String(rows.filter(({ standing }) => standing.status === status).length),
  );

const left = (last: Rollout | undefined): readonly string[] => {
  if (last === undefined) return ['', 'no rollout was planned'];
  if (last.status === 'completed') return heldLines(last.left);
  return heldLines([...last.heldByPlan, ...last.heldNow]);
};

import type { ObservedService } from '../../events/fleet.ts';
import type { WindowsBuild } from '../../events/ids.ts';
import { once } from '../once.ts';
import { listLengthMax } from '../placement/query/limits.ts';
import { parseQuery } from '../placement/query/parse.ts';
import { printQuery } from '../placement/query/print.ts';
import { buildOf, compareBuilds } from '../windows/build.ts';
import { buildAttribute } from '../windows/instanceBuild.ts';

export type Constraints = NonNullable<ObservedService['placementConstraints']>;
type Constraint = Constraints[number];

/** Of a task, those of its service and of its definition together (API, PlacementConstraint). */
export const constraintsMost = 10;

/** As many as one list may hold; with 13 characters each they fit into an expression too. */
export const buildsMost = listLengthMax;

/** The builds that our constraint allows; `undefined` where there is none that can be read. */
export const allowedBuilds = (
  constraints: Constraints = [],
): readonly WindowsBuild[] | undefined => {
  const ours = constraints.flatMap((each) => readOurs(each) ?? []);
  const lists = ours.map((values) => values.flatMap((value) => buildOf(value) ?? []));
  const [first, ...more] = lists;
  if (first === undefined || first.length === 0) return undefined;
  return first.filter((build) => more.every((other) => other.includes(build)));
};

/**
 * Ours is whatever compares `tuesday.os-build` and nothing else: the values that it allows, none
 * for a comparison that is no list.
 */
const readOurs = once((constraint: Constraint) => read(constraint));

const read = ({ type, expression }: Constraint): readonly [readonly string[]] | undefined => {
  if (type !== 'memberOf' || expression === undefined) return undefined;
  const parsed = parseQuery(expression);
  if ('refused' in parsed) return undefined;
  const query = parsed.ok;
  if (!('subject' in query) || query.subject.type !== 'attribute') return undefined;
  if (query.subject.name !== buildAttribute) return undefined;
  if (query.type === 'in') return [query.values];
  return [query.type === 'equals' ? [query.value] : []];
};

/** What the owner asks for. */
export const ownersConstraints = (constraints: Constraints = []): Constraints =>
  constraints.filter((each) => readOurs(each) === undefined);

/** The whole list as `UpdateService` takes it: the owner's as they are, and ours behind them. */
export const constrainedTo = (
  constraints: Constraints | undefined,
  builds: readonly WindowsBuild[],
): Constraints => {
  const expression = printQuery({
    type: 'in',
    subject: { type: 'attribute', name: buildAttribute },
    values: builds.toSorted(compareBuilds),
  });
  return [...ownersConstraints(constraints), { type: 'memberOf', expression }];
};

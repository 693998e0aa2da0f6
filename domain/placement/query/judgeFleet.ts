import type { FleetView } from '../../fleet/fleetView.ts';
import { placementInstanceOf } from '../fleetProblem.ts';
import { subjectOf } from '../obstacles.ts';
import type { Query, QuerySubject } from './ast.ts';
import { compileQuery } from './compile.ts';
import { judgeQuery, type QueryFinding } from './judge.ts';

/** What an expression finds in a fleet, and what is odd about it, before anybody relies on it. */
export const judgeFleet = (
  query: Query,
  view: FleetView,
): { readonly satisfying: readonly string[]; readonly findings: readonly QueryFinding[] } => {
  const holds = compileQuery(query);
  const subjects = [...view.instances.values()].map((instance): readonly [string, QuerySubject] => [
    instance.containerInstanceArn,
    subjectOf(placementInstanceOf(view, instance, { build: null, layers: null })),
  ]);
  return {
    satisfying: subjects.flatMap(([arn, subject]) => (holds(subject) ? [arn] : [])),
    findings: judgeQuery(
      query,
      subjects.map(([, subject]) => subject),
    ),
  };
};

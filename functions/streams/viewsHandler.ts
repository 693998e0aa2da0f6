import { lambdaTools } from '../../infra/composition.ts';
import { placeOf } from '../../infra/eventStore/dynamoCommit.ts';
import { stream } from '../stream.ts';
import { projectViews } from './projectViews.ts';

let project: ReturnType<typeof projectViews> | undefined;

/**
 * Every commit that the table takes in: the state of its stream goes into the view table. Only its
 * place is read, so that facts of a newer Tuesday in streams of theirs hold nothing up.
 */
export const handler = stream((image) => {
  const { store, viewsTable: table } = lambdaTools();
  project ??= projectViews({ store, table });
  const place = placeOf(image);
  return place === undefined ? Promise.resolve() : project(place);
});

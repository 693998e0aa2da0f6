import type { projectViews } from './projectViews.ts';

/**
 * Makes the view of every stream anew from the record, and answers how many there are: after the
 * table was lost, or for streams that have not moved since it was made. It may run beside the views
 * function, and be run again: nothing newer is overwritten.
 */
export const rebuildViews = async ({
  streams,
  project,
}: {
  readonly streams: AsyncIterable<string>;
  readonly project: ReturnType<typeof projectViews>;
}): Promise<number> => {
  let rebuilt = 0;
  for await (const stream of streams) {
    // Whatever the newest version is, a look at the first brings the view up to it.
    await project({ stream, version: 1 });
    rebuilt += 1;
  }
  return rebuilt;
};

import type { EventStore } from '../eventStore/eventStore.ts';

/** A store that notes what was written through it, for views that lag behind the record. */
export type NotingStore = EventStore & {
  /** Streams written since they were last taken off; whoever has looked at one takes it off. */
  readonly written: Set<string>;
};

export const noteWrites = (store: EventStore): NotingStore => {
  const written = new Set<string>();
  return {
    ...store,
    written,
    append: (position, commit) => {
      // Before it is known to have worked: where the answer is lost the commit may be there.
      written.add(position.stream);
      return store.append(position, commit);
    },
  };
};

import { describe, expect, it } from 'vitest';
import { rolloutStream } from '../../domain/rollout/rollout.ts';
import { Announcement } from '../../events/announced.ts';
import { announcementsOf } from '../../functions/streams/announce.ts';
import { happened, planned, rolloutId } from '../domain/rollout/rolloutBuilder.ts';
import { at } from '../support/fleetBuilder.ts';

const commit = (...events: readonly unknown[]) => ({
  stream: rolloutStream(rolloutId),
  version: 3,
  commitId: 'c1',
  at: at(5),
  events,
});

describe('what is told of a commit', () => {
  it('is what others may want to hear, as it stands in the record', () => {
    const told = announcementsOf(commit(planned(), happened.drainIntended(), happened.started()));
    expect(told.map(({ detailType }) => detailType)).toEqual(['RolloutPlanned', 'RolloutStarted']);
    for (const { id, detail } of told) {
      expect(Announcement.parse({ ...(detail as object), id })).toMatchObject({
        stream: rolloutStream(rolloutId),
        version: 3,
      });
    }
    expect(told[1]).toMatchObject({ at: at(5), detail: { data: happened.started().data } });
  });

  it('has one id for each fact, the same each time', () => {
    const both = commit(planned(), happened.started());
    const ids = announcementsOf(both).map(({ id }) => id);
    expect(new Set(ids).size).toBe(2);
    expect(announcementsOf(both).map(({ id }) => id)).toEqual(ids);
  });

  it('is only where it stands, when it is too large for the bus', () => {
    const large = { type: 'HoldsChanged', data: { held: ['x'.repeat(300_000)] } };
    const [told] = announcementsOf(commit(large));
    expect(told?.detail).toEqual({
      type: 'HoldsChanged',
      stream: rolloutStream(rolloutId),
      version: 3,
      dataLeftOut: true,
    });
  });

  it('is nothing of what was parked, which may carry what is secret', () => {
    expect(announcementsOf(commit({ type: 'EventParked', data: { body: '{}' } }))).toEqual([]);
  });
});

import type { ExplainedSubject } from '../../../domain/placement/explain/explainTask.ts';
import { rolloutStream } from '../../../domain/rollout/rollout.ts';
import type { Rollout } from '../../../domain/rollout/rolloutState.ts';
import type { StoredEvent } from '../../../events/catalogue.ts';
import type { Instant, RolloutId } from '../../../events/ids.ts';
import type { PlacementExplanation } from '../../../events/placement.ts';
import type { EventStore } from '../../../infra/eventStore/eventStore.ts';

/** A placement as it was foreseen, or found impossible, when something was decided. */
export type RecordedPlacement = {
  readonly at: Instant;
  readonly rolloutId: RolloutId;
  readonly because: 'drain' | 'held';
  readonly placement: PlacementExplanation;
};

/** What the record says of a task, or of the tasks of a service, oldest first. */
export const recordedPlacements = async (
  store: EventStore,
  rollouts: readonly Rollout[],
  subject: ExplainedSubject,
): Promise<readonly RecordedPlacement[]> => {
  const isAbout = ({ taskId, group }: PlacementExplanation) =>
    subject.type === 'task'
      ? taskId === subject.task.taskArn
      : group === `service:${subject.service.serviceName}`;
  const found: RecordedPlacement[] = [];
  for (const { rolloutId } of rollouts) {
    for (const { events, at } of await store.readStream(rolloutStream(rolloutId))) {
      for (const event of events as readonly StoredEvent[]) {
        const [because, placements] = placementsIn(event);
        for (const placement of placements.filter(isAbout)) {
          found.push({ at, rolloutId, because, placement });
        }
      }
    }
  }
  return found.toSorted((a, b) => a.at - b.at);
};

const placementsIn = (
  event: StoredEvent,
): readonly ['drain' | 'held', readonly PlacementExplanation[]] => {
  if (event.type === 'InstanceDrainIntended') return ['drain', event.data.foreseen ?? []];
  if (event.type === 'HoldsChanged') return ['held', event.data.placements ?? []];
  return ['held', []];
};

import { ServiceArn } from '../events/ids.ts';
import type { Fold } from '../infra/eventStore/eventStore.ts';
import { createRandom } from './random.ts';

// Events of ours as they come, about 460 bytes of JSON, and a state of about 1.2 KB.

export type BenchEvent = {
  readonly type: 'ServiceActionObserved';
  readonly data: {
    readonly eventId: string;
    readonly serviceArn: string;
    readonly eventName: string;
    readonly severity: string;
    readonly reason: string;
    readonly createdAt: number;
  };
};
export type BenchState = { readonly count: number; readonly latest: readonly BenchEvent['data'][] };

const service = 'arn:aws:ecs:eu-west-1:111122223333:service/shop/orders';

export const benchEvents = (seed: number): (() => BenchEvent) => {
  const random = createRandom(seed);
  let createdAt = 1_760_461_200_000;
  return () => {
    createdAt += 1 + random.below(60_000);
    // The text is ECS's (Amazon ECS Developer Guide, "Amazon ECS service event messages").
    const reason =
      'service orders was unable to place a task because no container instance met all of its ' +
      `requirements. The closest matching container-instance ${random.hex(32)} has insufficient ` +
      'memory available.';
    const data = {
      eventId: random.uuid(),
      serviceArn: ServiceArn.parse(service),
      eventName: 'SERVICE_TASK_PLACEMENT_FAILURE',
      severity: 'ERROR',
      reason,
      createdAt,
    };
    return { type: 'ServiceActionObserved', data };
  };
};

/** The newest three of them, and how many there were. */
export const benchFold: Fold<BenchState> = {
  stateShape: 'bench/1',
  initialState: { count: 0, latest: [] },
  evolve: (state, event: BenchEvent) => ({
    count: state.count + 1,
    latest: [event.data, ...state.latest].slice(0, 3),
  }),
};

import type { Gateways } from '../../infra/aws/gateways.ts';
import type { EventStore } from '../../infra/eventStore/eventStore.ts';
import type { FollowedViews } from '../../infra/views/views.ts';
import type { Handlers } from './handlers.ts';

/**
 * A bug that was put in on purpose: what it replaces, and `patch` for what stands in an object that
 * the product shares (a decider); `patch` returns how to undo it.
 */
export type Plant = {
  readonly name: string;
  readonly handlers?: (real: Handlers) => Handlers;
  readonly gateways?: (real: Gateways) => Gateways;
  readonly store?: (real: EventStore) => EventStore;
  readonly views?: (real: FollowedViews) => FollowedViews;
  readonly patch?: () => () => void;
};

export const nothingPlanted: Plant = { name: 'nothing' };

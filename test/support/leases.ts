import { createHash } from 'node:crypto';
import type { Decider } from '../../domain/decider.ts';
import { DisruptionEvent } from '../../events/disruption.ts';
import { Instant, LeaseId } from '../../events/ids.ts';

export const at = (milliseconds: number) => Instant.parse(milliseconds);

/** A lease, with a holder as long as the test needs its state to be. */
export const granted = (name: string, holder = 'rollout#rollout-2025-10-14'): DisruptionEvent =>
  DisruptionEvent.parse({
    type: 'LeaseGranted',
    data: {
      leaseId: name,
      subject: { kind: 'instance', id: `instance of ${name}` },
      reason: 'patch',
      holder,
      grantedAt: 1_760_400_000_000,
    },
  });

/** Text that compression makes little of, the same for the same length. */
export const noise = (length: number): string => {
  let text = '';
  while (text.length < length)
    text += createHash('sha512').update(`${text.length}`).digest('base64');
  return text.slice(0, length);
};

export const returned = (name: string): DisruptionEvent =>
  DisruptionEvent.parse({
    type: 'LeaseReturned',
    data: { leaseId: name, returnedAt: 1_760_400_060_000 },
  });

export type LeasesState = {
  readonly holders: Readonly<Record<string, string>>;
  readonly events: number;
};
export type LeasesCommand = { readonly type: 'Grant'; readonly name: string };

/** The smallest decider with a memory, for tests of stores; it stands for any real one. */
export const leases: Decider<LeasesState, LeasesCommand, DisruptionEvent> = {
  stateShape: 'leases-1',
  initialState: { holders: {}, events: 0 },
  decide: ({ name }, state) => (LeaseId.parse(name) in state.holders ? [] : [granted(name)]),
  evolve: (state, event) => {
    const events = state.events + 1;
    switch (event.type) {
      case 'LeaseGranted':
        return {
          holders: { ...state.holders, [event.data.leaseId]: event.data.holder },
          events,
        };
      case 'LeaseReturned': {
        const { [event.data.leaseId]: _, ...holders } = state.holders;
        return { holders, events };
      }
      default:
        return { ...state, events };
    }
  },
};

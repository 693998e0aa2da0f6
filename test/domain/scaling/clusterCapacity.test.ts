import { describe, expect, it } from 'vitest';
import { fold } from '../../../domain/decider.ts';
import {
  clusterCapacity,
  type ObserveCapacity,
  observedAgainMs,
} from '../../../domain/scaling/clusterCapacity.ts';
import type { Instant } from '../../../events/ids.ts';
import type { ScalingEvent } from '../../../events/scaling.ts';
import { at } from '../../support/fleetBuilder.ts';
import { expectSecondTimeQuiet, specification } from '../../support/specification.ts';
import { aGroup, aProvider } from './scalingBuilder.ts';

const { given } = specification(clusterCapacity);

const seen = (now: Instant, fields: Partial<ObserveCapacity> = {}): ObserveCapacity => ({
  type: 'ObserveCapacity',
  providers: [],
  groups: [],
  gone: { providers: [], groups: [] },
  now,
  ...fields,
});
const provider = (observedAt: Instant, fields = {}): ScalingEvent => ({
  type: 'CapacityProviderObserved',
  data: { provider: aProvider('win', fields), observedAt },
});
const group = (observedAt: Instant, fields = {}): ScalingEvent => ({
  type: 'AutoScalingGroupObserved',
  data: { group: aGroup('win', fields), observedAt },
});

describe('the capacity of a cluster', () => {
  it('is written down when it is first seen', () => {
    given()
      .when(seen(at(1), { providers: [aProvider('win')], groups: [aGroup('win')] }))
      .then(provider(at(1)), group(at(1)));
  });

  it('is not written again while it is as it was', () => {
    given(provider(at(1)), group(at(1)))
      .when(seen(at(2), { providers: [aProvider('win')], groups: [aGroup('win')] }))
      .thenNothing();
  });

  it('is written again after a quarter of an hour, so that its age is known', () => {
    const later = (at(1) + observedAgainMs) as Instant;
    given(group(at(1)))
      .when(seen(later, { groups: [aGroup('win')] }))
      .then(group(later));
  });

  it('is not put back by what was described earlier', () => {
    given(group(at(5)))
      .when(seen(at(4), { groups: [aGroup('win', { desiredCapacity: 9 })] }))
      .thenNothing();
  });

  it('is let go of when it was asked for by name and is gone, and not for a short listing', () => {
    given(provider(at(1)), group(at(1)))
      .when(seen(at(2)))
      .thenNothing();
    given(provider(at(1)), group(at(1)))
      .when(seen(at(2), { gone: { providers: ['win'], groups: ['win', 'other'] } }))
      .then(
        { type: 'CapacityProviderRemoved', data: { name: 'win', observedAt: at(2) } },
        { type: 'AutoScalingGroupRemoved', data: { name: 'win', observedAt: at(2) } },
      );
  });

  it('remembers how the desired capacity changed, whoever changed it', () => {
    const capacities = [4, 6, 6, 5];
    const past = capacities.map((desiredCapacity, index) => group(at(index), { desiredCapacity }));
    const state = fold(clusterCapacity, past);
    expect(state.groups.win?.desiredChanges).toEqual([
      { at: at(1), from: 4, to: 6 },
      { at: at(3), from: 6, to: 5 },
    ]);
  });

  it('asked twice is written once', () => {
    const command = seen(at(1), { providers: [aProvider('win')], groups: [aGroup('win')] });
    expectSecondTimeQuiet(clusterCapacity, command, clusterCapacity.initialState);
  });
});

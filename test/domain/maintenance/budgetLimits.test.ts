import { describe, expect, it } from 'vitest';
import type { GrantLease } from '../../../domain/maintenance/lease.ts';
import { type LedgerCommand, ledger } from '../../../domain/maintenance/ledger.ts';
import { recoverLeases } from '../../../domain/maintenance/recoverLeases.ts';
import type { Budget, DisruptionEvent } from '../../../events/disruption.ts';
import { at } from '../../support/fleetBuilder.ts';
import { specification } from '../../support/specification.ts';
import { ask, granted } from './leaseBuilder.ts';

const { given } = specification(ledger);

describe('a budget with limits of its own', () => {
  const budgetSet = (budget: Partial<Budget>): DisruptionEvent => ({
    type: 'BudgetSet',
    data: {
      budget: {
        instances: { count: 10 },
        services: { count: 10 },
        reasons: [{ reason: 'patch' }, { reason: 'scaleIn', instances: { count: 1 } }],
        ...budget,
      },
      actor: 'operator',
      setAt: at(0),
    },
  });
  const inZone = (name: string, total = 10, unavailable = 0) => ({
    zone: { name, total, unavailable },
    total: 40,
  });
  const running = (...names: string[]) => ({
    services: names.map((name) => ({ name, total: 4, unavailable: 0 })),
    total: 40,
  });
  const held = (name: string, fields: Partial<GrantLease>, more: object): DisruptionEvent => {
    const event = granted(name, fields);
    return { ...event, data: { ...event.data, ...more } } as DisruptionEvent;
  };

  it('for a reason leaves the rest to the others', () => {
    const forScaleIn = granted('a', { reason: 'scaleIn' });
    given(budgetSet({}), forScaleIn)
      .when(ask('b', { reason: 'scaleIn', total: 40 }))
      .thenRefused('BudgetSpent');
    given(budgetSet({}), forScaleIn)
      .when(ask('b', { total: 40 }))
      .then(granted('b'));
  });

  it('for each zone holds back a second instance of the zone, not of another', () => {
    const perZone = budgetSet({ perZone: { count: 1 } });
    const first = held('a', {}, { zone: 'us-east-1a' });
    given(perZone, first)
      .when(ask('b', inZone('us-east-1a')))
      .thenRefused('BudgetSpent');
    given(perZone, first)
      .when(ask('b', inZone('us-east-1b')))
      .then(held('b', {}, { zone: 'us-east-1b' }));
    given(perZone)
      .when(ask('b', inZone('us-east-1b', 10, 1)))
      .thenRefused('BudgetSpent');
  });

  it('for a service holds back instances that run it, and for * those of all others', () => {
    const perService = budgetSet({
      perService: [
        { serviceName: 'orders', instances: { count: 1 } },
        { serviceName: '*', instances: { percent: 50 } },
      ],
    });
    const first = held('a', {}, { serviceNames: ['orders', 'web'] });
    given(perService, first)
      .when(ask('b', running('orders')))
      .thenRefused('BudgetSpent');
    given(perService, first)
      .when(ask('b', running('web')))
      .then(held('b', {}, { serviceNames: ['web'] }));
    const second = held('b', {}, { serviceNames: ['web'] });
    given(perService, first, second)
      .when(ask('c', running('web')))
      .thenRefused('BudgetSpent');
  });

  it('lets AWS take what it takes, and counts it', () => {
    const none = budgetSet({ instances: { count: 1 } });
    const spot = { reason: 'spot', total: 40 } as const;
    given(none, granted('a')).when(ask('b', spot)).then(granted('b', spot));
    given(none, granted('b', spot))
      .when(ask('c', { total: 40 }))
      .thenRefused('BudgetSpent');
  });

  it('says which limit is spent', () => {
    const state = [
      budgetSet({ perZone: { count: 1 } }),
      held('a', {}, { zone: 'us-east-1a' }),
    ].reduce(ledger.evolve, ledger.initialState);
    const most = '1 of 10 instances in us-east-1a may be disturbed at once';
    expect(() => ledger.decide(ask('b', inZone('us-east-1a')), state)).toThrow(
      `${most}: 1 are now, and 0 more are unavailable`,
    );
  });
});

describe('leases of a holder that is not on record', () => {
  it('are taken back after a while, with the reason; those of others are not', () => {
    const state = [granted('a'), granted('b', { holder: 'rollout#gone', total: 40 })].reduce(
      ledger.evolve,
      ledger.initialState,
    );
    const isKnown = (holder: string) => holder === 'rollout#rollout-shop-2025-10-14';
    expect(recoverLeases(state, isKnown, at(10))).toEqual([]);
    const [command] = recoverLeases(state, isKnown, at(17));
    expect(command).toMatchObject({ type: 'ReturnLease', leaseId: 'lease-b' });
    expect(ledger.decide(command as LedgerCommand, state)).toEqual([
      {
        type: 'LeaseReturned',
        data: {
          leaseId: 'lease-b',
          because: 'its holder rollout#gone is not on record',
          returnedAt: at(17),
        },
      },
    ]);
  });
});

import { describe, expect, it } from 'vitest';
import { forStore, parseStored } from '../../events/catalogue.ts';
import { presentShape, type Upcaster, type Upcasters, upcast } from '../../events/upcast.ts';

const place = { stream: 'disruption#prod', version: 12 };

// As if LeaseReturned had once been called LeaseGivenBack, then had `lease`, then `returnedAt` in
// seconds.
const inMilliseconds: Upcaster = ({ type, data }) => {
  const { returnedAtS, ...rest } = data as { readonly returnedAtS: number };
  return { type, data: { ...rest, returnedAt: returnedAtS * 1000 } };
};
const leaseId: Upcaster = ({ type, data }) => {
  const { lease, ...rest } = data as { readonly lease: string };
  return { type, data: { ...rest, leaseId: lease } };
};
const renamed: Upcaster = ({ data }) => ({ type: 'LeaseReturned', data });
const table: Upcasters = new Map([
  ['LeaseReturned', [leaseId, inMilliseconds]],
  ['LeaseGivenBack', [renamed]],
]);

const present = { type: 'LeaseReturned', data: { leaseId: 'a', returnedAt: 5000 } };

describe('an event of an old shape', () => {
  it('is brought through every shape since, at read', () => {
    const first = { type: 'LeaseReturned', data: { lease: 'a', returnedAtS: 5 } };
    expect(parseStored(first, place, table)).toEqual(present);
  });

  it('starts from the shape it was written in', () => {
    const second = { type: 'LeaseReturned', shape: 2, data: { leaseId: 'a', returnedAtS: 5 } };
    expect(parseStored(second, place, table)).toEqual(present);
  });

  it('may have had another name', () => {
    const older = { type: 'LeaseGivenBack', data: { lease: 'a', returnedAtS: 5 } };
    expect(parseStored(older, place, table)).toEqual(present);
  });

  it('of the present shape is left alone', () => {
    const third = { ...present, shape: 3 };
    expect(upcast(third, table)).toBe(third);
    expect(parseStored(third, place, table)).toEqual(present);
  });
});

describe('an event written now', () => {
  it('says its shape once there has been another', () => {
    expect(presentShape('LeaseReturned', table)).toBe(3);
    expect(forStore(present, table)).toMatchObject({ stored: { ...present, shape: 3 } });
    expect(forStore(present)).toMatchObject({ stored: present });
  });
});

describe('an event that cannot be read', () => {
  it.each([
    [{ type: 'LeaseStolen', data: {} }, 'LeaseStolen in disruption#prod at version 12'],
    [{ type: 'toString', data: {} }, 'toString in disruption#prod at version 12'],
    [{ ...present, shape: 4 }, 'shape 4 was written by a newer Tuesday'],
    [{ ...present, shape: 3, data: { leaseId: 'a' } }, 'data.returnedAt'],
    ['LeaseReturned', 'something in disruption#prod at version 12: is not an event'],
    [null, 'is not an event'],
  ])('names itself and its place: %j', (raw, message) => {
    expect(() => parseStored(raw, place, table)).toThrow(message);
    expect(() => parseStored(raw, place, table)).toThrow('disruption#prod at version 12');
  });

  it('because its upcasters go round in a circle is our bug, not an endless loop', () => {
    const circle: Upcasters = new Map([
      ['A', [(raw) => ({ ...raw, type: 'B' })]],
      ['B', [(raw) => ({ ...raw, type: 'A' })]],
    ]);
    expect(() => upcast({ type: 'A', data: {} }, circle)).toThrow('lead round in a circle');
  });
});

/** An event as it lies in the store. `shape` counts from 1 and is absent for 1. */
export type RawEvent = {
  readonly type: string;
  readonly shape?: number;
  readonly data: unknown;
};

/**
 * Takes an event one step further. Under the same type the result is the next shape, whatever
 * `shape` it carries; under another type (a rename) the result has the `shape` it carries, or 1.
 */
export type Upcaster = (raw: RawEvent) => RawEvent;

/**
 * By event type; the nth entry takes shape n to what came after it. Entries are added, never
 * changed or removed.
 */
export type Upcasters = ReadonlyMap<string, readonly Upcaster[]>;

/** Until shape 2 a budget listed its reasons by name alone. */
const budgetByReason: Upcaster = (raw) => {
  const data = raw.data as { readonly budget: { readonly reasons: readonly string[] } };
  const reasons = data.budget.reasons.map((reason) => ({ reason }));
  return { ...raw, data: { ...data, budget: { ...data.budget, reasons } } };
};

export const upcasters: Upcasters = new Map([['BudgetSet', [budgetByReason]]]);

/** The shape in which an event of this type is written now. */
export const presentShape = (type: string, table: Upcasters = upcasters): number =>
  1 + (table.get(type)?.length ?? 0);

const stepsMax = 100;

/** Brings a stored event to its present shape. Throws when the table leads round in a circle. */
export const upcast = (raw: RawEvent, table: Upcasters = upcasters): RawEvent => {
  let event = raw;
  for (let step = 0; step < stepsMax; step += 1) {
    const shape = event.shape ?? 1;
    const next = table.get(event.type)?.[shape - 1]?.(event);
    if (next === undefined) return event;
    event = next.type === event.type ? { ...next, shape: shape + 1 } : next;
  }
  throw new Error(`the upcasters of ${raw.type} lead round in a circle: mend events/upcast.ts`);
};

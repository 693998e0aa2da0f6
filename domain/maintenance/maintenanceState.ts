import type { Instant } from '../../events/ids.ts';
import type { Closing, MaintenanceEvent, MaintenanceWindow } from '../../events/maintenance.ts';

type Begun<Type extends MaintenanceEvent['type']> = Extract<MaintenanceEvent, { type: Type }>;
export type Freeze = Begun<'FreezeBegun'>['data'];
export type Override = Begun<'OverrideBegun'>['data'];

export type MaintenanceState = {
  readonly windows: readonly MaintenanceWindow[];
  readonly closing: Closing;
  /** Begun and not lifted; one that has expired no longer counts. */
  readonly freezes: Readonly<Record<string, Freeze>>;
  readonly overrides: Readonly<Record<string, Override>>;
};

/** When one cluster may be disturbed. */
export const maintenanceStream = (clusterName: string) => `maintenance#${clusterName}`;
/** What holds for all clusters; `*` is no name that ECS gives. */
export const everything = '*';

const initialState: MaintenanceState = {
  windows: [],
  closing: { underway: 'finish', lastStartMs: 0 },
  freezes: {},
  overrides: {},
};

/** What has expired is let go with the next one, so that the state stays small. */
const lasting = <Item extends { readonly expiresAt: Instant }>(
  items: Readonly<Record<string, Item>>,
  now: Instant,
): Readonly<Record<string, Item>> =>
  Object.fromEntries(Object.entries(items).filter(([, { expiresAt }]) => now < expiresAt));

const evolve = (state: MaintenanceState, event: MaintenanceEvent): MaintenanceState => {
  switch (event.type) {
    case 'WindowsSet':
      return { ...state, windows: event.data.windows, closing: event.data.closing };
    case 'FreezeBegun': {
      const { freezeId, begunAt } = event.data;
      const others = lasting(state.freezes, begunAt);
      return { ...state, freezes: { ...others, [freezeId]: event.data } };
    }
    case 'FreezeLifted': {
      const { [event.data.freezeId]: _lifted, ...freezes } = state.freezes;
      return { ...state, freezes };
    }
    case 'OverrideBegun': {
      const { overrideId, begunAt } = event.data;
      const others = lasting(state.overrides, begunAt);
      return { ...state, overrides: { ...others, [overrideId]: event.data } };
    }
    case 'OverrideEnded': {
      const { [event.data.overrideId]: _ended, ...overrides } = state.overrides;
      return { ...state, overrides };
    }
    default:
      return event satisfies never;
  }
};

/** The half that reads: it needs no calendar, so whoever only folds does not load one. */
export const maintenanceFold = { stateShape: 'maintenance/1', initialState, evolve };

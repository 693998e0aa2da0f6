import type { Instant } from '../../events/ids.ts';
import type {
  Closing,
  FreezeScope,
  MaintenanceEvent,
  MaintenanceWindow,
} from '../../events/maintenance.ts';
import type { Decider } from '../decider.ts';
import { isSame } from '../fleet/sameRecord.ts';
import { Refusal } from '../refusal.ts';
import { whyNotWindows } from './whyNotWindows.ts';

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

export type SetWindows = {
  readonly type: 'SetWindows';
  readonly windows: readonly MaintenanceWindow[];
  readonly closing?: Closing | undefined;
  readonly actor: string;
  readonly now: Instant;
};
export type BeginFreeze = {
  readonly type: 'BeginFreeze';
  readonly freezeId: string;
  readonly scope: FreezeScope;
  readonly reason: string;
  readonly actor: string;
  readonly expiresAt: Instant;
  readonly now: Instant;
};
export type LiftFreeze = {
  readonly type: 'LiftFreeze';
  readonly freezeId: string;
  readonly reason: string;
  readonly actor: string;
  readonly now: Instant;
};
export type BeginOverride = {
  readonly type: 'BeginOverride';
  readonly overrideId: string;
  readonly over: Override['over'];
  readonly reason: string;
  readonly actor: string;
  readonly expiresAt: Instant;
  readonly now: Instant;
};
export type EndOverride = {
  readonly type: 'EndOverride';
  readonly overrideId: string;
  readonly reason: string;
  readonly actor: string;
  readonly now: Instant;
};
export type MaintenanceCommand =
  | SetWindows
  | BeginFreeze
  | LiftFreeze
  | BeginOverride
  | EndOverride;

/** When one cluster may be disturbed. */
export const maintenanceStream = (clusterName: string) => `maintenance#${clusterName}`;
/** What holds for all clusters; `*` is no name that ECS gives. */
export const everything = '*';

/** An emergency that goes on for longer than this is a new rule, and belongs in the windows. */
const overrideMaxMs = 24 * 3_600_000;

const initialState: MaintenanceState = {
  windows: [],
  closing: { underway: 'finish', lastStartMs: 0 },
  freezes: {},
  overrides: {},
};

const decide = (
  command: MaintenanceCommand,
  state: MaintenanceState,
): readonly MaintenanceEvent[] => {
  if (command.actor.trim() === '') {
    throw new Refusal('MaintenanceInvalid', 'actor: say who asks for this');
  }
  switch (command.type) {
    case 'SetWindows':
      return setWindows(command, state);
    case 'BeginFreeze':
      return beginFreeze(command, state);
    case 'LiftFreeze':
      return liftFreeze(command, state);
    case 'BeginOverride':
      return beginOverride(command, state);
    case 'EndOverride':
      return endOverride(command, state);
    default:
      return command satisfies never;
  }
};

const setWindows = (
  { windows, closing, actor, now: setAt }: SetWindows,
  state: MaintenanceState,
): readonly MaintenanceEvent[] => {
  const why = whyNotWindows(windows);
  if (why !== undefined) throw new Refusal('MaintenanceInvalid', why);
  const next = closing ?? state.closing;
  if (isSame(windows, state.windows) && isSame(next, state.closing)) return [];
  return [{ type: 'WindowsSet', data: { windows, closing: next, actor, setAt } }];
};

const beginFreeze = (
  { type: _type, now, ...asked }: BeginFreeze,
  state: MaintenanceState,
): readonly MaintenanceEvent[] => {
  if (state.freezes[asked.freezeId] !== undefined) return [];
  checkReason(asked.reason);
  checkExpiry(asked.expiresAt, now);
  return [{ type: 'FreezeBegun', data: { ...asked, begunAt: now } }];
};

const liftFreeze = (
  { type: _type, now, ...asked }: LiftFreeze,
  state: MaintenanceState,
): readonly MaintenanceEvent[] => {
  if (state.freezes[asked.freezeId] === undefined) {
    throw new Refusal('FreezeNotFound', `freezeId: there is no freeze ${asked.freezeId}`);
  }
  checkReason(asked.reason);
  return [{ type: 'FreezeLifted', data: { ...asked, liftedAt: now } }];
};

const beginOverride = (
  { type: _type, now, ...asked }: BeginOverride,
  state: MaintenanceState,
): readonly MaintenanceEvent[] => {
  if (state.overrides[asked.overrideId] !== undefined) return [];
  checkReason(asked.reason);
  checkExpiry(asked.expiresAt, now);
  if (asked.over.length === 0) {
    throw new Refusal('MaintenanceInvalid', 'over: name windows, or windows and freezes');
  }
  if (asked.expiresAt - now > overrideMaxMs) {
    const most = 'an override lasts 24 hours at most; change the windows for longer';
    throw new Refusal('MaintenanceInvalid', `expiresAt: ${most}`);
  }
  return [{ type: 'OverrideBegun', data: { ...asked, begunAt: now } }];
};

const endOverride = (
  { type: _type, now, ...asked }: EndOverride,
  state: MaintenanceState,
): readonly MaintenanceEvent[] => {
  if (state.overrides[asked.overrideId] === undefined) {
    throw new Refusal('OverrideNotFound', `overrideId: there is no override ${asked.overrideId}`);
  }
  checkReason(asked.reason);
  return [{ type: 'OverrideEnded', data: { ...asked, endedAt: now } }];
};

const checkReason = (reason: string): void => {
  if (reason.trim() === '') throw new Refusal('MaintenanceInvalid', 'reason: say why');
};

const checkExpiry = (expiresAt: Instant, now: Instant): void => {
  if (expiresAt <= now)
    throw new Refusal('MaintenanceInvalid', 'expiresAt: it must lie in the future');
};

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

/** What has expired is let go with the next one, so that the state stays small. */
const lasting = <Item extends { readonly expiresAt: Instant }>(
  items: Readonly<Record<string, Item>>,
  now: Instant,
): Readonly<Record<string, Item>> =>
  Object.fromEntries(Object.entries(items).filter(([, { expiresAt }]) => now < expiresAt));

export const maintenance: Decider<MaintenanceState, MaintenanceCommand, MaintenanceEvent> = {
  stateShape: 'maintenance/1',
  initialState,
  decide,
  evolve,
};

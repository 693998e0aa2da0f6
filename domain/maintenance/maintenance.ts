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
import { type MaintenanceState, maintenanceFold, type Override } from './maintenanceState.ts';
import { whyNotWindows } from './whyNotWindows.ts';

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

/** An emergency that goes on for longer than this is a new rule, and belongs in the windows. */
const overrideMaxMs = 24 * 3_600_000;

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
  checkReason(asked.reason);
  if (state.freezes[asked.freezeId] === undefined) {
    throw new Refusal('FreezeNotFound', `freezeId: there is no freeze ${asked.freezeId}`);
  }
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
  checkReason(asked.reason);
  if (state.overrides[asked.overrideId] === undefined) {
    throw new Refusal('OverrideNotFound', `overrideId: there is no override ${asked.overrideId}`);
  }
  return [{ type: 'OverrideEnded', data: { ...asked, endedAt: now } }];
};

const checkReason = (reason: string): void => {
  if (reason.trim() === '') throw new Refusal('MaintenanceInvalid', 'reason: say why');
};

const checkExpiry = (expiresAt: Instant, now: Instant): void => {
  if (expiresAt <= now)
    throw new Refusal('MaintenanceInvalid', 'expiresAt: it must lie in the future');
};

export const maintenance: Decider<MaintenanceState, MaintenanceCommand, MaintenanceEvent> = {
  ...maintenanceFold,
  decide,
};

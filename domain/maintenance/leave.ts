import { Temporal } from 'temporal-polyfill';
import type { DisruptionReason } from '../../events/disruption.ts';
import type { Instant } from '../../events/ids.ts';
import type { MaintenanceWindow } from '../../events/maintenance.ts';
import { once } from '../once.ts';
import type { Freeze, MaintenanceState, Override } from './maintenanceState.ts';
import { type Span, spanAt, spansAfter } from './windowSpans.ts';

/** What holds for one cluster, and what holds for all. */
export type Maintenance = { readonly own: MaintenanceState; readonly everything: MaintenanceState };

export type Question = {
  readonly reason: DisruptionReason;
  /** Services that would be disturbed. */
  readonly serviceNames: readonly string[];
};

export type NoLeave = {
  readonly reason: 'Frozen' | 'WindowClosed' | 'WindowClosing';
  readonly detail: string;
};

/** Windows that touch are one; one that stays open for longer than this has no end in sight. */
const joinedMax = 64;

/**
 * Why nothing may begin at this moment; `undefined` if it may. Allow-style: a cluster without
 * windows is closed (kubernetes-sigs/karpenter#1190 asks for denial by default).
 */
export const whyNoLeave = (
  { own, everything }: Maintenance,
  { reason, serviceNames }: Question,
  now: Instant,
): NoLeave | undefined => {
  // What AWS takes is drained while there is time, whatever the hour.
  if (reason === 'spot') return undefined;
  const overrides = [own, everything].flatMap(overridesNow(now));
  const isOver = (what: 'windows' | 'freezes') => overrides.some(({ over }) => over.includes(what));
  const freeze = [...freezesNow(everything, now), ...freezesNow(own, now)].find(({ scope }) =>
    scope.kind === 'service' ? serviceNames.includes(scope.serviceName) : true,
  );
  if (freeze !== undefined && !isOver('freezes')) return { reason: 'Frozen', detail: why(freeze) };
  if (isOver('windows')) return undefined;
  const span = openSpan(own, reason, now);
  if (span === undefined) return { reason: 'WindowClosed', detail: whenOpen(own, reason, now) };
  const left = span.closesAt - now;
  if (left >= own.closing.lastStartMs) return undefined;
  const detail = `the window closes at ${textOf(span.closesAt)}, too soon to begin`;
  return { reason: 'WindowClosing', detail };
};

/**
 * Whether what has begun must be handed back now: no window is open any more, or a freeze has
 * begun, and the policy is not to finish.
 */
export const whyHandBack = (
  maintenance: Maintenance,
  question: Question,
  now: Instant,
): NoLeave | undefined => {
  if (maintenance.own.closing.underway === 'finish') return undefined;
  const why = whyNoLeave(maintenance, question, now);
  return why?.reason === 'WindowClosing' ? undefined : why;
};

const why = ({ scope, reason, actor, expiresAt }: Freeze): string => {
  const what = scope.kind === 'service' ? `${scope.serviceName} is frozen` : 'frozen';
  return `${what} by ${actor} until ${textOf(expiresAt)}: ${reason}`;
};

const textOf = (at: Instant): string =>
  Temporal.Instant.fromEpochMilliseconds(at).toString({ smallestUnit: 'minute' });

export const freezesNow = ({ freezes }: MaintenanceState, now: Instant): readonly Freeze[] =>
  Object.values(freezes).filter(({ expiresAt }) => now < expiresAt);

export const overridesNow =
  (now: Instant) =>
  ({ overrides }: MaintenanceState): readonly Override[] =>
    Object.values(overrides).filter(({ expiresAt }) => now < expiresAt);

const windowsFor = ({ windows }: MaintenanceState, reason: DisruptionReason) =>
  windows.filter(({ reasons }) => reasons === undefined || reasons.includes(reason));

/**
 * From the opening of the window that is open now to the moment at which none is open any more.
 * Windows that touch are one. The answer is remembered for as long as it holds.
 */
export const openSpan = (
  state: MaintenanceState,
  reason: DisruptionReason,
  now: Instant,
): Span | undefined => {
  const known = spansOf(state);
  const last = known.get(reason);
  if (last !== undefined && last.opensAt <= now && now < last.closesAt) return last;
  const span = findOpenSpan(windowsFor(state, reason), now);
  if (span !== undefined) known.set(reason, span);
  return span;
};

const spansOf = once((_state: MaintenanceState) => new Map<DisruptionReason, Span>());

const findOpenSpan = (windows: readonly MaintenanceWindow[], now: Instant): Span | undefined => {
  const around = (at: Instant): readonly Span[] =>
    windows.flatMap((window) => spanAt(window, at) ?? []);
  let { opensAt, closesAt } = hull(around(now), now);
  if (closesAt === now) return undefined;
  for (let joined = 0; joined < joinedMax; joined += 1) {
    const before = hull(around((opensAt - 1) as Instant), opensAt);
    const after = hull(around(closesAt), closesAt);
    if (before.opensAt === opensAt && after.closesAt === closesAt) break;
    ({ opensAt } = before);
    ({ closesAt } = after);
  }
  return { opensAt, closesAt };
};

const hull = (spans: readonly Span[], at: Instant): Span => ({
  opensAt: Math.min(at, ...spans.map((span) => span.opensAt)) as Instant,
  closesAt: Math.max(at, ...spans.map((span) => span.closesAt)) as Instant,
});

type Opening = Span & { readonly name: string };

/**
 * The next time that a window opens for `reason`. Everything that waits for it asks: the answer is
 * remembered until then.
 */
export const nextOpening = (
  state: MaintenanceState,
  reason: DisruptionReason,
  now: Instant,
): Opening | undefined => {
  const known = openingsOf(state);
  const last = known.get(reason);
  if (last !== undefined && last.askedAt <= now && now < last.opening.opensAt) return last.opening;
  const opening = findNextOpening(state, reason, now);
  if (opening !== undefined) known.set(reason, { askedAt: now, opening });
  return opening;
};

const openingsOf = once(
  (_state: MaintenanceState) =>
    new Map<DisruptionReason, { readonly askedAt: Instant; readonly opening: Opening }>(),
);

const findNextOpening = (
  state: MaintenanceState,
  reason: DisruptionReason,
  now: Instant,
): Opening | undefined =>
  windowsFor(state, reason)
    .flatMap((window) => spansAfter(window, now, 1).map((span) => ({ ...span, name: window.name })))
    .toSorted((a, b) => a.opensAt - b.opensAt)[0];

const whenOpen = (state: MaintenanceState, reason: DisruptionReason, now: Instant): string => {
  if (state.windows.length === 0) return 'no maintenance window has been set: nothing is disturbed';
  const next = nextOpening(state, reason, now);
  return next === undefined
    ? `no maintenance window ever opens for ${reason}`
    : `the next window, ${next.name}, opens at ${textOf(next.opensAt)}`;
};

import type { Instant } from '../../events/ids.ts';
import {
  freezesNow,
  type Maintenance,
  type NoLeave,
  openSpan,
  overridesNow,
  whyNoLeave,
} from './leave.ts';
import type { Freeze, Override } from './maintenanceState.ts';
import { type Span, spansAfter } from './windowSpans.ts';

export type NamedSpan = Span & { readonly window: string };

export type Outlook = {
  /** Why no patch may begin now; `undefined`: it may. */
  readonly whyNot: NoLeave | undefined;
  readonly open: Span | undefined;
  /** The next openings of all windows, in order. */
  readonly next: readonly NamedSpan[];
  readonly freezes: readonly (Freeze & { readonly of: 'cluster' | 'everything' })[];
  readonly overrides: readonly Override[];
};

/** What windows, freezes and overrides come to for a cluster from `now` on. */
export const outlookOf = (known: Maintenance, now: Instant, spansMost: number): Outlook => {
  const { own, everything } = known;
  const next = own.windows
    .flatMap((window) =>
      spansAfter(window, now, spansMost).map((span) => ({ ...span, window: window.name })),
    )
    .toSorted((a, b) => a.opensAt - b.opensAt || (a.window < b.window ? -1 : 1));
  return {
    whyNot: whyNoLeave(known, { reason: 'patch', serviceNames: [] }, now),
    open: openSpan(own, 'patch', now),
    next: next.slice(0, spansMost),
    freezes: [
      ...freezesNow(everything, now).map((each) => ({ ...each, of: 'everything' as const })),
      ...freezesNow(own, now).map((each) => ({ ...each, of: 'cluster' as const })),
    ],
    overrides: overridesNow(now)(own),
  };
};

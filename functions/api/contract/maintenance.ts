import * as z from 'zod';
import { DisruptionReason } from '../../../events/disruption.ts';
import { Closing, FreezeScope, MaintenanceWindow } from '../../../events/maintenance.ts';
import { command, question } from './contract.ts';
import { inCluster, list, Moment, plainLine, Reason } from './wire.ts';

const Window = z.strictObject(MaintenanceWindow.shape).meta({ id: 'MaintenanceWindow' });
/** Narrower than what may be on record: windows that were set before must still be told. */
const NewWindow = z
  .strictObject({
    ...MaintenanceWindow.shape,
    name: plainLine(64),
    reasons: z.array(DisruptionReason).max(DisruptionReason.options.length).readonly().optional(),
  })
  .meta({ id: 'NewMaintenanceWindow' });
const HowItCloses = z.strictObject(Closing.shape).meta({ id: 'Closing' });
const Span = z.object({ opensAt: Moment, closesAt: Moment });

const Freeze = z
  .object({
    freezeId: z.string(),
    of: z.enum(['cluster', 'everything']),
    scope: FreezeScope,
    reason: z.string(),
    actor: z.string(),
    begunAt: Moment,
    expiresAt: Moment,
  })
  .meta({ id: 'Freeze' });

const Over = z.enum(['windows', 'freezes']);
const Override = z
  .object({
    overrideId: z.string(),
    over: list(Over),
    reason: z.string(),
    actor: z.string(),
    begunAt: Moment,
    expiresAt: Moment,
  })
  .meta({ id: 'Override' });

export const getWindows = question({
  name: 'getWindows',
  path: '/clusters/{cluster}/windows',
  summary: 'When a cluster may be disturbed: windows, freezes, and what goes over them',
  parameters: inCluster,
  answer: z
    .object({
      now: Moment,
      windows: list(Window),
      closing: HowItCloses,
      whyNot: z
        .object({ reason: z.string(), detail: z.string() })
        .meta({ description: 'why no patch may begin now; absent: it may' })
        .exactOptional(),
      open: Span.meta({ description: 'windows that touch are one' }).exactOptional(),
      next: list(Span.extend({ window: z.string() })),
      freezes: list(Freeze),
      overrides: list(Override),
    })
    .meta({ id: 'Windows' }),
  problems: ['ClusterNotFound'],
});

export const setWindows = command({
  name: 'setWindows',
  method: 'PUT',
  path: '/clusters/{cluster}/windows',
  summary: 'Set the windows of a cluster, whole; without one nothing is disturbed',
  parameters: inCluster,
  body: z.strictObject({
    windows: z.array(NewWindow.readonly()).max(50).readonly(),
    closing: HowItCloses.optional(),
  }),
  answer: z.object({ windows: list(Window), closing: HowItCloses, changed: z.boolean() }),
  problems: ['ClusterNotAdopted', 'MaintenanceInvalid'],
});

const Id = z.string().regex(/^[A-Za-z0-9-]{1,64}$/, 'an id as it was handed out');
const Begun = z.object({ changed: z.boolean() });
const why = z.strictObject({ reason: Reason });
/** As `FreezeScope`, but that a word too many is refused: it may have been meant to narrow it. */
const NewScope = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('cluster') }),
  z.strictObject({ kind: z.literal('service'), serviceName: plainLine(255) }),
]);

export const beginFreeze = command({
  name: 'beginFreeze',
  method: 'POST',
  path: '/clusters/{cluster}/freezes',
  summary: 'Disturb nothing of a cluster, or of one service of it, until it expires',
  parameters: inCluster,
  body: z.strictObject({ scope: NewScope, reason: Reason, expiresAt: Moment }),
  answer: Begun.extend({ freezeId: z.string() }),
  problems: ['ClusterNotAdopted', 'MaintenanceInvalid'],
});

export const liftFreeze = command({
  name: 'liftFreeze',
  method: 'POST',
  path: '/clusters/{cluster}/freezes/{freezeId}/lift',
  summary: 'End a freeze before it expires',
  parameters: inCluster.extend({ freezeId: Id }),
  body: why,
  answer: Begun,
  problems: ['ClusterNotAdopted', 'FreezeNotFound', 'MaintenanceInvalid'],
});

export const freezeEverything = command({
  name: 'freezeEverything',
  method: 'POST',
  path: '/freezes',
  summary: 'Disturb nothing of any cluster until it expires',
  body: z.strictObject({ reason: Reason, expiresAt: Moment }),
  answer: Begun.extend({ freezeId: z.string() }),
  problems: ['MaintenanceInvalid'],
});

export const liftFreezeOfEverything = command({
  name: 'liftFreezeOfEverything',
  method: 'POST',
  path: '/freezes/{freezeId}/lift',
  summary: 'End a freeze of everything before it expires',
  parameters: z.strictObject({ freezeId: Id }),
  body: why,
  answer: Begun,
  problems: ['FreezeNotFound', 'MaintenanceInvalid'],
});

export const beginOverride = command({
  name: 'beginOverride',
  method: 'POST',
  path: '/clusters/{cluster}/overrides',
  summary: 'In an emergency: go over closed windows, or freezes too, for 24 hours at most',
  parameters: inCluster,
  body: z.strictObject({
    over: z.array(Over).min(1).max(2).readonly(),
    reason: Reason,
    expiresAt: Moment,
  }),
  answer: Begun.extend({ overrideId: z.string() }),
  problems: ['ClusterNotAdopted', 'MaintenanceInvalid'],
});

export const endOverride = command({
  name: 'endOverride',
  method: 'POST',
  path: '/clusters/{cluster}/overrides/{overrideId}/end',
  summary: 'End an override before it expires',
  parameters: inCluster.extend({ overrideId: Id }),
  body: why,
  answer: Begun,
  problems: ['ClusterNotAdopted', 'OverrideNotFound', 'MaintenanceInvalid'],
});

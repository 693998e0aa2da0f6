import * as z from 'zod';
import { ClusterEvent } from './cluster.ts';
import { DesiredEvent } from './desired.ts';
import { DisruptionEvent } from './disruption.ts';
import { DrainEvent } from './drain.ts';
import { EnforcementEvent } from './enforcement.ts';
import { Ec2Event, FleetEvent } from './fleet.ts';
import { GhostEvent } from './ghost.ts';
import { HookEvent } from './hook.ts';
import { MaintenanceEvent } from './maintenance.ts';
import { ParkedEvent } from './parked.ts';
import { PrefetchEvent } from './prefetch.ts';
import { RequestEvent } from './request.ts';
import { RolloutEvent } from './rollout.ts';
import { ScalingEvent } from './scaling.ts';
import { presentShape, type RawEvent, type Upcasters, upcast, upcasters } from './upcast.ts';
import { AmiEvent, ChannelEvent, ImageEvent } from './windows.ts';

// If it is not here, it cannot be written.

const unions = [
  FleetEvent,
  Ec2Event,
  ChannelEvent,
  AmiEvent,
  ImageEvent,
  DesiredEvent,
  DisruptionEvent,
  DrainEvent,
  ClusterEvent,
  RolloutEvent,
  EnforcementEvent,
  GhostEvent,
  HookEvent,
  MaintenanceEvent,
  ParkedEvent,
  PrefetchEvent,
  RequestEvent,
  ScalingEvent,
] as const;

export type StoredEvent = z.infer<(typeof unions)[number]>;
export type EventType = StoredEvent['type'];

type StoredSchema = (typeof unions)[number]['options'][number];

/** One lookup per event, however many types there are. */
export const catalogue: ReadonlyMap<string, StoredSchema> = (() => {
  const schemas = new Map<string, StoredSchema>();
  for (const schema of unions.flatMap((union): readonly StoredSchema[] => union.options)) {
    const type = schema.unwrap().shape.type.value;
    if (schemas.has(type)) throw new Error(`two events are called ${type}: rename one in events/`);
    schemas.set(type, schema);
  }
  return schemas;
})();

export const eventTypes = [...catalogue.keys()].toSorted() as readonly EventType[];

/** Where an event stands, for the person who has to find it. */
export type Place = { readonly stream: string; readonly version: number };

/**
 * The store holds an event that this Tuesday cannot read. It is never dropped: whoever reads on
 * would decide wrongly.
 */
export class UnreadableEvent extends Error {
  readonly code = 'UnreadableEvent';

  constructor(type: string, { stream, version }: Place, why: string, options?: ErrorOptions) {
    super(`${type} in ${stream} at version ${version}: ${why}`, options);
    this.name = 'UnreadableEvent';
  }
}

const Raw = z.object({ type: z.string(), shape: z.int().min(1).optional(), data: z.unknown() });

const isRaw = (raw: unknown): raw is RawEvent =>
  typeof raw === 'object' && raw !== null && Raw.safeParse(raw).success;

const firstIssue = (error: z.ZodError): string =>
  error.issues
    .slice(0, 1)
    .map(({ path, message }) => `${path.join('.') || 'event'}: ${message}`)
    .join();

/**
 * Upcasts and parses what a store holds. Throws `UnreadableEvent` naming type, stream and version.
 */
export const parseStored = (
  raw: unknown,
  place: Place,
  table: Upcasters = upcasters,
): StoredEvent => {
  if (!isRaw(raw)) throw new UnreadableEvent('something', place, 'is not an event');
  const event = upcast(raw, table);
  const schema = catalogue.get(event.type);
  if (schema === undefined) {
    throw new UnreadableEvent(raw.type, place, 'no such event is known; is this Tuesday too old?');
  }
  if ((event.shape ?? 1) > presentShape(event.type, table)) {
    const why = `shape ${event.shape} was written by a newer Tuesday; use that one`;
    throw new UnreadableEvent(raw.type, place, why);
  }
  const parsed = schema.safeParse(event);
  if (parsed.success) return parsed.data;
  throw new UnreadableEvent(raw.type, place, firstIssue(parsed.error), { cause: parsed.error });
};

/**
 * How an event is written, and as what text: as it is, with its shape where that is not 1. The
 * other answer is what keeps it from being written: not in the catalogue, not as its schema says,
 * or with a field that reading it again would lose.
 */
export const forStore = (
  event: unknown,
  table: Upcasters = upcasters,
): { readonly stored: RawEvent; readonly text: string } | { readonly problem: string } => {
  if (!isRaw(event)) return { problem: 'what is not an event' };
  const parsed = catalogue.get(event.type)?.safeParse(event);
  if (parsed === undefined)
    return { problem: `${event.type}, which is not in events/catalogue.ts` };
  if (!parsed.success) return { problem: `${event.type} with ${firstIssue(parsed.error)}` };
  // Parsing drops unknown fields and changes nothing else, so equal lengths mean that nothing was
  // dropped.
  const text = JSON.stringify(parsed.data);
  if (text.length !== JSON.stringify(event).length) {
    return { problem: `${event.type} with a field that its schema in events/ does not know` };
  }
  const shape = presentShape(event.type, table);
  if (shape === 1) return { stored: parsed.data, text };
  const stored = { ...parsed.data, shape };
  return { stored, text: JSON.stringify(stored) };
};

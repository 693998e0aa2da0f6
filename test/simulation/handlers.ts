import type { Instant } from '../../events/ids.ts';
import { carryOutPart, partsOf } from '../../functions/effects/carryOut.ts';
import { ingestBatch } from '../../functions/ingest/ingest.ts';
import { effectsOf, openEffects } from '../../functions/streams/relay.ts';
import { control } from '../../functions/ticks/control.ts';
import { inspect } from '../../functions/ticks/inspect.ts';
import { observeCapacity } from '../../functions/ticks/observeCapacity.ts';
import { sweep } from '../../functions/ticks/sweep.ts';
import { watch } from '../../functions/ticks/watch.ts';

/** The doors of the control plane, as they are called; a planted bug may stand in for one. */
export type Handlers = {
  readonly ingestBatch: typeof ingestBatch;
  readonly watch: typeof watch;
  readonly sweep: typeof sweep;
  readonly observeCapacity: typeof observeCapacity;
  readonly inspect: typeof inspect;
  readonly control: typeof control;
  readonly partsOf: typeof partsOf;
  readonly carryOutPart: typeof carryOutPart;
  readonly effectsOf: typeof effectsOf;
  readonly openEffects: typeof openEffects;
};

export const realHandlers: Handlers = {
  ingestBatch,
  watch,
  sweep,
  observeCapacity,
  inspect,
  control,
  partsOf,
  carryOutPart,
  effectsOf,
  openEffects,
};

export type { EffectMessage } from '../../functions/streams/relay.ts';
export type Clock = () => Instant;

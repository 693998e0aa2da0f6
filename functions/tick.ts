import middy from '@middy/core';
import type { EventBridgeEvent } from 'aws-lambda';
import * as z from 'zod';
import { Instant } from '../events/ids.ts';
import { logger, measure, telemetry } from './telemetry.ts';

/** What a tick answers: `refused` and `held` are news for whoever reads the log, not failures. */
export type TickReport = {
  /** Facts that were written. */
  readonly written: number;
  /** Commands that a decider refused. */
  readonly refused: readonly string[];
  /** What was left undone, each with its reason. */
  readonly held: readonly string[];
};

/**
 * `id` is made from the moment for which EventBridge scheduled the tick, and `at` is that
 * moment, so that a tick delivered twice is done once. Letters and digits only: SQS takes it as an
 * id.
 */
export type Tick = { readonly id: string; readonly at: Instant };

type ScheduledEvent = Pick<EventBridgeEvent<'Scheduled Event', unknown>, 'time'>;

const ScheduledTime = z.object({ time: z.iso.datetime() }).transform(({ time }) => ({
  id: time.replace(/[^0-9A-Za-z]/g, ''),
  at: Instant.parse(Date.parse(time)),
}));

type News = {
  readonly info: (message: string, details: Readonly<Record<string, unknown>>) => void;
};

const nothing: TickReport = { written: 0, refused: [], held: [] };

/** The ticks that there are, each with a schedule in infra/resources/schedules.yml. */
export type TickName = 'watch' | 'inspect' | 'sweep' | 'wake';

/**
 * A door for a schedule. Throws where the event carries no time, and lets what `handle` throws fail
 * loudly: a tick that is not counted as done raises an alarm.
 */
export const tick = (
  name: TickName,
  handle: (tick: Tick) => Promise<TickReport | undefined>,
  { news = logger }: { readonly news?: News } = {},
) =>
  middy<ScheduledEvent, TickReport>()
    .use(telemetry())
    .handler(async (event) => {
      const scheduled = ScheduledTime.parse(event);
      const { id: tickId } = scheduled;
      const report = (await handle(scheduled)) ?? nothing;
      for (const refused of report.refused) news.info('refused', { tickId, refused });
      for (const held of report.held) news.info('held', { tickId, held });
      news.info('done', { tickId, written: report.written });
      measure({ ticksDone: 1 }, { tick: name });
      return report;
    });

import middy from '@middy/core';
import { lambdaTools } from '../../infra/composition.ts';
import { telemetry } from '../telemetry.ts';
import { projectViews } from './projectViews.ts';
import { rebuildViews } from './rebuildViews.ts';

/** Invoked by a person, without an event: answers how many streams there are. */
export const handler = middy()
  .use(telemetry())
  .handler(async () => {
    const { store, viewsTable: table, recordedStreams: streams } = lambdaTools();
    return {
      streams: await rebuildViews({ streams: streams(), project: projectViews({ store, table }) }),
    };
  });

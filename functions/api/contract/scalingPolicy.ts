import * as z from 'zod';
import { ScalingSwitches } from '../../../events/desired.ts';
import { command } from './contract.ts';
import { inCluster } from './wire.ts';

export const setScalingPolicy = command({
  name: 'setScalingPolicy',
  method: 'PUT',
  path: '/clusters/{cluster}/scaling-policy',
  summary: 'Say whether Tuesday sets the size of groups that ECS does not scale; off until then',
  parameters: inCluster,
  body: z
    .strictObject({
      scaleOut: z.boolean().meta({ description: 'launch instances for tasks that wait' }),
      scaleIn: z.boolean().meta({
        description: 'drain instances whose tasks find room elsewhere, and end them',
      }),
    })
    .meta({ id: 'NewScalingPolicy' }),
  answer: z.object({ policy: ScalingSwitches, changed: z.boolean() }),
  problems: ['ClusterNotAdopted'],
});

import * as z from 'zod';
import { RolloutId } from '../../../events/ids.ts';
import { command, question } from './contract.ts';
import { RolloutPlan, RolloutStatus, RolloutSummary, WireRollout } from './rollout.ts';
import { ClusterName, inCluster, page, paging, Reason } from './wire.ts';

const ofRollout = z.strictObject({ cluster: ClusterName, rolloutId: RolloutId });
const path = '/clusters/{cluster}/rollouts/{rolloutId}';

export const listRollouts = question({
  name: 'listRollouts',
  path: '/clusters/{cluster}/rollouts',
  summary: 'Every rollout of a cluster, newest first, without its items',
  parameters: inCluster,
  query: z.strictObject(paging),
  answer: page(RolloutSummary),
  problems: ['ClusterNotFound'],
});

export const getRollout = question({
  name: 'getRollout',
  path,
  summary: 'One rollout: where each image, instance and service is, what is held and why',
  parameters: ofRollout,
  answer: WireRollout,
  problems: ['ClusterNotFound', 'RolloutNotFound'],
});

const emergency = z.boolean().optional().meta({ description: 'images do not wait for instances' });

export const previewRollout = question({
  name: 'previewRollout',
  path: '/clusters/{cluster}/rollouts/preview',
  summary: 'What one rollout over everything that runs behind would be; nothing is written',
  parameters: inCluster,
  body: z.strictObject({ emergency }),
  answer: RolloutPlan,
  problems: ['ClusterNotFound', 'NoReleaseYet'],
});

export const planRollout = command({
  name: 'planRollout',
  method: 'POST',
  path: '/clusters/{cluster}/rollouts',
  summary: 'Plan one rollout over everything that runs behind; nothing moves',
  parameters: inCluster,
  body: z.strictObject({
    emergency,
    planToken: z
      .string()
      .regex(/^[0-9a-f]{32}$/, 'a token of a preview')
      .optional()
      .meta({ description: 'of a preview: refused as PlanChanged if the plan is another by now' }),
  }),
  answer: RolloutSummary,
  status: 201,
  problems: [
    'ClusterNotFound',
    'NoReleaseYet',
    'NothingToRollOut',
    'PlanChanged',
    'RolloutAlreadyExists',
  ],
});

const Moved = z
  .object({
    rolloutId: RolloutId,
    status: RolloutStatus,
    changed: z.boolean().meta({ description: 'false: it was so already' }),
  })
  .meta({ id: 'RolloutMoved' });

const moves = { method: 'POST', parameters: ofRollout, answer: Moved, status: 202 } as const;
const mayBe = ['RolloutNotFound', 'RolloutEnded', 'RolloutNotRunning'] as const;

export const startRollout = command({
  ...moves,
  name: 'startRollout',
  path: `${path}/start`,
  summary: 'Let a planned rollout begin; the cluster has to be in mode drive',
  body: z.strictObject({}),
  problems: ['RolloutNotFound', 'RolloutEnded', 'ClusterNotDriven'],
});

export const pauseRollout = command({
  ...moves,
  name: 'pauseRollout',
  path: `${path}/pause`,
  summary: 'Begin nothing new; what is under way is finished',
  body: z.strictObject({ reason: Reason }),
  problems: mayBe,
});

export const resumeRollout = command({
  ...moves,
  name: 'resumeRollout',
  path: `${path}/resume`,
  summary: 'Go on after a pause or a halt',
  body: z.strictObject({}),
  problems: mayBe,
});

export const abortRollout = command({
  ...moves,
  name: 'abortRollout',
  path: `${path}/abort`,
  summary: 'End it for good: what drains is handed back',
  body: z.strictObject({ reason: Reason }),
  problems: ['RolloutNotFound', 'RolloutEnded'],
});

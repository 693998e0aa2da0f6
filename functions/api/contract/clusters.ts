import * as z from 'zod';
import { Mode as StoredMode } from '../../../events/cluster.ts';
import { ClusterArn } from '../../../events/ids.ts';
import { RebuildProject, RolloutPolicy } from '../../../events/rolloutPolicy.ts';
import { command, question } from './contract.ts';
import { WirePolicy } from './rollout.ts';
import { inCluster, list } from './wire.ts';

const Mode = StoredMode.meta({ id: 'Mode', description: 'what Tuesday may do to the cluster' });

export const Cluster = z
  .object({
    name: z.string(),
    arn: ClusterArn,
    account: z.string(),
    region: z.string(),
    mode: Mode,
    hasPolicy: z.boolean().meta({ description: 'false: the policy is the default one' }),
  })
  .meta({ id: 'Cluster' });

export const listClusters = question({
  name: 'listClusters',
  path: '/clusters',
  summary: 'Every cluster that Tuesday has on record',
  answer: z.object({ items: list(Cluster) }),
});

export const getCluster = question({
  name: 'getCluster',
  path: '/clusters/{cluster}',
  summary: 'One cluster, and what may be done to it',
  parameters: inCluster,
  answer: Cluster,
  problems: ['ClusterNotFound'],
});

export const adoptCluster = command({
  name: 'adoptCluster',
  method: 'POST',
  path: '/clusters',
  summary: 'Take a cluster into view before its first event, in mode observe',
  body: z.strictObject({ clusterArn: ClusterArn }),
  answer: Cluster,
  problems: ['ClusterNotWatched'],
});

export const setMode = command({
  name: 'setMode',
  method: 'PUT',
  path: '/clusters/{cluster}/mode',
  summary: 'Raise or lower what Tuesday may do to a cluster',
  parameters: inCluster,
  body: z.strictObject({ mode: Mode }),
  answer: z
    .object({ name: z.string(), mode: Mode, changed: z.boolean() })
    .meta({ id: 'ModeOfCluster' }),
  problems: ['ClusterNotAdopted'],
});

const Policy = z
  .object({ policy: WirePolicy.readonly(), isDefault: z.boolean() })
  .meta({ id: 'PolicyOfCluster' });

export const getPolicy = question({
  name: 'getPolicy',
  path: '/clusters/{cluster}/policy',
  summary: 'What the rollouts of a cluster obey',
  parameters: inCluster,
  answer: Policy,
  problems: ['ClusterNotFound'],
});

/** Whole, and nothing else: a policy of which a word was not understood must not be half taken. */
const NewPolicy = z
  .strictObject({
    ...RolloutPolicy.shape,
    canaryFamily: z
      .string()
      .regex(/^[A-Za-z0-9_-]{1,240}$/, 'a family of task definitions')
      .optional(),
    prefetch: z
      .strictObject(RolloutPolicy.shape.prefetch.unwrap().unwrap().shape)
      .readonly()
      .optional(),
    rebuildProjects: z
      .array(z.strictObject(RebuildProject.shape).readonly())
      .max(200)
      .readonly()
      .optional(),
  })
  .meta({ id: 'NewRolloutPolicy' });

export const setPolicy = command({
  name: 'setPolicy',
  method: 'PUT',
  path: '/clusters/{cluster}/policy',
  summary: 'Set what the rollouts of a cluster obey, whole; those under way keep theirs',
  parameters: inCluster,
  body: NewPolicy,
  answer: Policy.extend({ changed: z.boolean() }),
  problems: ['ClusterNotAdopted'],
});

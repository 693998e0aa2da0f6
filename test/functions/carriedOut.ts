import { rolloutStream } from '../../domain/rollout/rollout.ts';
import type { ObservedInstance, ObservedService } from '../../events/fleet.ts';
import type { RolloutEvent } from '../../events/rollout.ts';
import { carryOut } from '../../functions/effects/carryOut.ts';
import type { EcsGateway } from '../../infra/aws/gateways.ts';
import { effectId, rolloutId } from '../domain/rollout/rolloutBuilder.ts';
import { at } from '../support/fleetBuilder.ts';
import { anAutoScaling, anEcs, type Calls, gatewaysWith } from './gatewayDoubles.ts';
import { aRecord, writtenTo } from './record.ts';

/** Another executor has stored that it is about to make the call. */
export const attempted = (name: string, minute = 3): RolloutEvent => ({
  type: 'EffectAttempted',
  data: { effectId: effectId(name), executor: 'another', attemptedAt: at(minute) },
});

/**
 * Carries out one effect after `past`, against an ECS that answers as told and notes what is
 * changed.
 */
export const carriedOut = async (
  name: string,
  past: readonly RolloutEvent[],
  {
    instance,
    service,
    mode = 'drive',
    isBuilt = false,
    ...ecs
  }: Partial<EcsGateway> & {
    readonly instance?: ObservedInstance;
    readonly service?: ObservedService;
    readonly mode?: 'observe' | 'drive';
    /** CodeBuild has a build for the effect. */
    readonly isBuilt?: boolean;
  } = {},
) => {
  const calls: Calls = [];
  const store = await aRecord(mode, ...past);
  const gateways = gatewaysWith({
    ecs: anEcs({
      describeInstance: async () => instance,
      describeInstances: async () => (instance === undefined ? [] : [instance]),
      describeService: async () => service,
      setInstanceStatus: async (_cluster, _arn, status) => void calls.push(status),
      drainInstances: async () => {
        calls.push('DRAINING');
        return new Map();
      },
      forceNewDeployment: async () => {
        calls.push('forceNewDeployment');
        return 'ecs-svc/2';
      },
      runPinnedTask: async ({ family, clientToken, ec2InstanceId }) => {
        calls.push(`${family} ${clientToken} ${ec2InstanceId}`);
        return { taskArn: 'task' };
      },
      ...ecs,
    }),
    autoScaling: anAutoScaling({
      terminateForReplacement: async (id) => void calls.push(`terminate ${id}`),
    }),
    bus: { put: async ({ id, detailType }) => void calls.push(`${detailType} ${id}`) },
    codeBuild: {
      findBuild: async ({ project }) => {
        calls.push(`look for a build of ${project}`);
        return isBuilt ? { buildId: `${project}:1`, status: 'IN_PROGRESS' } : undefined;
      },
      startBuild: async ({ project, effectId: token }) => {
        calls.push(`build ${project} ${token}`);
        return `${project}:1`;
      },
      batchGetBuilds: async () => [],
    },
  });
  const once = () =>
    carryOut({ store, gateways, now: () => at(70) }, { rolloutId, effectId: effectId(name) });
  const report = await once();
  return { report, calls, store, once, written: await writtenTo(store, rolloutStream(rolloutId)) };
};

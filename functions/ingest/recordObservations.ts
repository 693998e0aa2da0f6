import { fleetShard } from '../../domain/fleet/fleetShard.ts';
import { arnOf, type Observation, orderOf } from '../../domain/fleet/observation.ts';
import { fleetStream, shardOf } from '../../domain/fleet/shards.ts';
import type { AdoptedCluster } from '../../domain/maintenance/cluster.ts';
import type { FleetEvent } from '../../events/fleet.ts';
import type { Instant } from '../../events/ids.ts';
import type { EventStore } from '../../infra/eventStore/eventStore.ts';
import { handleCommand } from '../../infra/eventStore/handleCommand.ts';
import { commitIdsOf } from './commitId.ts';
import { alreadySeen, applied, type IngestResult, notStored, stale } from './ingestResult.ts';

/**
 * Records what was seen of one cluster: one commit for each shard that is touched. Answers for
 * every observation, in their order. `texts` are what the observations were read from; they name
 * the commits, and are asked for where there is one.
 */
export const recordObservations = async (
  { store, now }: { readonly store: EventStore; readonly now: Instant },
  { name, shards }: Pick<AdoptedCluster, 'name' | 'shards'>,
  observations: readonly Observation[],
  texts: () => readonly string[],
): Promise<readonly IngestResult[]> => {
  const byShard = Map.groupBy(observations, (observation) => shardOf(arnOf(observation), shards));
  const results = new Map<Observation, IngestResult>();
  const commitIdFor = commitIdsOf(texts);
  const record = async (shard: number, alike: readonly Observation[]) => {
    const stream = fleetStream(name, shard);
    const command = { type: 'Observe', observations: alike, now } as const;
    const commitId = () => commitIdFor(stream);
    try {
      const { events } = await handleCommand(store, fleetShard, stream, command, { commitId, now });
      for (const [observation, result] of judged(alike, events)) results.set(observation, result);
    } catch (error) {
      for (const observation of alike) results.set(observation, notStored(error));
    }
  };
  await Promise.all([...byShard].map(([shard, alike]) => record(shard, alike)));
  return observations.map((observation) => results.get(observation) ?? stale);
};

/** An observation was applied when a fact tells of it; of two copies in one batch the first was. */
const judged = (
  observations: readonly Observation[],
  facts: readonly FleetEvent[],
): readonly (readonly [Observation, IngestResult])[] => {
  const told = new Set(facts.map(nameOfFact));
  return observations.map((observation) => {
    if (told.delete(nameOf(observation))) return [observation, applied];
    return [observation, isVersioned(observation) ? stale : alreadySeen];
  });
};

const isVersioned = ({ kind }: Observation): boolean =>
  kind === 'instance' || kind === 'task' || kind === 'service';

const nameOf = (observation: Observation): string => {
  switch (observation.kind) {
    case 'serviceAction':
      return nameOfTold(observation.action);
    case 'deploymentState':
      return nameOfTold(observation.deploymentState);
    case 'instance':
    case 'task':
    case 'service':
      return `${arnOf(observation)} ${orderOf(observation)}`;
    case 'taskDefinition':
    case 'instanceGone':
    case 'taskGone':
      return arnOf(observation);
    case 'targetGroup':
    case 'taskProtection':
      return `${observation.kind} ${arnOf(observation)}`;
    default:
      return observation satisfies never;
  }
};

const nameOfTold = (told: { readonly eventId: string; readonly eventName: string }): string =>
  `${told.eventId} ${told.eventName}`;

const nameOfFact = (fact: FleetEvent): string => {
  switch (fact.type) {
    case 'InstanceObserved':
      return `${fact.data.instance.containerInstanceArn} ${fact.data.instance.version}`;
    case 'InstanceWasDraining':
    case 'InstanceDeregistered':
      return `${fact.data.containerInstanceArn} ${fact.data.version}`;
    case 'TaskObserved':
      return `${fact.data.task.taskArn} ${fact.data.task.version}`;
    case 'ServiceObserved':
      return `${fact.data.service.serviceArn} ${fact.data.service.describedAt}`;
    case 'TaskDefinitionObserved':
      return fact.data.taskDefinition.taskDefinitionArn;
    case 'TargetGroupObserved':
      return `targetGroup ${fact.data.targetGroupArn}`;
    case 'TaskProtectionObserved':
      return `taskProtection ${fact.data.taskArn}`;
    case 'ServiceActionObserved':
    case 'DeploymentStateObserved':
      return nameOfTold(fact.data);
    case 'StoppedTasksForgotten':
      return fact.data.taskArns.join(' ');
    default:
      return fact satisfies never;
  }
};

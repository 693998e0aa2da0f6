import type { ObservedService, ObservedTaskDefinition } from '../../events/fleet.ts';
import type { WindowsBuild } from '../../events/ids.ts';
import { defaultServiceStrategies } from './defaultStrategies.ts';
import type {
  ImageLayer,
  PlacementConstraint,
  PlacementContainer,
  PlacementStrategy,
  PlacementTask,
} from './placementProblem.ts';
import { parseQuery } from './query/parse.ts';

/** What is known of an image beside its name. */
export type ImageKnowledge = {
  readonly build: WindowsBuild | null;
  readonly layers: readonly ImageLayer[] | null;
};

type Wishes = Pick<ObservedService, 'placementConstraints' | 'placementStrategy'>;

/** What tasks of one definition under one service have in common. */
export type TaskPattern = Omit<PlacementTask, 'id' | 'chance' | 'hostVolumeInstanceId'>;

/**
 * Tasks of a service as the engine asks about them; or a sentence that says which constraint or
 * strategy Tuesday cannot read, because what it cannot read it must not pass over.
 */
export const taskPatternOf = (
  group: string,
  definition: ObservedTaskDefinition,
  service: Wishes,
  knowledgeOf: (container: string) => ImageKnowledge,
): TaskPattern | { readonly unreadable: string } => {
  const wished = [
    ...(service.placementConstraints ?? []),
    ...(definition.placementConstraints ?? []),
  ];
  const constraints: PlacementConstraint[] = [];
  for (const { type, expression = '' } of wished) {
    if (type === 'distinctInstance') {
      constraints.push({ type });
      continue;
    }
    const query = parseQuery(expression);
    if (type !== 'memberOf') return { unreadable: `${group} has a constraint ${type}` };
    if ('refused' in query) {
      return { unreadable: `the constraint of ${group}: ${query.refused.message}` };
    }
    constraints.push({ type, query: query.ok });
  }
  const strategies: PlacementStrategy[] = [];
  for (const { type, field = '' } of service.placementStrategy ?? []) {
    const strategy = strategyOf(type, field);
    if (strategy === undefined) return { unreadable: `${group} has a strategy ${type} ${field}` };
    strategies.push(strategy);
  }
  return {
    group,
    containers: definition.containers.map((each) => containerOf(each, knowledgeOf(each.name))),
    networkMode: definition.networkMode === 'awsvpc' ? 'awsvpc' : 'default',
    requiredAttributes: requiredOf(definition),
    constraints,
    strategies: strategies.length === 0 ? defaultServiceStrategies : strategies,
  };
};

const strategyOf = (type: string, field: string): PlacementStrategy | undefined => {
  if (type === 'random') return { type };
  if (type === 'binpack') {
    return field === 'cpu' || field === 'memory' ? { type, field } : undefined;
  }
  if (type !== 'spread') return undefined;
  if (field === 'instanceId' || field === 'host') return { type, field };
  const name = /^attribute:(.+)$/.exec(field)?.[1];
  return name === undefined ? undefined : { type, field: `attribute:${name}` };
};

/** The system family is asked of the instance by ECS wherever the definition names it. */
const requiredOf = ({ operatingSystemFamily, requiresAttributes }: ObservedTaskDefinition) => [
  ...(operatingSystemFamily === undefined
    ? []
    : [{ name: 'ecs.os-family', value: operatingSystemFamily }]),
  ...(requiresAttributes ?? []).map(({ name, value }) => ({ name, value: value ?? null })),
];

const containerOf = (
  { name, cpu, memoryMiB, hostPorts }: ObservedTaskDefinition['containers'][number],
  { build, layers }: ImageKnowledge,
): PlacementContainer => {
  const portsOf = (wanted: 'tcp' | 'udp') =>
    hostPorts.flatMap(({ protocol, port }) => (protocol === wanted && port > 0 ? [port] : []));
  return {
    name,
    cpu,
    memoryMiB: memoryMiB ?? null,
    gpus: 0,
    tcpPorts: portsOf('tcp'),
    udpPorts: portsOf('udp'),
    imageBuild: build,
    layers,
  };
};

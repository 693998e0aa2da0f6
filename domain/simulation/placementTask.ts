import { assert } from '../assert.ts';
import type {
  PlacementConstraint,
  PlacementContainer,
  PlacementStrategy,
  PlacementTask,
} from '../placement/placementProblem.ts';
import { parseQuery } from '../placement/query/parse.ts';
import { type Answer, type Input, invalid, recordsOf, textOf } from './answers.ts';
import type {
  ContainerDefinition,
  Service,
  ServiceConstraint,
  ServiceStrategy,
  TaskDefinition,
} from './world.ts';

/** What RunTask and the scheduler of a service ask for beside the task definition. */
export type PlacementWish = {
  readonly group: string;
  readonly constraints: readonly ServiceConstraint[];
  readonly strategies: readonly ServiceStrategy[];
};

/**
 * A service without a strategy is spread over the zones and in them over the instances (Amazon ECS
 * Developer Guide, "Amazon ECS services").
 */
export const defaultServiceStrategies: readonly ServiceStrategy[] = [
  { type: 'spread', field: 'attribute:ecs.availability-zone' },
  { type: 'spread', field: 'instanceId' },
];

/** What a service asks for. */
export const wishOf = ({
  name,
  placementConstraints,
  placementStrategy,
}: Pick<Service, 'name' | 'placementConstraints' | 'placementStrategy'>): PlacementWish => ({
  group: `service:${name}`,
  constraints: placementConstraints,
  strategies: placementStrategy.length === 0 ? defaultServiceStrategies : placementStrategy,
});

/** `chance` is drawn by the caller, because what the strategies leave equal goes by chance. */
export const placementTaskOf = (
  definition: TaskDefinition,
  { group, constraints, strategies }: PlacementWish,
): PlacementTask => {
  const { containers, requiredAttributes, own } = partsOf(definition);
  return {
    id: definition.arn,
    group,
    containers,
    networkMode: definition.networkMode === 'awsvpc' ? 'awsvpc' : 'default',
    requiredAttributes,
    constraints: joined(read(constraints, constraintOf), own),
    strategies: read(strategies, strategyOf, { type: 'random' }),
    hostVolumeInstanceId: null,
    chance: 0,
  };
};

/** The same parts for the same definition: the engine knows them again by identity. */
type Parts = Pick<PlacementTask, 'containers' | 'requiredAttributes'> & {
  /** Constraints of the task definition itself. */
  readonly own: PlacementTask['constraints'];
};

const known = new WeakMap<object, Parts>();

const partsOf = (definition: TaskDefinition): Parts => {
  const { containerDefinitions, operatingSystemFamily } = definition;
  const parts = known.get(containerDefinitions) ?? {
    containers: containerDefinitions.map(placementContainerOf),
    requiredAttributes:
      operatingSystemFamily === null
        ? []
        : [{ name: 'ecs.os-family', value: operatingSystemFamily }],
    own: constraintsOf(definition),
  };
  known.set(containerDefinitions, parts);
  return parts;
};

const constraintsOf = ({ rest }: TaskDefinition): PlacementTask['constraints'] =>
  recordsOf(rest, 'placementConstraints').map((written) =>
    constraintOf({ type: 'memberOf', expression: textOf(written, 'expression') ?? '' }),
  );

/** Both as they are where one is empty, so that they are known again. */
const joined = <Item>(one: readonly Item[], other: readonly Item[]): readonly Item[] =>
  other.length === 0 ? one : [...one, ...other];

const readLists = new WeakMap<object, readonly unknown[]>();

const read = <Written extends object, Read>(
  written: readonly Written[],
  readOne: (written: Written) => Read,
  ...more: readonly Read[]
): readonly Read[] => {
  const list = (readLists.get(written) ?? [...written.map(readOne), ...more]) as readonly Read[];
  readLists.set(written, list);
  return list;
};

const constraintOf = ({ type, expression }: ServiceConstraint): PlacementConstraint => {
  if (type === 'distinctInstance') return { type };
  const query = parseQuery(expression ?? '');
  assert('ok' in query, `ECS has refused what it cannot read: ${expression}`);
  return { type: 'memberOf', query: query.ok };
};

const strategyOf = ({ type, field }: ServiceStrategy): PlacementStrategy => {
  if (type === 'random') return { type };
  if (type === 'binpack') return { type, field: field === 'cpu' ? 'cpu' : 'memory' };
  if (field === 'instanceId' || field === 'host') return { type: 'spread', field };
  return { type: 'spread', field: `attribute:${field.slice('attribute:'.length)}` };
};

const placementContainerOf = (container: ContainerDefinition): PlacementContainer => {
  const ports = (container.portMappings ?? []).filter(({ hostPort }) => Boolean(hostPort));
  const portsOf = (protocol: string) =>
    ports
      .filter((mapping) => (mapping.protocol ?? 'tcp') === protocol)
      .map(({ hostPort }) => hostPort ?? 0);
  return {
    name: container.name,
    cpu: container.cpu ?? 0,
    memoryMiB: memoryOf(container),
    gpus: 0,
    tcpPorts: portsOf('tcp'),
    udpPorts: portsOf('udp'),
    imageBuild: null,
    layers: null,
  };
};

export const memoryOf = ({ memory, memoryReservation }: ContainerDefinition): number =>
  memory ?? memoryReservation ?? 0;

/** What a request asks for, or the answer of ECS to what it cannot read. */
export const wishesOf = (
  input: Input,
):
  | { readonly constraints: ServiceConstraint[]; readonly strategies: ServiceStrategy[] }
  | { readonly refused: Answer } => {
  const constraints: ServiceConstraint[] = [];
  for (const each of recordsOf(input, 'placementConstraints')) {
    const type = textOf(each, 'type');
    if (type === 'distinctInstance') {
      constraints.push({ type });
      continue;
    }
    const expression = textOf(each, 'expression') ?? '';
    const query = parseQuery(expression);
    if (type !== 'memberOf' || 'refused' in query) {
      const why = 'refused' in query ? query.refused.message : `${type} is no constraint.`;
      return { refused: invalid(`Invalid placement constraint expression. ${why}`) };
    }
    constraints.push({ type, expression });
  }
  const strategies: ServiceStrategy[] = [];
  for (const each of recordsOf(input, 'placementStrategy')) {
    const type = textOf(each, 'type') ?? '';
    const field = textOf(each, 'field') ?? '';
    if (!isStrategy(type, field)) {
      return { refused: invalid(`Invalid placement strategy. ${type} ${field}`) };
    }
    strategies.push({ type, field });
  }
  if (constraints.length > 10) return { refused: invalid('At most 10 placement constraints.') };
  if (strategies.length > 5) return { refused: invalid('At most 5 placement strategies.') };
  return { constraints, strategies };
};

const isStrategy = (type: string, field: string): type is ServiceStrategy['type'] => {
  if (type === 'random') return true;
  if (type === 'binpack') return field === 'cpu' || field === 'memory';
  const isSpread = field === 'instanceId' || field === 'host' || field.startsWith('attribute:');
  return type === 'spread' && isSpread;
};

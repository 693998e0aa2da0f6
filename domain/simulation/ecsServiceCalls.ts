import {
  fail,
  type Input,
  idOf,
  invalid,
  isRecord,
  numberOf,
  type Operation,
  ok,
  pageOf,
  textOf,
  textsOf,
} from './answers.ts';
import { clusterResourceArn } from './arns.ts';
import { beginDeployment } from './deployments.ts';
import { wishesOf } from './placementTask.ts';
import { evaluateSoon } from './serviceSignals.ts';
import { serviceShape } from './shapes.ts';
import { findDefinition } from './taskDefinitions.ts';
import type { Service } from './world.ts';

const listServices: Operation = (world, input) => {
  const arns = Object.values(world.services).map(({ arn }) => arn);
  // Ten unless asked for more (API ListServices).
  const { page, nextToken } = pageOf(arns.sort(), input, 10);
  return ok({ serviceArns: page, ...(nextToken && { nextToken }) });
};

const describeServices: Operation = (world, input) => {
  const references = textsOf(input, 'services');
  if (references.length === 0) return invalid('Services cannot be empty.');
  if (references.length > 10) return invalid('Services can have at most 10 items.');
  const isKnown = (reference: string) => world.services[idOf(reference)] !== undefined;
  return ok({
    services: references.flatMap((reference) => {
      const service = world.services[idOf(reference)];
      return service === undefined ? [] : [serviceShape(world, service)];
    }),
    failures: references
      .filter((reference) => !isKnown(reference))
      .map((reference) => ({
        arn: reference.startsWith('arn:')
          ? reference
          : clusterResourceArn(world, 'service', reference),
        reason: 'MISSING',
      })),
  });
};

const updateService: Operation = (world, input) => {
  const service = world.services[idOf(textOf(input, 'service') ?? '')];
  if (service === undefined) return fail('ServiceNotFoundException', 'Service not found.');
  const reference = textOf(input, 'taskDefinition');
  const definition = findDefinition(world, reference ?? service.taskDefinition);
  if (definition === undefined) {
    return fail('ClientException', 'TaskDefinition not found.');
  }
  const wishes = wishesOf(input);
  if ('refused' in wishes) return wishes.refused;
  if (input.placementConstraints !== undefined) service.placementConstraints = wishes.constraints;
  if (input.placementStrategy !== undefined) service.placementStrategy = wishes.strategies;
  configure(service, input);
  const changes = definition.arn !== service.taskDefinition;
  if (changes || input.forceNewDeployment === true) {
    beginDeployment(world, service, definition.arn);
  }
  service.steady = false;
  evaluateSoon(world, service);
  return ok({ service: serviceShape(world, service) });
};

const configure = (service: Service, input: Input) => {
  // A daemon has as many tasks as it has instances (ECS API Reference, UpdateService).
  if (service.schedulingStrategy === 'REPLICA') {
    service.desiredCount = numberOf(input, 'desiredCount') ?? service.desiredCount;
  }
  const rebalancing = textOf(input, 'availabilityZoneRebalancing');
  if (rebalancing === 'ENABLED' || rebalancing === 'DISABLED') {
    service.availabilityZoneRebalancing = rebalancing;
  }
  const configuration = input.deploymentConfiguration;
  if (!isRecord(configuration)) return;
  service.minimumHealthyPercent =
    numberOf(configuration, 'minimumHealthyPercent') ?? service.minimumHealthyPercent;
  service.maximumPercent = numberOf(configuration, 'maximumPercent') ?? service.maximumPercent;
  const breaker = configuration.deploymentCircuitBreaker;
  if (isRecord(breaker)) {
    service.circuitBreaker = {
      enable: breaker.enable === true,
      rollback: breaker.rollback === true,
    };
  }
};

export const serviceOperations: Readonly<Record<string, Operation>> = {
  ListServices: listServices,
  DescribeServices: describeServices,
  UpdateService: updateService,
};

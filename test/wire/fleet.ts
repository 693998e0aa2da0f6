import type { Scenario } from '../../domain/simulation/scenario.ts';
import { pinned, type SmallPlan, smallScenario } from '../domain/simulation/smallWorld.ts';

const names = ['orders', 'portal', 'basket', 'search', 'mail', 'stock'];

const services: NonNullable<SmallPlan['services']> = names.map((name, index) => ({
  name,
  family: name,
  desiredCount: 10,
  minimumHealthyPercent: index % 2 === 0 ? 100 : 50,
  maximumPercent: 200,
}));

/**
 * 20 Windows instances, whose launch template names their AMI, and 60 tasks of 6 services; a new
 * base image two hours from now.
 */
export const wireScenario = (): Scenario => ({
  ...smallScenario({ instances: 20, services, group: pinned }),
  name: 'wire',
});

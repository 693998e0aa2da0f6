import { describe, expect, it } from 'vitest';
import { runningTasks, whyBelowMinimum } from '../../../domain/service/runningTasks.ts';
import {
  aFleet,
  anInstance,
  aService,
  aTask,
  aTaskDefinition,
} from '../../support/fleetBuilder.ts';

const orders = aService('orders', { desiredCount: 2, minimumHealthyPercent: 100 });

describe('the running tasks of a service', () => {
  // Found by the fault simulation: ECS counts the tasks of a machine that is gone as running.
  it('are not those on an instance whose agent is disconnected', () => {
    const instances = [anInstance('a'), anInstance('b', { agentConnected: false })];
    const tasks = ['a', 'b'].map((on) => aTask(`on-${on}`, { on }));
    const view = aFleet({ instances, services: [orders], tasks });
    expect(runningTasks(view, orders)).toBe(1);
    expect(whyBelowMinimum(view, orders)).toBe('orders runs 1 tasks, its minimum is 2');
  });

  it.each([
    ['HEALTHY', true, 1],
    ['UNHEALTHY', true, 0],
    // The agent stopped telling, or the check has not run yet: ECS does not count it either.
    [undefined, true, 0],
    [undefined, false, 1],
    ['UNHEALTHY', false, 0],
  ] as const)('whose health is %s, with a check of their own: %s', (healthStatus, check, count) => {
    const definition = aTaskDefinition('orders');
    const containers = definition.containers.map((each) => ({
      ...each,
      ...(check && { hasHealthCheck: true as const }),
    }));
    const view = aFleet({
      services: [orders],
      tasks: [aTask('one', healthStatus === undefined ? {} : { healthStatus })],
      taskDefinitions: [{ ...definition, containers }],
    });
    expect(runningTasks(view, orders)).toBe(count);
  });

  it('are those on no instance too, as on Fargate', () => {
    const view = aFleet({ services: [orders], tasks: [aTask('one'), aTask('two')] });
    expect(runningTasks(view, orders)).toBe(2);
  });
});

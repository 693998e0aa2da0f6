import { describe, expect, test } from 'vitest';
import { callAws } from '../../../domain/simulation/callAws.ts';
import { instanceQuery } from '../../../domain/simulation/instanceQuery.ts';
import { smallWorld } from './smallWorld.ts';

describe('a cluster query over simulated instances', () => {
  const world = smallWorld();
  const [instance] = Object.values(world.instances);

  test.each([
    ['attribute:tuesday.os-build == 20348.4171', true],
    ["attribute:tuesday.os-build in [20348.4171, '20348.4294']", true],
    ['attribute:tuesday.os-build not_in [20348.4294]', true],
    ['attribute:nothing exists', false],
    ['not(attribute:ecs.os-type == linux) and agentConnected == true', true],
    ["ecs.os-type=='windows'", true],
    ['ec2InstanceId != i-0 || attribute:nothing exists', true],
    ['agentVersion >= 1.99', true],
    ['registeredAt > 2024-01-01', true],
    ['runningTasksCount >= 1 and task:group =~ service:.*', true],
    ['task:group == service:nobody or runningTasksCount > 1000', false],
  ])('%s is %s', (expression, holds) => {
    const query = instanceQuery(world, expression);
    expect(instance && 'ok' in query && query.ok(instance)).toBe(holds);
  });

  test.each([
    ['RunTask', { placementConstraints: [{ type: 'memberOf', expression: 'attribute:a ==' }] }],
    ['ListContainerInstances', { filter: 'attribute:a ==' }],
  ])('an expression that cannot be read refuses %s and says where', (operation, asked) => {
    const [definition] = Object.values(world.taskDefinitions);
    const input = { cluster: 'shop', taskDefinition: definition?.arn, ...asked };
    const answer = callAws(world, 'ecs', operation, input);
    expect(JSON.stringify(answer)).toMatch(
      /InvalidParameterException.*Column 15: expected a value/,
    );
  });
});

import { describe, expect, test } from 'vitest';
import { callAws } from '../../../domain/simulation/callAws.ts';
import type { World } from '../../../domain/simulation/world.ts';
import { parseAwsEvent } from '../../../events/aws/parseAwsEvent.ts';
import { ask, eventsOf, hour, pass, smallWorld } from './smallWorld.ts';

const scope = { accounts: ['111122223333'], regions: ['eu-west-1'], clusters: ['shop'] };

/** A deployment, a rebuild, a drain, a termination through its hook. */
const busy = (): World => {
  const world = smallWorld({
    group: { terminationHook: { name: 'drain', timeoutMs: hour } },
    scenario: { agentBlipsPerDay: 24 },
  });
  const [instance] = Object.values(world.instances);
  ask(world, 'UpdateService', { service: 'orders', forceNewDeployment: true });
  ask(world, 'UpdateContainerInstancesState', {
    containerInstances: [instance?.arn],
    status: 'DRAINING',
  });
  callAws(world, 'autoscaling', 'TerminateInstanceInAutoScalingGroup', {
    InstanceId: instance?.ec2InstanceId,
  });
  const detail = { effectId: 'effect-1', repository: 'orders', tag: 'live', toBuild: '20348.4171' };
  callAws(world, 'events', 'PutEvents', {
    Entries: [
      {
        Source: 'tuesday',
        DetailType: 'Image Rebuild Requested',
        Detail: JSON.stringify(detail),
      },
    ],
  });
  pass(world, 12 * hour);
  return world;
};

/**
 * Members of each event's detail in AWS's published samples, less what a task of its own network
 * has.
 */
const documented: Readonly<Record<string, readonly string[]>> = {
  'ECS Task State Change': [
    ...['attachments', 'attributes', 'availabilityZone', 'clusterArn', 'connectivity'],
    ...['connectivityAt', 'containerInstanceArn', 'containers', 'cpu', 'createdAt'],
    ...['desiredStatus', 'enableExecuteCommand', 'group', 'launchType', 'lastStatus', 'memory'],
    ...['overrides', 'taskArn', 'taskDefinitionArn', 'updatedAt', 'version'],
  ],
  'ECS Container Instance State Change': [
    ...['agentConnected', 'attributes', 'clusterArn', 'containerInstanceArn', 'ec2InstanceId'],
    ...['registeredResources', 'remainingResources', 'status', 'version', 'versionInfo'],
    'updatedAt',
  ],
  'ECS Service Action': ['eventType', 'eventName', 'clusterArn', 'createdAt'],
  'ECS Deployment State Change': [
    ...['eventType', 'eventName', 'deploymentId', 'updatedAt', 'reason'],
  ],
  'ECR Image Action': ['result', 'repository-name', 'image-digest', 'action-type', 'image-tag'],
  'EC2 Instance State-change Notification': ['instance-id', 'state'],
  'EC2 Instance-terminate Lifecycle Action': [
    ...['LifecycleActionToken', 'AutoScalingGroupName', 'LifecycleHookName', 'EC2InstanceId'],
    'LifecycleTransition',
  ],
};

describe('the events of a busy day', () => {
  const world = busy();

  test.each(Object.entries(documented))('%s has the documented members', (type, members) => {
    const events = eventsOf(world, type);
    expect(events.length).toBeGreaterThan(0);
    for (const { detail } of events) {
      expect(Object.keys(detail)).toEqual(expect.arrayContaining([...members]));
    }
  });

  test('are of no other kind, and Tuesday can read every one of them', () => {
    for (const event of eventsOf(world)) {
      expect(Object.keys(documented)).toContain(event['detail-type']);
      const parsed = parseAwsEvent(JSON.stringify(event), scope);
      expect(parsed).toMatchObject({ outcome: 'accepted' });
    }
  });

  test('carry a version that rises with each change of a task or an instance', () => {
    const versions = new Map<string, number>();
    for (const type of ['ECS Task State Change', 'ECS Container Instance State Change']) {
      for (const { resources, detail } of eventsOf(world, type)) {
        const [arn = ''] = resources;
        const version = Number(detail.version);
        expect(version).toBeGreaterThan(versions.get(arn) ?? 0);
        versions.set(arn, version);
      }
    }
    expect(versions.size).toBeGreaterThan(0);
  });
});

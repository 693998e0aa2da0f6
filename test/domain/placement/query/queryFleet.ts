import type { QuerySubject } from '../../../../domain/placement/query/ast.ts';
import type { Instant } from '../../../../events/ids.ts';

const at = (iso: string) => Date.parse(iso) as Instant;

/** Five instances that differ in all that can be asked, each under one letter. */
export const queryFleet: Readonly<Record<string, QuerySubject>> = {
  A: {
    ec2InstanceId: 'i-0aaaaaaaa',
    agentConnected: true,
    agentVersion: '1.89.3',
    registeredAt: at('2025-10-01T00:00:00Z'),
    runningTasksCount: 0,
    attributes: {
      'ecs.os-type': 'windows',
      'ecs.instance-type': 'm5.large',
      'ecs.availability-zone': 'eu-west-1a',
      'tuesday.os-build': '20348.4171',
      stack: 'prod',
      'com.amazonaws.ecs.capability.ecr-auth': null,
    },
    taskGroups: [],
  },
  B: {
    ec2InstanceId: 'i-0bbbbbbbb',
    agentConnected: true,
    agentVersion: '1.99.0',
    registeredAt: at('2025-10-14T17:00:00.500Z'),
    runningTasksCount: 3,
    attributes: {
      'ecs.os-type': 'windows',
      'ecs.instance-type': 'm5.xlarge',
      'ecs.availability-zone': 'eu-west-1b',
      'tuesday.os-build': '20348.4294',
      stack: 'test',
    },
    taskGroups: ['service:orders', 'service:orders', 'family:batch'],
  },
  C: {
    ec2InstanceId: 'i-0cccccccc',
    agentConnected: false,
    agentVersion: '1.9.0',
    registeredAt: at('2018-06-18T22:28:28Z'),
    runningTasksCount: 1,
    attributes: {
      'ecs.os-type': 'windows',
      'ecs.instance-type': 'g2.2xlarge',
      'ecs.availability-zone': 'eu-west-1c',
      'tuesday.os-build': '17763.7792',
    },
    taskGroups: ['service:production'],
  },
  /** Of this one nothing is known but its attributes and tasks. */
  D: {
    ec2InstanceId: null,
    agentConnected: null,
    agentVersion: null,
    registeredAt: null,
    runningTasksCount: null,
    attributes: {
      'ecs.os-type': 'linux',
      'ecs.instance-type': 't3.small',
      'ecs.availability-zone': 'eu-west-1a',
      stack: 'two words',
    },
    taskGroups: ['database'],
  },
  E: {
    ec2InstanceId: 'i-0eeeeeeee',
    agentConnected: true,
    agentVersion: '1.100.0',
    registeredAt: at('2025-11-11T08:30:00Z'),
    runningTasksCount: 12,
    attributes: {
      'ecs.os-type': 'windows',
      'ecs.instance-type': 'r5.2xlarge',
      'ecs.availability-zone': 'eu-west-1b',
      'tuesday.os-build': '26100.6584',
      folder: 'C:\\data',
      'back\\slash/name': 'x@y',
      long: 'x'.repeat(300),
    },
    taskGroups: ['service:web', "it's"],
  },
};

import { describe, expect, it } from 'vitest';
import type { QuerySubject } from '../../../domain/placement/query/ast.ts';
import { parseQuery } from '../../../domain/placement/query/parse.ts';
import type { Instant } from '../../../events/ids.ts';
import { type Answer, answerQuery } from './answerQuery.ts';

// Worked by hand from the Developer Guide's page on the cluster query language, and from
// docs/ecs-differences.md where that page is silent.

const seen: QuerySubject = {
  ec2InstanceId: 'i-0abc',
  agentConnected: true,
  agentVersion: '1.99.0',
  registeredAt: Date.parse('2018-06-18T22:28:28.500Z') as Instant,
  runningTasksCount: 10,
  attributes: {
    'ecs.os-type': 'windows',
    'ecs.instance-type': 'm5.large',
    'tuesday.os-build': '20348.4294',
    rack: '10',
    drained: null,
  },
  taskGroups: ['service:web', 'family:batch'],
};

const nothingKnown: QuerySubject = {
  ec2InstanceId: null,
  agentConnected: null,
  agentVersion: null,
  registeredAt: null,
  runningTasksCount: null,
  attributes: {},
  taskGroups: [],
};

const ask = (text: string, about: QuerySubject): Answer => {
  const parsed = parseQuery(text);
  if ('refused' in parsed) throw new Error(`${text}: ${parsed.refused.message}`);
  return answerQuery(parsed.ok, about);
};

describe('a cluster query about an instance', () => {
  it.each<readonly [string, Answer]>([
    ['attribute:ecs.instance-type =~ m5', false], // all of the value has to match
    ['attribute:ecs.instance-type =~ m5.*', true],
    ['attribute:ecs.instance-type =~ m5|m5.large', true],
    ['attribute:ecs.instance-type !~ r5.*', true],
    ['ecs.os-type == windows', true], // as AWS's own Windows page writes it
    ["attribute:ecs.os-type in ['linux', 'windows']", true],
    ['attribute:ecs.os-type != windows', false],
    ['attribute:drained exists', true], // a value is optional
    ['attribute:drained == true', false],
    ['attribute:drained != true', true],
    ['attribute:drained =~ .*', false],
    ['attribute:absent exists', false],
    ['attribute:absent !exists', true],
    ['attribute:absent !in [a, b]', true],
    ['attribute:absent !~ .*', true],
    ['attribute:absent < a', false],
    ['attribute:absent >= a', false],
    ['attribute:constructor exists', false],
    ['attribute:rack > 9', true], // as numbers; as text it would be less
    ['attribute:rack > 9a', false], // not a number, so as text
    ['attribute:rack == 10.0', false], // equality is that of the text
    ['attribute:rack >= 10.0', true],
    ['attribute:tuesday.os-build > 20348.999', true],
    ['attribute:tuesday.os-build > 20348', true], // a part that is missing is zero
    ['attribute:ecs.os-type > 1', false], // a version is compared with versions only
    ['attribute:ecs.os-type <= 1', false],
    ['attribute:ecs.os-type > Windows', true], // by code unit
    ['agentVersion == 1.99', true], // a missing part is zero
    ['agentVersion < 1.100', true],
    ['registeredAt == 2018-06-18T22:28:28+00:00', true], // by the second
    ['registeredAt > 2018-06-18T22:28:28', false],
    ['registeredAt <= 2018-06-18T20:28:28-02:00', true],
    ['registeredAt > 2018-06-18', true], // its midnight
    ['runningTasksCount >= 9', true],
    ['runningTasksCount == 010', true],
    ['ec2InstanceId in [i-1, i-0abc]', true],
    ['agentConnected == true', true],
    ['task:group == service:web', true],
    ['task:group != service:web', false], // the opposite, though family:batch is not it
    ['not(task:group == database)', true],
    ['task:group =~ service:.*', true],
    ['task:group !exists', false],
  ])('%s: %s', (text, answer) => {
    expect(ask(text, seen)).toBe(answer);
  });

  it.each<readonly [string, Answer]>([
    ['agentVersion < 1.14.5', null],
    ['agentVersion != 1.14.5', null],
    ['not(agentVersion < 1.14.5)', null],
    ['registeredAt > 2018-06-18', null],
    ['ec2InstanceId !in [i-1]', null],
    ['ec2InstanceId !~ i-1', null],
    ['agentConnected == true', null],
    ['runningTasksCount == 0', null],
    ['runningTasksCount == 0 or attribute:a !exists', true],
    ['runningTasksCount == 0 or attribute:a exists', null],
    ['runningTasksCount == 0 and attribute:a exists', false],
    ['runningTasksCount == 0 and attribute:a !exists', null],
    ['task:group exists', false], // which tasks are there is always known
    ['task:group != a', true],
  ])('of which nothing is known, %s: %s', (text, answer) => {
    expect(ask(text, nothingKnown)).toBe(answer);
  });
});

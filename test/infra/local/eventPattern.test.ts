import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  checkPattern,
  type EventPattern,
  matchesPattern,
} from '../../../infra/local/eventPattern.ts';

const event = {
  source: 'aws.ecs',
  'detail-type': 'ECS Task State Change',
  account: '123456789012',
  resources: ['arn:one', 'arn:two'],
  detail: { lastStatus: 'RUNNING', version: 7, healthy: true, reason: null, containers: [] },
};

type Row = readonly [string, EventPattern];

const matching: readonly Row[] = [
  ['exact text', { source: ['aws.ecs'] }],
  ['one of several', { source: ['aws.ecr', 'aws.ecs'] }],
  ['an exact number', { detail: { version: [7] } }],
  ['true', { detail: { healthy: [true] } }],
  ['null', { detail: { reason: [null] } }],
  ['one item of a list', { resources: ['arn:two'] }],
  ['every field at once', { source: ['aws.ecs'], detail: { lastStatus: ['RUNNING'] } }],
  ['prefix', { source: [{ prefix: 'aws.' }] }],
  ['prefix in any case', { source: [{ prefix: { 'equals-ignore-case': 'AWS.' } }] }],
  ['suffix', { source: [{ suffix: '.ecs' }] }],
  ['equals-ignore-case', { detail: { lastStatus: [{ 'equals-ignore-case': 'running' }] } }],
  ['anything-but', { source: [{ 'anything-but': 'aws.ec2' }] }],
  ['anything-but of a list', { source: [{ 'anything-but': ['aws.ec2', 'aws.ecr'] }] }],
  ['anything-but a prefix', { source: [{ 'anything-but': { prefix: 'custom.' } }] }],
  ['numeric =', { detail: { version: [{ numeric: ['=', 7] }] } }],
  ['numeric between', { detail: { version: [{ numeric: ['>', 0, '<=', 7] }] } }],
  ['exists', { detail: { lastStatus: [{ exists: true }] } }],
  ['exists not', { detail: { stoppedAt: [{ exists: false }] } }],
  ['exists not, deep in nothing', { nowhere: { at: { all: [{ exists: false }] } } }],
];

const differing: readonly Row[] = [
  ['other text', { source: ['aws.ecr'] }],
  ['text in another case', { source: ['AWS.ECS'] }],
  ['a number as text', { detail: { version: ['7'] } }],
  ['a field that is missing', { region: ['eu-west-1'] }],
  ['one field of two', { source: ['aws.ecs'], account: ['210987654321'] }],
  ['prefix', { source: [{ prefix: 'ecs' }] }],
  ['suffix', { source: [{ suffix: 'aws.' }] }],
  ['prefix of a number', { detail: { version: [{ prefix: '7' }] } }],
  ['anything-but', { source: [{ 'anything-but': ['aws.ec2', 'aws.ecs'] }] }],
  ['anything-but of a missing field', { region: [{ 'anything-but': 'eu-west-1' }] }],
  ['anything-but a suffix', { source: [{ 'anything-but': { suffix: '.ecs' } }] }],
  ['numeric', { detail: { version: [{ numeric: ['<', 7] }] } }],
  ['numeric between', { detail: { version: [{ numeric: ['>', 7, '<=', 9] }] } }],
  ['numeric of text', { source: [{ numeric: ['>', 0] }] }],
  ['exists', { detail: { stoppedAt: [{ exists: true }] } }],
  ['exists of what has only fields below it', { detail: [{ exists: true }] }],
  ['an inherited field', { toString: [{ exists: true }] }],
];

describe('an event pattern', () => {
  it.each(matching)('matches by %s', (_, pattern) => {
    expect(matchesPattern(pattern, event)).toBe(true);
  });

  it.each(differing)('does not match: %s', (_, pattern) => {
    expect(matchesPattern(pattern, event)).toBe(false);
  });

  it.each<Row>([
    ['wildcard', { source: [{ wildcard: 'aws.*' }] }],
    ['cidr', { source: [{ cidr: '10.0.0.0/8' }] }],
    ['two operators at once', { source: [{ prefix: 'a', suffix: 's' }] }],
    ['a list in a list', { source: [['aws.ecs']] }],
    ['numeric with an unknown comparison', { detail: { version: [{ numeric: ['~', 7] }] } }],
    ['numeric cut short', { detail: { version: [{ numeric: ['>', 0, '<'] }] } }],
    ['anything-but with an unknown operator', { source: [{ 'anything-but': { cidr: 'x' } }] }],
    ['exists with text', { source: [{ exists: 'yes' }] }],
  ])('is an error where it says %s', (_, pattern) => {
    expect(() => matchesPattern(pattern, event)).toThrow(/event pattern/);
    expect(() => checkPattern(pattern)).toThrow(/event pattern/);
  });

  it('matches the value that it was made of, and nothing else', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (wanted, actual) => {
        expect(matchesPattern({ source: [wanted] }, { source: actual })).toBe(wanted === actual);
        const anythingBut = { source: [{ 'anything-but': wanted }] };
        expect(matchesPattern(anythingBut, { source: actual })).toBe(wanted !== actual);
      }),
    );
  });
});

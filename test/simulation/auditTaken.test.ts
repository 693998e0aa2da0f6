import { describe, expect, it } from 'vitest';
import type { Deed } from './auditActs.ts';
import type { RolloutRecord } from './auditRecord.ts';
import { instance, instanceArn, truth } from './auditScenes.ts';
import { createTakenBook, noteTaken, outCount, settle, takeAct } from './auditTaken.ts';
import { indexTruth } from './auditTruth.ts';

const a = instanceArn('a');
const b = { arn: instanceArn('b'), ec2InstanceId: 'i-b' };

/** What an auditor knows of `a`, DRAINING in truth, after these. */
const bookOf = (...told: readonly ('proved' | readonly [Deed, took: boolean])[]) => {
  const book = createTakenBook();
  const rollout = { replaced: new Map([[a, b]]) } as unknown as RolloutRecord;
  const event = { type: 'InstanceProved', data: { containerInstanceArn: a } };
  for (const each of told) {
    if (each === 'proved') noteTaken(book, { event } as never, rollout);
    else takeAct(book, { deed: each[0], call: { took: each[1] } } as never);
  }
  const draining = truth([instance('a', { status: 'DRAINING' }), instance('b')], []);
  settle(book, indexTruth(draining), [], 2, new Map(), (arn) => arn);
  return book;
};

const drain: Deed = { kind: 'drain', instance: a };
const end: Deed = { kind: 'terminate', instance: a, shrinks: false };

describe('an instance that is DRAINING', () => {
  it('is ours where our call took effect late, by surge too, where another is proved first', () => {
    const { instances, othersDrained } = bookOf('proved', [drain, false]);
    expect([...instances.keys()]).toEqual([a]);
    expect(othersDrained.size).toBe(0);
  });

  it('is no loss where it was ended in place, another is proved, and its hook waits', () => {
    expect([...bookOf([drain, true], [end, true], 'proved').instances.keys()]).toEqual([]);
  });

  it('is somebody else’s where we never sent a call', () => {
    expect([...bookOf().othersDrained]).toEqual([a]);
  });
});

describe('how many are out by us', () => {
  const pair = bookOf('proved', [drain, true]);
  const emptied = { deed: { kind: 'drain', instance: b.arn }, call: { took: true } };
  takeAct(pair, emptied as never);
  const whole = [instance('a', { status: 'DRAINING' }), instance('b'), instance('c')];
  const out = (standsFor: (arn: string) => string) =>
    outCount(pair, indexTruth(truth(whole, [])), 2, new Map(), standsFor);

  it('is one where what a surge brought is given back, and what it came for has died', () => {
    expect(out((arn) => (arn === b.arn ? a : arn))).toBe(1);
  });

  it('is two where each has a lease of its own', () => {
    expect(out((arn) => arn)).toBe(2);
  });
});

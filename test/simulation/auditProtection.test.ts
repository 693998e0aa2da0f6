import { describe, expect, it } from 'vitest';
import { createProtectionBook, judgeProtected, noteProtection } from './auditProtection.ts';
import { instance, instanceArn, task, truth } from './auditScenes.ts';
import { indexTruth } from './auditTruth.ts';

const minute = 60_000;

/** What is said of a drain in minute 10, after a protection was observed. */
const saidOf = (observedAt: number, protection: { protected: boolean; expiresAt?: number }) => {
  const book = createProtectionBook();
  const said: string[] = [];
  const scene = truth([instance('a'), instance('b')], [task('1', 'a')]);
  const desk = { previous: indexTruth(scene), say: (text: string) => void said.push(text) };
  const tell = (at: number, type: string, data: object) => {
    const recorded = { stream: 'rollout#1', sequence: 1, at, event: { type, data } } as never;
    judgeProtected(book, recorded, desk as never);
    noteProtection(book, recorded);
  };
  const taskArn = task('1', 'a').arn;
  tell(observedAt * minute, 'TaskProtectionObserved', { taskArn, ...protection });
  tell(10 * minute, 'InstanceDrainIntended', { containerInstanceArn: instanceArn('a') });
  return said;
};

describe('I8: the drain of an instance', () => {
  it('is not meant while a task on it is known to be protected', () => {
    const said = expect.stringMatching(/^I8: rollout#1 is to drain .*\/a, and .* is protected$/);
    expect(saidOf(5, { protected: true, expiresAt: 30 * minute })).toEqual([said]);
    expect(saidOf(5, { protected: true })).toEqual([said]);
  });

  it('may be meant where that was over, taken back, or not known when the pass began', () => {
    expect(saidOf(5, { protected: true, expiresAt: 9 * minute })).toEqual([]);
    expect(saidOf(5, { protected: false })).toEqual([]);
    expect(saidOf(10, { protected: true, expiresAt: 30 * minute })).toEqual([]);
  });
});

import { describe, expect, it } from 'vitest';
import {
  managedScalingOutlook,
  type OutlookQuestion,
} from '../../../domain/scaling/managedScalingOutlook.ts';
import { outlookCases, outlookQuestion, reservation } from './outlookCases.ts';

const outlook = (fields: Partial<OutlookQuestion>) =>
  managedScalingOutlook(outlookQuestion(fields));

describe('what ECS does next about a capacity provider', () => {
  it.each(outlookCases)('%s', (_, fields, expected) => {
    expect(outlook(fields)).toMatchObject(expected);
  });

  it('says which type it would have to know', () => {
    const unknown = { isKnown: false, running: 1, empty: 0, taskGroups: [] } as const;
    const found = outlook({ reservation: { ...unknown, unknownTypes: ['r5.large'] } });
    expect(found).toMatchObject({ action: 'unknown', code: 'InstanceTypesUnknown' });
    expect(found.detail).toContain('r5.large');
  });

  it('says where the age of an instance, or of the alarm, is not known', () => {
    const out = outlook({ reservation: reservation(10, 130), launchedAt: [null] });
    expect(out.detail).toContain('how old an instance is is not known');
    expect(outlook({ reservation: reservation(10, 80) }).detail).toContain(
      'since when is not known',
    );
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fold } from '../../../domain/decider.ts';
import { type AmiCommand, type AmiState, ami } from '../../../domain/windows/ami.ts';
import { amiName } from '../../../domain/windows/amiName.ts';
import { AmiId } from '../../../events/ids.ts';
import type { AmiEvent } from '../../../events/windows.ts';
import { expectSecondTimeQuiet, specification } from '../../support/specification.ts';
import { build, on } from './windowsFacts.ts';

const { given } = specification(ami);
const family = 'Windows_Server-2022-English-Core-ECS_Optimized';
const amiId = AmiId.parse('ami-0c2f25c1f66a1ff4d');
const name = `${family}-2025.10.18`;
const now = on('2025-10-18T20:00:00Z');
const record = (fields: Partial<AmiCommand> = {}): AmiCommand => ({
  type: 'RecordAmi',
  family,
  amiId,
  name,
  now,
  ...fields,
});
const published = (fields: Partial<AmiEvent['data']> = {}): AmiEvent => ({
  type: 'AmiPublished',
  data: { family, channel: 'ltsc2022', amiId, name, publishedAt: now, ...fields },
});
const inferred = { build: build('20348.4294'), evidence: 'inferred' } as const;
const table = { build: build('20348.4297'), evidence: 'table' } as const;

describe('the name of an AMI', () => {
  it('holds its family, channel and date', () => {
    expect(amiName(name)).toEqual({
      family,
      channel: 'ltsc2022',
      date: { year: 2025, month: 10, day: 18 },
    });
  });

  it.each([
    'our-own-golden-image',
    family,
    `${family}-2025.13.01`,
    `${family}-2025.02.30`,
    'Windows_Server-2012-English-Core-ECS_Optimized-2025.10.18',
    'amzn2-ami-ecs-hvm-2.0.20251018-x86_64-ebs',
  ])('%s says none of them', (other) => {
    expect(amiName(other)).toBeUndefined();
  });
});

describe('a family of AMIs', () => {
  it('takes in a new AMI, and the same one once', () => {
    given().when(record(inferred)).then(published(inferred));
    given(published(inferred))
      .when(record({ ...inferred, now: on('2025-10-19T00:00:00Z') }))
      .thenNothing();
  });

  it('takes in a build that was not known before', () => {
    given(published()).when(record(inferred)).then(published(inferred));
    given(published()).when(record()).thenNothing();
  });

  it('believes the table over an inference, and not the other way', () => {
    given(published(inferred)).when(record(table)).then(published(table));
    given(published(table)).when(record(inferred)).thenNothing();
  });

  it('has as newest the one with the latest date, in whatever order they are seen', () => {
    const older = AmiId.parse('ami-00000000000000001');
    const state = fold(ami, [
      published(inferred),
      published({ amiId: older, name: `${family}-2025.09.13` }),
    ]);
    expect(state?.newest?.amiId).toBe(amiId);
    expect(state?.amis.map((each) => each.amiId)).toEqual([amiId, older]);
  });

  it('crashes on a family that names no Windows Server: that is our mistake', () => {
    expect(() => ami.decide(record({ family: 'amzn2-ami-ecs' }), undefined)).toThrow(
      /broken promise/,
    );
  });

  it('writes once what is decided twice', () => {
    const commands = fc
      .tuple(fc.integer({ min: 1, max: 3 }), fc.constantFrom({}, inferred, table))
      .map(([day, fields]) =>
        record({
          amiId: AmiId.parse(`ami-0000000000000000${day}`),
          name: `${family}-2025.10.0${day}`,
          ...fields,
        }),
      );
    fc.assert(
      fc.property(fc.array(commands, { maxLength: 20 }), (sequence) => {
        let state: AmiState | undefined;
        for (const command of sequence) state = expectSecondTimeQuiet(ami, command, state);
        expect(state?.amis.length ?? 0).toBe(new Set(sequence.map((each) => each.amiId)).size);
      }),
    );
  });
});

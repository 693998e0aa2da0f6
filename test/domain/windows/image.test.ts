import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fold } from '../../../domain/decider.ts';
import {
  type ImageCommand,
  type ImageConfigFacts,
  type ImageState,
  image,
} from '../../../domain/windows/image.ts';
import type { ImageEvent } from '../../../events/windows.ts';
import { expectSecondTimeQuiet, specification } from '../../support/specification.ts';
import { madeUp, on } from './windowsFacts.ts';

const { given } = specification(image);
const digest = madeUp('orders');
const repository = '111122223333.dkr.ecr.eu-west-1.amazonaws.com/orders';
const other = '111122223333.dkr.ecr.us-east-1.amazonaws.com/orders';
const config: ImageConfigFacts = {
  osVersion: '10.0.20348.4294',
  history: ['Apply image 10.0.20348.4294'],
  diffIds: [madeUp('base')],
  layers: [{ digest: madeUp('layer'), bytes: 1_489_019_076 }],
};

const noon = on('2025-10-15T12:00:00Z');
const later = on('2025-10-15T13:00:00Z');
const push = (now = noon, tag?: string, at = repository): ImageCommand => ({
  type: 'RecordPush',
  digest,
  repository: at,
  now,
  ...(tag === undefined ? {} : { tag }),
});
const pushed = (pushedAt = noon, tag?: string, at = repository): ImageEvent => ({
  type: 'ImagePushed',
  data: { digest, repository: at, pushedAt, ...(tag === undefined ? {} : { tag }) },
});
const about = { digest, repository };
const failure = (reason: string, now = noon): ImageCommand => ({
  type: 'RecordInspectionFailure',
  ...about,
  reason,
  now,
});
const failed = (reason: string, failedAt = noon): ImageEvent => ({
  type: 'ImageInspectionFailed',
  data: { ...about, reason, failedAt },
});
const inspected: ImageEvent = {
  type: 'ImageInspected',
  data: { ...about, ...config, inspectedAt: noon },
};
const deletion = (now = later, at = repository): ImageCommand => ({
  type: 'RecordDeletion',
  digest,
  repository: at,
  now,
});
const deleted = (deletedAt = later, at = repository): ImageEvent => ({
  type: 'ImageDeleted',
  data: { digest, repository: at, deletedAt },
});

describe('a push', () => {
  it('is recorded once, however often its event is delivered', () => {
    given().when(push(noon, 'stable')).then(pushed(noon, 'stable'));
    given(pushed(noon, 'stable')).when(push(noon, 'stable')).thenNothing();
  });

  it('of another tag, of no tag, to another repository is another push', () => {
    given(pushed(noon, 'stable')).when(push(noon, '2025.10')).then(pushed(noon, '2025.10'));
    given(pushed(noon, 'stable')).when(push(noon)).then(pushed(noon));
    given(pushed(noon, 'stable'))
      .when(push(noon, 'stable', other))
      .then(pushed(noon, 'stable', other));
  });

  it('of the same tag at a later moment moves it: a rollback to an old image is a push', () => {
    given(pushed(noon, 'stable')).when(push(later, 'stable')).then(pushed(later, 'stable'));
  });
});

describe('an inspection', () => {
  const inspect: ImageCommand = { type: 'RecordInspection', ...about, config, now: noon };

  it('is recorded once: what a digest names never changes', () => {
    given(pushed()).when(inspect).then(inspected);
    given(pushed(), inspected)
      .when({ ...inspect, now: later })
      .thenNothing();
  });

  it('that failed is recorded once a reason, and not after it succeeded', () => {
    given().when(failure('ImageNotFound')).then(failed('ImageNotFound'));
    given(failed('ImageNotFound')).when(failure('ImageNotFound', later)).thenNothing();
    given(failed('ImageNotFound'), failed('AccessDenied'))
      .when(failure('ImageNotFound', later))
      .thenNothing();
    given(inspected).when(failure('ImageNotFound', later)).thenNothing();
  });

  it('that succeeds ends the failure', () => {
    const state = fold(image, [failed('ImageNotFound'), inspected]);
    expect(state).toMatchObject({ config });
    expect(state).not.toHaveProperty('failure');
  });
});

describe('a deletion', () => {
  it('is recorded once', () => {
    given(pushed()).when(deletion()).then(deleted());
    given(pushed(), deleted()).when(deletion()).thenNothing();
  });

  it('from one of two repositories leaves the image', () => {
    const state = fold(image, [pushed(), pushed(noon, undefined, other), deleted()]);
    expect(state?.repositories).toEqual([other]);
    expect(state).not.toHaveProperty('deletedAt');
  });

  it('that arrives before its push still ends it', () => {
    given(deleted()).when(push(noon)).thenNothing();
  });

  it('that arrives after a later push is old news', () => {
    given(pushed(on('2025-10-15T14:00:00Z')))
      .when(deletion(later))
      .thenNothing();
  });
});

describe('any sequence of commands', () => {
  const moments = fc
    .nat({ max: 20 })
    .map((hours) => on(`2025-10-15T${String(hours).padStart(2, '0')}:00:00Z`));
  const commands: fc.Arbitrary<ImageCommand> = fc
    .tuple(moments, fc.constantFrom(repository, other), fc.nat({ max: 4 }))
    .map(([now, at, kind]): ImageCommand => {
      if (kind === 0) return push(now, undefined, at);
      if (kind === 1) return push(now, 'stable', at);
      if (kind === 2) return { type: 'RecordInspection', digest, repository: at, config, now };
      if (kind === 3)
        return { type: 'RecordInspectionFailure', digest, repository: at, reason: `${at}`, now };
      return deletion(now, at);
    });

  it('writes once what is decided twice', () => {
    fc.assert(
      fc.property(fc.array(commands, { maxLength: 30 }), (sequence) => {
        let state: ImageState | undefined;
        for (const command of sequence) state = expectSecondTimeQuiet(image, command, state);
        expect(state === undefined).toBe(sequence.length === 0);
      }),
    );
  });
});

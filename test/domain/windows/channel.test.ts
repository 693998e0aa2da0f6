import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fold } from '../../../domain/decider.ts';
import {
  type ChannelCommand,
  type ChannelState,
  channel,
  type TagObservation,
} from '../../../domain/windows/channel.ts';
import type { ChannelEvent } from '../../../events/windows.ts';
import { expectSecondTimeQuiet, specification } from '../../support/specification.ts';
import { build, look, madeUp, october, on, read } from './windowsFacts.ts';

const { given } = specification(channel);
const servercore = { repository: 'windows/servercore', tag: 'ltsc2022' };
const published = (
  { osVersion, digest, diffIds }: (typeof october)[keyof typeof october],
  moment: string,
  fields: Partial<Extract<ChannelEvent, { type: 'ReleasePublished' }>['data']> = {},
): ChannelEvent => ({
  type: 'ReleasePublished',
  data: {
    ...servercore,
    channel: 'ltsc2022',
    build: build(osVersion.slice('10.0.'.length)),
    digest,
    kind: 'B',
    diffIds,
    publishedAt: on(moment),
    ...fields,
  },
});

const september = published(october.september, '2025-09-09T18:00:00Z');
const regular = published(october.regular, '2025-10-14T18:00:00Z', { rebaseline: true });
const outOfBand = published(october.outOfBand, '2025-10-23T20:00:00Z', {
  kind: 'OutOfBand',
  rebaseline: false,
});

const toldAt = (moment: string, digest: (typeof october)['regular']['digest']) => ({
  ...servercore,
  digest,
  observedAt: on(moment),
});

describe('a channel', () => {
  it('takes its first reading as regular, whatever the day: it must not make an emergency', () => {
    given()
      .when(look(read(october.september), '2025-09-20T12:00:00Z'))
      .then(published(october.september, '2025-09-20T12:00:00Z'));
  });

  it('notes a newer build that is listed while the tag stays, once, and does not move', () => {
    const listed = build('20348.4297');
    const reading = { status: 'unchanged', digest: october.regular.digest } as const;
    const looked = { ...look(reading, '2025-10-23T18:00:00Z'), listed };
    const noted: ChannelEvent = {
      type: 'NewerBuildListed',
      data: {
        ...servercore,
        build: listed,
        newest: build('20348.4294'),
        observedAt: looked.now,
      },
    };
    given(september, regular).when(looked).then(noted);
    given(september, regular, noted).when(looked).thenNothing();
  });

  it.each([
    ['that the tag has just moved to', '20348.4294'],
    ['that is older', '20348.4052'],
    ['of another channel', '26100.6899'],
  ])('does not note a listed build %s', (_, listed) => {
    const looked = look(read(october.regular), '2025-10-14T18:00:00Z');
    given(september)
      .when({ ...looked, listed: build(listed) })
      .then(regular);
  });

  it('does not note what is listed while the tag itself cannot be read', () => {
    const looked = look({ status: 'unknown', reason: 'answered 429' }, '2025-10-15T00:00:00Z');
    const unreadable: ChannelEvent = {
      type: 'ChannelBecameUnreadable',
      data: { ...servercore, reason: 'answered 429', since: looked.now },
    };
    given(september)
      .when({ ...looked, listed: build('20348.4294') })
      .then(unreadable);
  });

  it('sees the rebaseline of October 2025: another base layer and no patch layer', () => {
    given(september)
      .when(look(read(october.regular), '2025-10-14T18:00:00Z'))
      .then(regular);
  });

  it('sees the out-of-band release of 23 October on the base that stays', () => {
    given(september, regular)
      .when(look(read(october.outOfBand), '2025-10-23T20:00:00Z'))
      .then(outOfBand);
  });

  it('keeps the KB where the registry tells it', () => {
    given(september)
      .when(look(read({ ...october.regular, kb: 'KB5066782' }), '2025-10-14T18:00:00Z'))
      .then(
        published(october.regular, '2025-10-14T18:00:00Z', { kb: 'KB5066782', rebaseline: true }),
      );
  });

  it('does not say whether a release is a rebaseline when it could not read the layers', () => {
    given({ ...september, data: { ...september.data, diffIds: [] } } as ChannelEvent)
      .when(look(read(october.regular), '2025-10-14T18:00:00Z'))
      .then(published(october.regular, '2025-10-14T18:00:00Z'));
  });

  it('does not move for what it holds already', () => {
    given(september, regular)
      .when(look(read(october.regular), '2025-10-15T00:00:00Z'))
      .thenNothing();
    given(september, regular)
      .when(look({ status: 'unchanged', digest: october.regular.digest }, '2025-10-15T00:00:00Z'))
      .thenNothing();
  });
});

describe('a tag that goes back, as in April 2025 (official-images#18823)', () => {
  const wentBack: ChannelEvent = {
    type: 'TagMovedBack',
    data: {
      ...toldAt('2025-10-24T08:00:00Z', october.regular.digest),
      from: build('20348.4297'),
      to: build('20348.4294'),
    },
  };
  const lookedBack = (moment: string) => look(read(october.regular), moment);
  const accept: ChannelCommand = {
    type: 'AcceptDowngrade',
    to: build('20348.4294'),
    actor: 'kim',
    reason: 'WSUS reporting',
    now: on('2025-10-24T09:00:00Z'),
  };
  const accepted: ChannelEvent = {
    type: 'DowngradeAccepted',
    data: {
      ...servercore,
      to: build('20348.4294'),
      digest: october.regular.digest,
      actor: 'kim',
      reason: 'WSUS reporting',
      acceptedAt: on('2025-10-24T09:00:00Z'),
    },
  };

  it('is an anomaly, and said once', () => {
    given(regular, outOfBand).when(lookedBack('2025-10-24T08:00:00Z')).then(wentBack);
    given(regular, outOfBand, wentBack).when(lookedBack('2025-10-24T08:15:00Z')).thenNothing();
  });

  it('does not move the channel', () => {
    const state = fold(channel, [regular, outOfBand, wentBack]);
    expect(state?.newest?.build).toBe('20348.4297');
  });

  it('moves it when an operator accepts the downgrade, once', () => {
    given(regular, outOfBand, wentBack).when(accept).then(accepted);
    given(regular, outOfBand, wentBack, accepted).when(accept).thenNothing();
    const state = fold(channel, [regular, outOfBand, wentBack, accepted]);
    expect(state?.newest).toMatchObject({ build: '20348.4294', digest: october.regular.digest });
    expect(state?.releases.map((each) => each.build)).toEqual(['20348.4294']);
  });

  it('cannot be accepted unless it was seen', () => {
    given(regular, outOfBand).when(accept).thenRefused('DowngradeNotObserved');
    given().when(accept).thenRefused('DowngradeNotObserved');
  });

  it('and comes forward again after that is a release again', () => {
    const again = look(read(october.outOfBand), '2025-10-25T08:00:00Z');
    given(regular, outOfBand, wentBack, accepted)
      .when(again)
      .then(
        published(october.outOfBand, '2025-10-25T08:00:00Z', {
          kind: 'OutOfBand',
          rebaseline: false,
        }),
      );
  });
});

describe('a build that is spun again, as in June 2023', () => {
  const other = { ...october.regular, digest: madeUp('respun'), diffIds: [madeUp('respun base')] };
  const respun: ChannelEvent = {
    type: 'ReleaseRespun',
    data: {
      ...toldAt('2025-10-20T08:00:00Z', other.digest),
      build: build('20348.4294'),
      diffIds: other.diffIds,
    },
  };

  it('is no release, and said once', () => {
    given(regular)
      .when(look(read(other), '2025-10-20T08:00:00Z'))
      .then(respun);
    given(regular, respun)
      .when(look(read(other), '2025-10-20T08:15:00Z'))
      .thenNothing();
  });

  it('leaves both lists of layers to tell images by', () => {
    const state = fold(channel, [regular, respun]);
    expect(state?.diffIdsByBuild).toEqual({
      '20348.4294': [october.regular.diffIds, other.diffIds],
    });
  });
});

describe('a registry that does not answer', () => {
  const unknown: TagObservation = { status: 'unknown', reason: 'answered 429' };
  const unreadable: ChannelEvent = {
    type: 'ChannelBecameUnreadable',
    data: { ...servercore, reason: 'answered 429', since: on('2025-10-14T16:00:00Z') },
  };
  const readable = (moment: string): ChannelEvent => ({
    type: 'ChannelBecameReadable',
    data: { ...servercore, at: on(moment) },
  });

  it('is unknown, said when it begins and when it ends', () => {
    given(september).when(look(unknown, '2025-10-14T16:00:00Z')).then(unreadable);
    given(september, unreadable)
      .when(look({ status: 'unknown', reason: 'no answer' }, '2025-10-14T16:15:00Z'))
      .thenNothing();
    given(september, unreadable)
      .when(look({ status: 'unchanged', digest: october.september.digest }, '2025-10-14T16:30:00Z'))
      .then(readable('2025-10-14T16:30:00Z'));
  });

  it('does not make an emergency of a Patch Tuesday that it hid', () => {
    given(september, unreadable)
      .when(look(read(october.regular), '2025-10-17T09:00:00Z'))
      .then(
        readable('2025-10-17T09:00:00Z'),
        published(october.regular, '2025-10-17T09:00:00Z', { rebaseline: true }),
      );
  });

  it('may be unreadable from the first look on', () => {
    given().when(look(unknown, '2025-10-14T16:00:00Z')).then(unreadable);
    expect(fold(channel, [unreadable])).toMatchObject({ channel: 'ltsc2022', releases: [] });
  });
});

describe('any sequence of looks', () => {
  const contents = fc.constantFrom(...Object.values(october));
  const readings: fc.Arbitrary<TagObservation> = fc.oneof(
    { weight: 5, arbitrary: contents.map(read) },
    contents.map((each) => read({ ...each, digest: madeUp(`respun ${each.osVersion}`) })),
    contents.map(({ digest }) => ({ status: 'unchanged', digest }) as const),
    fc.constant({ status: 'unknown', reason: 'answered 503' } as const),
  );
  const commands = fc.array(fc.tuple(readings, fc.nat({ max: 60 * 24 * 3 })), { maxLength: 40 });
  const run = (
    looks: readonly (readonly [TagObservation, number])[],
    each: (state: ChannelState | undefined, before: ChannelState | undefined) => void,
  ) => {
    let state: ChannelState | undefined;
    let minute = Date.parse('2025-09-01T00:00:00Z') / 60_000;
    for (const [reading, minutes] of looks) {
      minute += minutes;
      const command = look(reading, new Date(minute * 60_000).toISOString());
      const after = expectSecondTimeQuiet(channel, command, state);
      each(after, state);
      state = after;
    }
  };

  it('writes once what is decided twice', () => {
    fc.assert(fc.property(commands, (looks) => run(looks, () => {})));
  });

  it('never moves a channel back, and keeps its releases in order', () => {
    fc.assert(
      fc.property(commands, (looks) =>
        run(looks, (state, before) => {
          const revision = (of: ChannelState | undefined) =>
            Number(of?.newest?.build.split('.')[1] ?? 0);
          expect(revision(state)).toBeGreaterThanOrEqual(revision(before));
          const revisions = state?.releases.map((each) => Number(each.build.split('.')[1])) ?? [];
          expect(revisions).toEqual(revisions.toSorted((a, b) => a - b));
          expect(state?.newest).toEqual(state?.releases.at(-1));
        }),
      ),
    );
  });
});

import { describe, expect, it } from 'vitest';
import { fold } from '../../../domain/decider.ts';
import { channel } from '../../../domain/windows/channel.ts';
import { type ImageConfigFacts, image } from '../../../domain/windows/image.ts';
import { imageName } from '../../../domain/windows/imageName.ts';
import { lineageOf } from '../../../domain/windows/lineage.ts';
import { digestOf, look, madeUp, october, on, read } from './windowsFacts.ts';

const digest = madeUp('orders');
const repository = '111122223333.dkr.ecr.eu-west-1.amazonaws.com/orders';

/** windows/servercore:ltsc2022 as it went through the autumn of 2025. */
const servercore = [
  [october.september, '2025-09-09T18:00:00Z'],
  [october.regular, '2025-10-14T18:00:00Z'],
  [october.outOfBand, '2025-10-23T20:00:00Z'],
  [october.november, '2025-11-11T19:00:00Z'],
].reduce(
  (state, [content, moment]) => {
    const command = look(read(content as typeof october.regular), moment as string);
    return channel.decide(command, state).reduce(channel.evolve, state);
  },
  fold(channel, []),
);
const nanoDiffId = madeUp('diff nanoserver 20348.4294');
const nano = channel
  .decide(
    {
      type: 'ObserveTag',
      repository: 'windows/nanoserver',
      tag: 'ltsc2022',
      reading: read({
        osVersion: '10.0.20348.4294',
        digest: madeUp('nano index'),
        diffIds: [nanoDiffId],
        history: ['Apply image 10.0.20348.4294'],
      }),
      now: on('2025-10-14T18:00:00Z'),
    },
    undefined,
  )
  .reduce(channel.evolve, fold(channel, []));
const channels = [servercore, nano].flatMap((state) => state ?? []);

const inspected = (config: Partial<ImageConfigFacts>) => {
  const state = fold(image, [
    {
      type: 'ImageInspected',
      data: {
        digest,
        repository,
        history: [],
        diffIds: [],
        layers: [],
        ...config,
        inspectedAt: on('2025-11-12T00:00:00Z'),
      },
    },
  ]);
  if (state === undefined) throw new Error('an inspected image has a state');
  return state;
};

const app = madeUp('app');
const [base, novemberPatch] = october.november.diffIds;

describe('the base of an image', () => {
  it('is known from os.version alone', () => {
    expect(lineageOf(inspected({ osVersion: '10.0.20348.4405' }), [])).toEqual({
      status: 'known',
      channel: 'ltsc2022',
      build: '20348.4405',
      evidence: ['os.version'],
    });
  });

  it('of January 2022 is known too, and marked as leaning on another registry', () => {
    const layers = [{ digest: madeUp('in MCR'), bytes: 1_251_699_055, foreign: true }];
    expect(lineageOf(inspected({ osVersion: '10.0.20348.473', layers }), channels)).toEqual({
      status: 'known',
      channel: 'ltsc2022',
      build: '20348.473',
      evidence: ['os.version'],
      foreignLayers: true,
    });
  });

  it('is the same whatever a push has made of its compressed layers', () => {
    const config = {
      osVersion: october.november.osVersion,
      history: [...october.november.history, 'COPY app'],
      diffIds: [...october.november.diffIds, app],
    };
    const [pulled, pushed] = ['as Microsoft packed it', 'as docker push packed it'].map((text) =>
      lineageOf(inspected({ ...config, layers: [{ digest: madeUp(text), bytes: 1 }] }), channels),
    );
    expect(pushed).toEqual(pulled);
    expect(pushed).toMatchObject({ evidence: ['os.version', 'history', 'diffIds'] });
  });

  it('is known from its history where os.version is missing: the patch, not the base', () => {
    const history = [...october.november.history, 'cmd /S /C copy app'];
    expect(lineageOf(inspected({ history }), [])).toMatchObject({
      build: '20348.4405',
      evidence: ['history'],
    });
  });

  it('is proven by its layers, which tell the flavour too', () => {
    const { osVersion, history, diffIds } = october.november;
    const found = lineageOf(
      inspected({ osVersion, history, diffIds: [...diffIds, app] }),
      channels,
    );
    expect(found).toEqual({
      status: 'known',
      channel: 'ltsc2022',
      build: '20348.4405',
      flavour: 'servercore',
      evidence: ['os.version', 'history', 'diffIds'],
    });
  });

  it('is known from its layers alone where they are all of a base', () => {
    expect(lineageOf(inspected({ diffIds: [nanoDiffId, app] }), channels)).toMatchObject({
      build: '20348.4294',
      flavour: 'nanoserver',
      evidence: ['diffIds'],
    });
  });

  it('keeps its flavour when the month of its patch was never seen', () => {
    const osVersion = '10.0.20348.4500';
    const found = lineageOf(inspected({ osVersion, diffIds: [base, madeUp('?'), app] }), channels);
    expect(found).toMatchObject({ flavour: 'servercore', evidence: ['os.version'] });
  });

  it('of an intermediate image is found under its layers', () => {
    const history = [...october.regular.history, 'RUN .NET', 'COPY app'];
    const config = { osVersion: '10.0.20348.4294', history, diffIds: [base, madeUp('net'), app] };
    expect(lineageOf(inspected(config), channels)).toMatchObject({
      flavour: 'servercore',
      evidence: ['os.version', 'history', 'diffIds'],
    });
  });
});

describe('the recompressed-layer trap', () => {
  // Two digests of one base layer of windows/servercore:ltsc2025 (Apply image 10.0.26100.32230), as
  // Microsoft's own .NET images of January and February 2026 hold it: see Windows-Containers#519.
  const asPushed = [
    ['e8e286c160e014cebd84213d5cfa83952f5927713def450860146ee76600ee3f', 1_495_760_247],
    ['0938cf51b672b81c9804d1d5f0c57031c931f41b279270e84820c63642d6a3bd', 1_523_059_351],
  ] as const;
  const baseDiffId = madeUp('diff servercore base 26100.32230');
  const ltsc2025 = channel
    .decide(
      {
        type: 'ObserveTag',
        repository: 'windows/servercore',
        tag: 'ltsc2025',
        reading: read({
          osVersion: '10.0.26100.32230',
          digest: madeUp('index 26100.32230'),
          diffIds: [baseDiffId],
          history: ['Apply image 10.0.26100.32230'],
        }),
        now: on('2026-01-13T20:00:00Z'),
      },
      undefined,
    )
    .reduce(channel.evolve, fold(channel, []));
  const known = ltsc2025 === undefined ? [] : [ltsc2025];
  const pushed = ([hex, bytes]: readonly [string, number], diffId: typeof baseDiffId) =>
    inspected({
      osVersion: '10.0.26100.32230',
      diffIds: [diffId, app],
      layers: [
        { digest: digestOf(hex), bytes },
        { digest: madeUp('app layer'), bytes: 4_096 },
      ],
    });

  it.each(asPushed)('matches the base by what it unpacks to, not by %s', (...layer) => {
    expect(lineageOf(pushed(layer, baseDiffId), known)).toMatchObject({
      flavour: 'servercore',
      evidence: ['os.version', 'diffIds'],
    });
  });

  it('does not match the same compressed layer over other content', () => {
    const found = lineageOf(pushed(asPushed[0], madeUp('something else')), known);
    expect(found).toMatchObject({ status: 'known', evidence: ['os.version'] });
    expect(found).not.toHaveProperty('flavour');
  });
});

describe('what is not known about an image', () => {
  const codeOf = (config: Partial<ImageConfigFacts>) => {
    const found = lineageOf(inspected(config), channels);
    return found.status === 'unknown' ? found.code : found;
  };

  it.each([
    [
      'os.version against history',
      { osVersion: '10.0.20348.4294', history: october.november.history },
    ],
    [
      'os.version against its patch layer',
      { osVersion: '10.0.20348.4294', diffIds: october.november.diffIds },
    ],
    [
      'os.version against a base that came later',
      { osVersion: '10.0.20348.4171', diffIds: [base, app] },
    ],
    [
      'os.version against all of Nano Server',
      { osVersion: '10.0.20348.4405', diffIds: [nanoDiffId, app] },
    ],
  ])('is which to believe: %s', (_, config) => {
    expect(codeOf(config)).toBe('EvidenceConflicts');
  });

  it('is the revision where os.version has none', () => {
    expect(codeOf({ osVersion: '10.0.20348' })).toBe('BuildUnknown');
  });

  it('is the patch where only its base layer is known', () => {
    expect(codeOf({ diffIds: [base, novemberPatch, app].slice(0, 1).concat(app) })).toBe(
      'BuildUnknown',
    );
  });

  it('is the channel of builds that Tuesday does not follow', () => {
    expect(codeOf({ osVersion: '10.0.25398.1' })).toBe('ChannelUnknown');
  });

  it('is everything about an image that is not Windows', () => {
    expect(codeOf({ history: ['/bin/sh -c #(nop) ADD file:1 in /'], diffIds: [app] })).toBe(
      'NotWindows',
    );
  });

  it('is everything before it was inspected, and why it could not be', () => {
    const pushed = fold(image, [
      { type: 'ImagePushed', data: { digest, repository, pushedAt: on('2025-11-12T00:00:00Z') } },
    ]);
    const failed = image.evolve(pushed, {
      type: 'ImageInspectionFailed',
      data: { digest, repository, reason: 'ImageNotFound', failedAt: on('2025-11-12T00:05:00Z') },
    });
    expect(pushed && lineageOf(pushed, [])).toMatchObject({ code: 'NotInspected' });
    expect(failed && lineageOf(failed, [])).toMatchObject({
      code: 'InspectionFailed',
      reason: expect.stringContaining('ImageNotFound'),
    });
  });
});

describe('the name of an image', () => {
  it.each([
    ['host.example:5000/team/app:1.2', 'host.example:5000/team/app', '1.2', undefined],
    ['host.example:5000/app', 'host.example:5000/app', 'latest', undefined],
    [`app@${app}`, 'app', undefined, app],
    [`app:1@${app}`, 'app', '1', app],
  ])('%s', (text, path, tag, pinned) => {
    expect(imageName(text)).toEqual({
      repository: path,
      ...(tag === undefined ? {} : { tag }),
      ...(pinned === undefined ? {} : { digest: pinned }),
    });
  });
});

import { describe, expect, it } from 'vitest';
import { instanceBuild } from '../../../domain/windows/instanceBuild.ts';
import {
  aChannel,
  amiId,
  anAmiFamily,
  anInstance,
  october,
  september,
} from '../../support/fleetBuilder.ts';

const family = 'Windows_Server-2022-English-Core-ECS_Optimized';
const on2022 = { 'ecs.os-type': 'windows', 'ecs.os-family': 'WINDOWS_SERVER_2022_CORE' };
const channels = [aChannel(september, october)];
const withAttributes = (attributes: Readonly<Record<string, string | null>>) =>
  anInstance('a', { attributes });

/** A family whose AMI has a date in its name and nothing said of its build. */
const undated = (name: string) => {
  const [known] = anAmiFamily(october).amis;
  if (known === undefined) throw new Error('the family has an AMI');
  const { build: _build, evidence: _evidence, ...ami } = known;
  return { ...anAmiFamily(), amis: [{ ...ami, name }] };
};

describe('the build of an instance', () => {
  it('is what its attribute says, before anything else', () => {
    const instance = withAttributes({
      ...on2022,
      'tuesday.os-build': '20348.4297',
      'ecs.ami-id': amiId(october),
    });
    expect(instanceBuild(instance, [anAmiFamily(october)], channels)).toEqual({
      status: 'known',
      build: '20348.4297',
      channel: 'ltsc2022',
      evidence: 'attribute',
    });
  });

  it('is what the table says of its AMI', () => {
    const instance = withAttributes({ ...on2022, 'ecs.ami-id': amiId(october) });
    expect(instanceBuild(instance, [anAmiFamily(september, october)], [])).toMatchObject({
      build: october,
      evidence: 'table',
    });
  });

  it.each([
    // Released on 2025-10-14 and on 2025-09-16.
    ['2025.10.14', october],
    ['2025.10.13', september],
    ['2025.09.16', september],
  ])(
    'is inferred from the date %s in the name of its AMI: the newest release of that day',
    (date, build) => {
      const instance = withAttributes({ ...on2022, 'ecs.ami-id': amiId(october) });
      expect(instanceBuild(instance, [undated(`${family}-${date}`)], channels)).toMatchObject({
        build,
        evidence: 'inferred',
      });
    },
  );

  it('is inferred from the history of Windows for what Tuesday has not watched', () => {
    const instance = withAttributes({ ...on2022, 'ecs.ami-id': amiId(october) });
    expect(instanceBuild(instance, [undated(`${family}-2025.06.13`)], channels)).toMatchObject({
      build: '20348.3807',
      evidence: 'inferred',
    });
  });

  it('is inferred from the releases of Server Core, and not of other repositories', () => {
    const instance = withAttributes({ ...on2022, 'ecs.ami-id': amiId(october) });
    const amis = [undated(`${family}-2027.10.18`)];
    const nano = channels.map((each) => ({ ...each, repository: 'windows/nanoserver' }));
    expect(instanceBuild(instance, amis, channels)).toMatchObject({ build: october });
    expect(instanceBuild(instance, amis, nano)).toMatchObject({ status: 'unknown' });
  });
});

describe('an unknown build says what to do', () => {
  const reasonOf = (...args: Parameters<typeof instanceBuild>) => {
    const found = instanceBuild(...args);
    return found.status === 'unknown' ? found.reason : found;
  };

  it('when the agent named no AMI', () => {
    expect(reasonOf(withAttributes(on2022), [], channels)).toMatch(
      /no attribute ecs.ami-id: set its attribute/,
    );
  });

  it('when the AMI is not known', () => {
    const instance = withAttributes({ ...on2022, 'ecs.ami-id': amiId(october) });
    expect(reasonOf(instance, [], channels)).toContain('aws ec2 describe-images --image-ids ami-');
  });

  it.each(['our-own-golden-image', `${family}-2020.09.15`])(
    'when nothing was released by the day of %s',
    (name) => {
      const instance = withAttributes({ ...on2022, 'ecs.ami-id': amiId(october) });
      expect(reasonOf(instance, [undated(name)], channels)).toContain('no release is known');
    },
  );

  it('when its attribute is malformed, though its AMI is known', () => {
    const attributes = { ...on2022, 'tuesday.os-build': '2022', 'ecs.ami-id': amiId(october) };
    expect(reasonOf(withAttributes(attributes), [anAmiFamily(october)], channels)).toContain(
      'is "2022"',
    );
  });

  it('when ECS and the build disagree about the operating system', () => {
    const attributes = { 'ecs.os-family': 'WINDOWS_SERVER_2019_CORE', 'tuesday.os-build': october };
    expect(reasonOf(withAttributes(attributes), [], channels)).toContain(
      'WINDOWS_SERVER_2019_CORE',
    );
  });

  it('when the build is in no channel', () => {
    expect(reasonOf(withAttributes({ 'tuesday.os-build': '25398.1' }), [], channels)).toContain(
      'no channel',
    );
  });
});

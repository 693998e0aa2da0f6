import {
  BatchGetBuildsCommand,
  CodeBuildClient,
  ListBuildsForProjectCommand,
  StartBuildCommand,
} from '@aws-sdk/client-codebuild';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { EffectId, Instant } from '../../../events/ids.ts';
import { createCodeBuildGateway } from '../../../infra/aws/codeBuild.ts';
import { sdkError, socketError } from './sdkError.ts';

const codeBuild = mockClient(CodeBuildClient);
const gateway = createCodeBuildGateway(new CodeBuildClient({ region: 'eu-west-1' }));
const inputsOf = (command: Parameters<typeof codeBuild.commandCalls>[0]) =>
  codeBuild.commandCalls(command).map((call) => call.args[0].input);
const effectId = EffectId.parse('rebuild-1');
const since = Instant.parse(Date.parse('2025-10-14T17:00:00Z'));
const minutes = (count: number) => new Date(since + count * 60_000);

beforeEach(() => codeBuild.reset());

describe('starting a build', () => {
  const request = { project: 'orders', effectId, environment: { TUESDAY_CHANNEL: 'ltsc2022' } };

  it('carries the effect as its token, and where it can be found again', async () => {
    codeBuild.on(StartBuildCommand).resolves({ build: { id: 'orders:1' } });
    expect(await gateway.startBuild({ ...request, sourceVersion: 'main' })).toBe('orders:1');
    expect(inputsOf(StartBuildCommand)).toEqual([
      {
        projectName: 'orders',
        idempotencyToken: effectId,
        sourceVersion: 'main',
        environmentVariablesOverride: [
          { name: 'TUESDAY_CHANNEL', value: 'ltsc2022', type: 'PLAINTEXT' },
          { name: 'TUESDAY_EFFECT_ID', value: effectId, type: 'PLAINTEXT' },
        ],
      },
    ]);
  });

  it.each([
    [sdkError('ResourceNotFoundException', 400), 'refused'],
    [sdkError('AccountLimitExceededException', 400), 'throttled'],
    [sdkError('ThrottlingException', 400), 'throttled'],
    [socketError('ECONNRESET'), 'unclear'],
  ])('turns %s into %s', async (error, kind) => {
    codeBuild.on(StartBuildCommand).rejects(error);
    await expect(gateway.startBuild(request)).rejects.toMatchObject({ kind });
  });

  it('does not take an answer without a build for one', async () => {
    codeBuild.on(StartBuildCommand).resolves({});
    await expect(gateway.startBuild(request)).rejects.toMatchObject({ kind: 'unclear' });
  });
});

describe('finding a build again', () => {
  const wanted = { project: 'orders', effectId, since };
  const aBuild = (id: string, startTime: Date, effect?: string) => ({
    id,
    buildStatus: 'IN_PROGRESS' as const,
    startTime,
    environment: {
      type: 'WINDOWS_SERVER_2022_CONTAINER' as const,
      image: 'i',
      computeType: 'BUILD_GENERAL1_LARGE' as const,
      environmentVariables: effect ? [{ name: 'TUESDAY_EFFECT_ID', value: effect }] : [],
    },
  });

  it('looks through those of the project, the newest first', async () => {
    codeBuild.on(ListBuildsForProjectCommand).resolves({ ids: ['orders:2', 'orders:1'] });
    const builds = [aBuild('orders:2', minutes(9)), aBuild('orders:1', minutes(1), effectId)];
    codeBuild.on(BatchGetBuildsCommand).resolves({ builds });
    expect(await gateway.findBuild(wanted)).toMatchObject({ buildId: 'orders:1', effectId });
    expect(inputsOf(ListBuildsForProjectCommand)).toEqual([
      { projectName: 'orders', sortOrder: 'DESCENDING' },
    ]);
  });

  it('stops at the first that was started before, and says that there is none', async () => {
    codeBuild.on(ListBuildsForProjectCommand).resolves({ ids: ['orders:0'], nextToken: 'older' });
    codeBuild.on(BatchGetBuildsCommand).resolves({ builds: [aBuild('orders:0', minutes(-1))] });
    expect(await gateway.findBuild(wanted)).toBeUndefined();
    expect(inputsOf(ListBuildsForProjectCommand)).toHaveLength(1);
  });

  it('does not say so where there are too many to look at', async () => {
    codeBuild.on(ListBuildsForProjectCommand).resolves({ ids: ['orders:9'], nextToken: 'more' });
    codeBuild.on(BatchGetBuildsCommand).resolves({ builds: [aBuild('orders:9', minutes(5))] });
    await expect(gateway.findBuild(wanted)).rejects.toMatchObject({ kind: 'unclear' });
  });
});

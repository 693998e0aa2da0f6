import {
  BatchGetBuildsCommand,
  type CodeBuildClient,
  ListBuildsForProjectCommand,
  StartBuildCommand,
} from '@aws-sdk/client-codebuild';
import * as z from 'zod';
import { EffectId, Instant } from '../../events/ids.ts';
import { calling } from './awsError.ts';
import { absent, list, Moment, readShape, withoutUndefined } from './awsShape.ts';
import type { Build, CodeBuildGateway } from './codeBuildPort.ts';
import { GatewayError } from './gateways.ts';
import { inBatches } from './pages.ts';

/** Builds to a page and to a call (CodeBuild API Reference). */
const batchMax = 100;

/** A hundred builds each; a project that starts more while an answer is looked for is not ours. */
const pagesMax = 10;

/** The variable by which a build is known again. */
const effectVariable = 'TUESDAY_EFFECT_ID';

type Sender = Pick<CodeBuildClient, 'send'>;
type Wanted = Parameters<CodeBuildGateway['findBuild']>[0];

/** CodeBuild behind the port. `client` must not retry by itself; `reader` may. */
export const createCodeBuildGateway = (
  client: Sender,
  reader: Sender = client,
): CodeBuildGateway => ({
  startBuild: async ({ project, effectId, sourceVersion, environment }) => {
    const variables = { ...environment, [effectVariable]: effectId };
    const command = new StartBuildCommand({
      projectName: project,
      idempotencyToken: effectId,
      ...(sourceVersion !== undefined && { sourceVersion }),
      environmentVariablesOverride: Object.entries(variables).map(([name, value]) => ({
        name,
        value,
        type: 'PLAINTEXT',
      })),
    });
    const answer = await calling('mutate', 'StartBuild', client.send(command));
    const buildId = answer.build?.id;
    if (buildId !== undefined) return buildId;
    throw new GatewayError('unclear', 'NoBuild', 'StartBuild: answered without a build');
  },
  batchGetBuilds: (buildIds) =>
    inBatches(buildIds, batchMax, (batch) => batchGetBuilds(reader, batch)),
  findBuild: (wanted) => findBuild(reader, wanted),
});

const batchGetBuilds = async (client: Sender, ids: readonly string[]) => {
  const command = new BatchGetBuildsCommand({ ids: [...ids] });
  const answer = await calling('read', 'BatchGetBuilds', client.send(command));
  return (answer.builds ?? []).map(buildFrom);
};

const RawBuild = z.object({
  id: z.string(),
  buildStatus: z.string(),
  startTime: absent(Moment.pipe(Instant)),
  endTime: absent(Moment.pipe(Instant)),
  environment: absent(
    z.object({ environmentVariables: list(z.object({ name: z.string(), value: z.string() })) }),
  ),
});

const buildFrom = (raw: unknown): Build => {
  const build = readShape(RawBuild, raw, 'build');
  const variables = build.environment?.environmentVariables;
  const effectId = variables?.find(({ name }) => name === effectVariable)?.value;
  return withoutUndefined({
    buildId: build.id,
    status: build.buildStatus,
    startedAt: build.startTime,
    endedAt: build.endTime,
    effectId: EffectId.safeParse(effectId).data,
  });
};

/** From the newest build back, until one was started before `since`. */
const findBuild = async (
  client: Sender,
  { project, effectId, since }: Wanted,
): Promise<Build | undefined> => {
  let nextToken: string | undefined;
  for (let count = 1; count <= pagesMax; count += 1) {
    const command = new ListBuildsForProjectCommand({
      projectName: project,
      sortOrder: 'DESCENDING',
      ...(nextToken !== undefined && { nextToken }),
    });
    const page = await calling('read', 'ListBuildsForProject', client.send(command));
    const builds = page.ids?.length ? await batchGetBuilds(client, page.ids) : [];
    const found = builds.find((build) => build.effectId === effectId);
    if (found !== undefined) return found;
    nextToken = page.nextToken;
    if (!nextToken || builds.some(({ startedAt = since }) => startedAt < since)) return undefined;
  }
  const message = `ListBuildsForProject: more than ${pagesMax} pages of ${project}`;
  throw new GatewayError('unclear', 'TooManyBuilds', message);
};

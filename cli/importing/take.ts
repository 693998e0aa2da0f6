import type { Observation } from '../../domain/fleet/observation.ts';
import { ami, amiStream } from '../../domain/windows/ami.ts';
import { amiName } from '../../domain/windows/amiName.ts';
import { image, imageStream } from '../../domain/windows/image.ts';
import type { ClusterArn, Instant } from '../../events/ids.ts';
import { findCluster } from '../../functions/ingest/clusters.ts';
import { commitIdOf } from '../../functions/ingest/commitId.ts';
import { recordObservations } from '../../functions/ingest/recordObservations.ts';
import type { EventStore } from '../../infra/eventStore/eventStore.ts';
import { handleCommand } from '../../infra/eventStore/handleCommand.ts';
import type { Finding } from './findings.ts';
import { type Surroundings, surroundingsOf } from './surroundings.ts';

/** What became of one finding: `taken`, `known` already, or `left` with the reason. */
export type Taken = {
  readonly finding: Finding;
  readonly outcome: 'taken' | 'known' | 'left';
  readonly reason?: string;
  readonly detail?: string;
};

type Work = { readonly store: EventStore; readonly now: Instant };
type Fleet = Extract<Finding, { readonly to: 'fleet' }>;

/**
 * Puts everything found on record, through the deciders that events go through. Instances, tasks
 * and services first: a task definition and an image config do not say where they belong, and are
 * placed by what uses them.
 */
export const takeAll = async (
  work: Work,
  findings: readonly Finding[],
  askedCluster: string | undefined,
): Promise<readonly Taken[]> => {
  const results = new Map<Finding, Taken>();
  const keep = (taken: readonly Taken[]) => {
    for (const each of taken) results.set(each.finding, each);
  };
  const fleet = findings.filter((finding): finding is Fleet => finding.to === 'fleet');
  const named = fleet.filter(({ clusterArn }) => clusterArn !== undefined);
  keep(await takeFleet(work, named, () => []));
  const around = await surroundingsOf(work.store, askedCluster);
  keep(
    await takeFleet(
      work,
      fleet.filter(({ clusterArn }) => clusterArn === undefined),
      around.clustersOf,
    ),
  );
  for (const finding of findings) {
    if (finding.to !== 'fleet') keep([await takeOne(work, finding, around)]);
  }
  return findings.flatMap((finding) => results.get(finding) ?? []);
};

const takeFleet = async (
  work: Work,
  findings: readonly Fleet[],
  clustersOf: Surroundings['clustersOf'],
): Promise<readonly Taken[]> => {
  const byCluster = new Map<ClusterArn, Fleet[]>();
  const left: Taken[] = [];
  for (const finding of findings) {
    const arns =
      finding.clusterArn === undefined ? clustersOf(finding.observation) : [finding.clusterArn];
    for (const arn of arns) byCluster.set(arn, [...(byCluster.get(arn) ?? []), finding]);
    if (arns.length === 0) left.push(homeless(finding));
  }
  const taken: Taken[] = [];
  for (const [clusterArn, alike] of byCluster) {
    const cluster = await findCluster(work.store, clusterArn, work.now);
    const observations: readonly Observation[] = alike.map(({ observation }) => observation);
    const texts = [String(work.now), ...observations.map((each) => JSON.stringify(each))];
    const results = await recordObservations(work, cluster, observations, () => texts);
    taken.push(...alike.map((finding, nth) => fromResult(finding, results[nth])));
  }
  return [...left, ...taken];
};

const fromResult = (
  finding: Finding,
  result: Awaited<ReturnType<typeof recordObservations>>[number] | undefined,
): Taken => {
  if (result === undefined || result.outcome === 'applied') return { finding, outcome: 'taken' };
  const { reason, detail } = result;
  return { finding, outcome: result.outcome === 'ignored' ? 'known' : 'left', reason, detail };
};

const homeless = (finding: Fleet): Taken =>
  finding.what === 'task definition'
    ? left(
        finding,
        'NotUsed',
        'nothing imported runs it; import tasks and services, or give --cluster',
      )
    : left(finding, 'ClusterUnknown', 'its short ARN names no cluster; give --cluster <name>');

const left = (finding: Finding, reason: string, detail: string): Taken => ({
  finding,
  outcome: 'left',
  reason,
  detail,
});

const takeOne = async (
  work: Work,
  finding: Exclude<Finding, Fleet>,
  around: Surroundings,
): Promise<Taken> => {
  switch (finding.to) {
    case 'nowhere':
      return left(finding, finding.reason, finding.detail);
    case 'ami':
      return takeAmi(work, finding);
    case 'image':
      return takeImage(work, finding, around);
    default:
      return finding satisfies never;
  }
};

const takeAmi = async (
  { store, now }: Work,
  finding: Extract<Finding, { readonly to: 'ami' }>,
): Promise<Taken> => {
  const { amiId, name, publishedAt = now } = finding;
  const family = amiName(name)?.family;
  if (family === undefined) {
    const detail = 'its build cannot be told from its name; set the attribute tuesday.os-build';
    return left(finding, 'NotEcsOptimizedWindows', detail);
  }
  const stream = amiStream(family);
  const command = { type: 'RecordAmi', family, amiId, name, now: publishedAt } as const;
  const meta = { commitId: commitIdOf(stream, [amiId, name]), now };
  const { events } = await handleCommand(store, ami, stream, command, meta);
  return { finding, outcome: events.length > 0 ? 'taken' : 'known' };
};

const takeImage = async (
  { store, now }: Work,
  finding: Extract<Finding, { readonly to: 'image' }>,
  { repositoryOf }: Surroundings,
): Promise<Taken> => {
  const { digest, config } = finding;
  const repository = finding.repository ?? repositoryOf(digest);
  if (repository === undefined) {
    const detail =
      'no task on record runs it; import tasks first, or give --repository <host/path>';
    return left(finding, 'RepositoryUnknown', detail);
  }
  const stream = imageStream(digest);
  const command = { type: 'RecordInspection', digest, repository, config, now } as const;
  const meta = { commitId: commitIdOf(stream, [JSON.stringify(config)]), now };
  const { events } = await handleCommand(store, image, stream, command, meta);
  return { finding, outcome: events.length > 0 ? 'taken' : 'known' };
};

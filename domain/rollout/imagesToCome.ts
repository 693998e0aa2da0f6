import type { WindowsBuild } from '../../events/ids.ts';
import type { FleetView } from '../fleet/fleetView.ts';
import { once } from '../once.ts';
import type { ChannelState } from '../windows/channel.ts';
import type { ImageState } from '../windows/image.ts';
import { lineageOf } from '../windows/lineage.ts';
import type { StepPlan } from './planSteps.ts';
import type { ImageProgress, Rollout } from './rolloutState.ts';

type Known = {
  readonly images: ReadonlyMap<string, ImageState>;
  readonly channels: readonly ChannelState[];
};

/** What rebuilt images stand on; for one that has not arrived, what was asked for. */
export const rebuiltBuilds = (
  progress: readonly ImageProgress[],
  { images, channels }: Known,
): readonly WindowsBuild[] =>
  progress.map((each) => {
    const image = each.status === 'arrived' ? images.get(each.digest) : undefined;
    const lineage = image && lineageOf(image, channels);
    return lineage?.status === 'known' ? lineage.build : each.toBuild;
  });

/** How far AWS's clock may be behind ours when it dates a deployment. */
const clockSkewMs = 60_000;

type Planned = { readonly rollout: Rollout; readonly plan: StepPlan | undefined };
type BuildsByService = ReadonlyMap<string, readonly WindowsBuild[]>;

/**
 * By service, the builds that its next tasks may be on: of images that are being deployed, or would
 * be but for the constraint, and of those that came before its last deployment, whoever made that,
 * because a deployment resolves its tags anew. An image that has only been pushed is not counted:
 * until it is deployed the tasks that have to move need all the instances they may have.
 */
export const imagesToCome = (
  plans: readonly Planned[],
  view: FleetView,
  known: Known,
): BuildsByService => {
  const [settled, going] = [true, false].map((isSettled) =>
    plans.filter(({ plan }) => (plan === undefined) === isSettled),
  ) as [Planned[], Planned[]];
  const found = new Map(
    [...ofSettled(settled, view.services, known)].map(([arn, builds]) => [arn, new Set(builds)]),
  );
  for (const each of going) collect(each, view.services, known, found);
  return new Map([...found].map(([serviceArn, builds]) => [serviceArn, [...builds]]));
};

const collect = (
  { rollout, plan }: Planned,
  services: FleetView['services'],
  known: Known,
  found: Map<string, Set<WindowsBuild>>,
): void => {
  const next = new Set(plan === undefined ? [] : aboutToDeploy(plan));
  for (const { item, arrived } of rebuiltServices(rollout)) {
    const { serviceArn, status } = item;
    const madeAt = lastDeployedAt(services).get(serviceArn) ?? 0;
    const images = arrived.filter(
      ({ since }) =>
        status === 'deploying' || next.has(serviceArn) || madeAt >= since - clockSkewMs,
    );
    if (images.length === 0) continue;
    const builds = found.get(serviceArn) ?? new Set();
    for (const build of rebuiltBuilds(images, known)) builds.add(build);
    found.set(serviceArn, builds);
  }
};

/**
 * What rollouts that are over add: the last answer is remembered, because a cluster gathers
 * rollouts by the year and asks at every step of the one that goes on.
 */
const ofSettled = (
  settled: readonly Planned[],
  services: FleetView['services'],
  { images, channels }: Known,
): BuildsByService => {
  const from = [services, images, channels, ...settled.map(({ rollout }) => rollout)];
  const isLast =
    last?.from.length === from.length && from.every((each, index) => each === last?.from[index]);
  if (last !== undefined && isLast) return last.found;
  const found = new Map<string, Set<WindowsBuild>>();
  for (const each of settled) collect(each, services, { images, channels }, found);
  last = { from, found: new Map([...found].map(([arn, builds]) => [arn, [...builds]])) };
  return last.found;
};

let last: { readonly from: readonly unknown[]; readonly found: BuildsByService } | undefined;

/** Those with an image that has arrived: of a rollout that has ended they stay the same. */
const rebuiltServices = once((rollout: Rollout) =>
  Object.values(rollout.services).flatMap((item) => {
    const arrived = item.images
      .flatMap((image) => rollout.images[image] ?? [])
      .filter((image) => image.status === 'arrived');
    return arrived.length === 0 ? [] : [{ item, arrived }];
  }),
);

const lastDeployedAt = once(
  (services: FleetView['services']): ReadonlyMap<string, number> =>
    new Map(
      [...services.values()].map(({ serviceArn, deployments }) => [
        serviceArn,
        deployments.find(({ status }) => status === 'PRIMARY')?.createdAt ?? 0,
      ]),
    ),
);

const aboutToDeploy = ({ holds, proposals }: StepPlan): readonly string[] => [
  ...holds.flatMap(({ reason, subject }) => (reason === 'ConstraintPending' ? [subject] : [])),
  ...proposals.flatMap(({ step }) => (step.type === 'DeployService' ? [step.serviceArn] : [])),
];

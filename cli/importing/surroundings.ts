import type { FleetView } from '../../domain/fleet/fleetView.ts';
import { arnOf, type Observation } from '../../domain/fleet/observation.ts';
import type { AdoptedCluster } from '../../domain/maintenance/cluster.ts';
import { readEcsArn } from '../../events/aws/arn.ts';
import { ClusterArn, type Digest } from '../../events/ids.ts';
import type { EventStore } from '../../infra/eventStore/eventStore.ts';
import { readViews } from '../../infra/views/views.ts';

/** Where things belong that do not say so themselves. */
export type Surroundings = {
  /** The clusters of an observation; none when that cannot be told. */
  readonly clustersOf: (observation: Observation) => readonly ClusterArn[];
  /** The repository that tasks pull a digest from. */
  readonly repositoryOf: (digest: Digest) => string | undefined;
};

export const surroundingsOf = async (
  store: EventStore,
  askedCluster: string | undefined,
): Promise<Surroundings> => {
  const views = await readViews(store);
  const clusters = [...views.clusters.values()].map((cluster) => ({
    cluster,
    view: views.fleet(cluster.name),
  }));
  const asked = clusters.find(({ cluster }) => cluster.name === askedCluster)?.cluster.arn;
  return {
    clustersOf: (observation) => {
      if (asked !== undefined) return [asked];
      if (askedCluster !== undefined) return clusterBeside(arnOf(observation), askedCluster);
      return observation.kind === 'taskDefinition' ? usersOf(arnOf(observation), clusters) : [];
    },
    repositoryOf: (digest) =>
      clusters.flatMap(({ view }) => [...view.tasks.values()]).flatMap(containersOf(digest))[0],
  };
};

/** A cluster not on record yet, in the account and region of what lies in it. */
const clusterBeside = (arn: string, name: string): readonly ClusterArn[] => {
  const parts = readEcsArn(arn);
  const cluster = ClusterArn.safeParse(
    `arn:${parts?.partition}:ecs:${parts?.region}:${parts?.account}:cluster/${name}`,
  );
  return cluster.success ? [cluster.data] : [];
};

const usersOf = (
  definitionArn: string,
  clusters: readonly { readonly cluster: AdoptedCluster; readonly view: FleetView }[],
): readonly ClusterArn[] =>
  clusters
    .filter(({ view }) => {
      const users = [...view.tasks.values(), ...view.services.values()];
      return users.some(({ taskDefinitionArn }) => taskDefinitionArn === definitionArn);
    })
    .map(({ cluster }) => cluster.arn);

const containersOf =
  (digest: Digest) =>
  ({
    containers,
  }: {
    readonly containers: readonly {
      readonly image?: string | undefined;
      readonly imageDigest?: Digest | undefined;
    }[];
  }): readonly string[] =>
    containers.flatMap(({ image, imageDigest }) =>
      imageDigest === digest && image !== undefined ? [repositoryIn(image)] : [],
    );

/**
 * `host:5000/path:tag@sha256:...` without digest and tag; a colon before the last slash is a port.
 */
const repositoryIn = (image: string): string => image.replace(/@.*$/, '').replace(/:[^/:]*$/, '');

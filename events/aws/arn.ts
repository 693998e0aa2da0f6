import { ClusterArn } from '../ids.ts';

export type EcsArn = {
  readonly arn: string;
  readonly partition: string;
  readonly region: string;
  readonly account: string;
  /** `task`, `container-instance`, `service` ... */
  readonly resource: string;
  /** Absent in the short form that ECS used before 2018, and for what belongs to no cluster. */
  readonly clusterName?: string;
};

/**
 * Resources whose long ARN is `<resource>/<cluster>/<name>` (ECS Developer Guide,
 * ecs-account-settings).
 */
const namedByCluster = ['task', 'container-instance', 'service', 'container'];

/** The parts of an ECS ARN; `undefined` for any other text. */
export const readEcsArn = (arn: string): EcsArn | undefined => {
  const [scheme, partition, service, region, account, ...rest] = arn.split(':');
  if (scheme !== 'arn' || service !== 'ecs' || !partition || !region || !account) return undefined;
  const [resource, ...path] = rest.join(':').split('/');
  if (resource === undefined) return undefined;
  const named = namedByCluster.includes(resource) && path.length >= 2;
  const clusterName = resource === 'cluster' || named ? path[0] : undefined;
  return {
    arn,
    partition,
    region,
    account,
    resource,
    ...(clusterName === undefined || clusterName === '' ? {} : { clusterName }),
  };
};

/** The cluster that a long ARN lies in. `undefined` for a short one, which does not say. */
export const clusterArnOf = (arn: string): ClusterArn | undefined => {
  const parts = readEcsArn(arn);
  if (parts?.clusterName === undefined) return undefined;
  const { partition, region, account, clusterName } = parts;
  const cluster = ClusterArn.safeParse(
    `arn:${partition}:ecs:${region}:${account}:cluster/${clusterName}`,
  );
  return cluster.success ? cluster.data : undefined;
};

const depthMax = 16;

/**
 * Every ECS ARN that `detail` gives under a key ending in `Arn` or `Arns`, however deep. Free text
 * is not searched: a reason or an attribute may quote what it likes.
 */
export const ecsArnsIn = (detail: unknown, depth = 0): readonly EcsArn[] => {
  if (typeof detail !== 'object' || detail === null || depth > depthMax) return [];
  if (Array.isArray(detail)) return detail.flatMap((item) => ecsArnsIn(item, depth + 1));
  return Object.entries(detail).flatMap(([key, value]) =>
    /Arns?$/.test(key) ? [value].flat().flatMap(asEcsArn) : ecsArnsIn(value, depth + 1),
  );
};

const asEcsArn = (value: unknown): readonly EcsArn[] => {
  const parts = typeof value === 'string' ? readEcsArn(value) : undefined;
  return parts === undefined ? [] : [parts];
};

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

const parts = /^arn:([^:]+):ecs:([^:]+):([^:]+)(?::([^/]*)(?:\/([^/]*)(\/)?)?)?/;

/** The parts of an ECS ARN; `undefined` for any other text. */
export const readEcsArn = (arn: string): EcsArn | undefined => {
  const found = parts.exec(arn);
  if (found === null) return undefined;
  const [, partition = '', region = '', account = '', resource = '', first, second] = found;
  const named = second !== undefined && namedByCluster.includes(resource);
  const clusterName = resource === 'cluster' || named ? first : undefined;
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
 * Every text that `detail` gives under a key ending in `Arn` or `Arns`, however deep. Free text is
 * not searched: a reason or an attribute may quote what it likes.
 */
export const arnsIn = (detail: unknown): readonly string[] => {
  const found: string[] = [];
  collect(detail, 0, found);
  return found;
};

const collect = (detail: unknown, depth: number, found: string[]): void => {
  if (typeof detail !== 'object' || detail === null || depth > depthMax) return;
  if (Array.isArray(detail)) {
    for (const item of detail) collect(item, depth + 1, found);
    return;
  }
  for (const key of Object.keys(detail)) {
    const value = (detail as Record<string, unknown>)[key];
    if (!key.endsWith('Arn') && !key.endsWith('Arns')) {
      collect(value, depth + 1, found);
      continue;
    }
    for (const each of Array.isArray(value) ? value : [value]) {
      if (typeof each === 'string') found.push(each);
    }
  }
};

/**
 * Calls that share one bucket of tokens in an account and Region (Amazon ECS Developer Guide,
 * "Request throttling for the Amazon ECS API"): how many at once, and how many a second from then
 * on.
 */
export type EcsBucket = { readonly burst: number; readonly perSecond: number };

const buckets = {
  clusterResourceModify: { burst: 100, perSecond: 40 },
  clusterResourceRead: { burst: 100, perSecond: 20 },
  serviceModify: { burst: 50, perSecond: 5 },
  serviceRead: { burst: 100, perSecond: 20 },
  taskDefinitionModify: { burst: 20, perSecond: 1 },
  taskDefinitionRead: { burst: 50, perSecond: 20 },
  clusterRead: { burst: 50, perSecond: 20 },
} as const satisfies Readonly<Record<string, EcsBucket>>;

export type EcsBucketName = keyof typeof buckets;

/** What Tuesday calls, and what it takes from. */
const bucketOfAction: Readonly<Record<string, EcsBucketName>> = {
  RunTask: 'clusterResourceModify',
  StopTask: 'clusterResourceModify',
  UpdateContainerInstancesState: 'clusterResourceModify',
  DeregisterContainerInstance: 'clusterResourceModify',
  PutAttributes: 'clusterResourceModify',
  DescribeTasks: 'clusterResourceRead',
  ListTasks: 'clusterResourceRead',
  DescribeContainerInstances: 'clusterResourceRead',
  ListContainerInstances: 'clusterResourceRead',
  UpdateService: 'serviceModify',
  DescribeServices: 'serviceRead',
  ListServices: 'serviceRead',
  RegisterTaskDefinition: 'taskDefinitionModify',
  DescribeTaskDefinition: 'taskDefinitionRead',
  ListTaskDefinitions: 'taskDefinitionRead',
  DescribeClusters: 'clusterRead',
  ListClusters: 'clusterRead',
};

/**
 * Deployment pipelines, consoles and agents of the same account take from the same buckets, and
 * Tuesday must not be what throttles them: it keeps to half of each.
 */
export const shareOfAccount = 0.5;

/** `undefined`: no limit is documented for the call. */
export const bucketFor = (
  action: string,
): (EcsBucket & { readonly name: EcsBucketName }) | undefined => {
  const name = bucketOfAction[action];
  if (name === undefined) return undefined;
  const { burst, perSecond } = buckets[name];
  return {
    name,
    burst: Math.max(1, Math.floor(burst * shareOfAccount)),
    perSecond: perSecond * shareOfAccount,
  };
};

import type { AutoScalingGateway } from '../../infra/aws/autoScalingPort.ts';
import type { Ec2Gateway } from '../../infra/aws/ec2Port.ts';
import type { EcsGateway, Gateways } from '../../infra/aws/gateways.ts';

/** Names of the calls that change something, in the order in which they were made. */
export type Calls = string[];

const missing = (name: string) => () => {
  throw new Error(`${name} was not expected`);
};

/** An ECS on which nothing is expected but what `fields` say. */
export const anEcs = (fields: Partial<EcsGateway> = {}): EcsGateway => ({
  findCluster: missing('findCluster'),
  describeCluster: missing('describeCluster'),
  describeCapacityProviders: missing('describeCapacityProviders'),
  getTaskProtection: missing('getTaskProtection'),
  drainInstances: missing('drainInstances'),
  deregisterInstance: missing('deregisterInstance'),
  listInstances: missing('listInstances'),
  listTasks: missing('listTasks'),
  listServices: missing('listServices'),
  describeTasks: missing('describeTasks'),
  describeTaskDefinition: missing('describeTaskDefinition'),
  describeInstance: missing('describeInstance'),
  describeInstances: missing('describeInstances'),
  describeService: missing('describeService'),
  setInstanceStatus: missing('setInstanceStatus'),
  labelInstance: missing('labelInstance'),
  setPlacementConstraints: missing('setPlacementConstraints'),
  forceNewDeployment: missing('forceNewDeployment'),
  stopTask: missing('stopTask'),
  runPinnedTask: missing('runPinnedTask'),
  prefetchDefinition: missing('prefetchDefinition'),
  ...fields,
});

/** An Auto Scaling on which nothing is expected but what `fields` say. */
export const anAutoScaling = (fields: Partial<AutoScalingGateway> = {}): AutoScalingGateway => ({
  terminateForReplacement: missing('terminateForReplacement'),
  terminateForScaleIn: missing('terminateForScaleIn'),
  describeGroups: missing('describeGroups'),
  findGroupNames: missing('findGroupNames'),
  describeInstanceRefreshes: missing('describeInstanceRefreshes'),
  setDesiredCapacity: missing('setDesiredCapacity'),
  completeLifecycleAction: missing('completeLifecycleAction'),
  recordLifecycleActionHeartbeat: missing('recordLifecycleActionHeartbeat'),
  setLaunchTemplateVersion: missing('setLaunchTemplateVersion'),
  ...fields,
});

/** An EC2 on which nothing is expected but what `fields` say. */
export const anEc2 = (fields: Partial<Ec2Gateway> = {}): Ec2Gateway => ({
  describeInstances: missing('describeInstances'),
  describeImages: missing('describeImages'),
  describeLaunchTemplateVersions: missing('describeLaunchTemplateVersions'),
  createLaunchTemplateVersion: missing('createLaunchTemplateVersion'),
  ...fields,
});

export const gatewaysWith = (fields: Partial<Gateways> = {}): Gateways => ({
  ecs: anEcs(),
  autoScaling: anAutoScaling(),
  ec2: anEc2(),
  loadBalancing: {
    readDeregistrationDelaySeconds: missing('readDeregistrationDelaySeconds'),
    describeTargetHealth: missing('describeTargetHealth'),
  },
  scalableTargets: { describeScalableTargets: missing('describeScalableTargets') },
  cloudWatch: {
    describeAlarms: missing('describeAlarms'),
    readCapacityProviderReservation: missing('readCapacityProviderReservation'),
  },
  codeBuild: {
    startBuild: missing('startBuild'),
    batchGetBuilds: missing('batchGetBuilds'),
    findBuild: missing('findBuild'),
  },
  ecr: {
    readImageConfig: missing('readImageConfig'),
    readLifecyclePolicy: missing('readLifecyclePolicy'),
  },
  ssm: { readAmi: missing('readAmi') },
  bus: { put: missing('put') },
  ...fields,
});

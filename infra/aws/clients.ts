import { lazily } from '../lazily.ts';
import type { AutoScalingGateway } from './autoScalingPort.ts';
import type { CloudWatchGateway } from './cloudWatchPort.ts';
import type { CodeBuildGateway } from './codeBuildPort.ts';
import type { Ec2Gateway } from './ec2Port.ts';
import type { BusGateway, EcrGateway, EcsGateway, Gateways, SsmGateway } from './gateways.ts';
import type { LoadBalancingGateway } from './loadBalancingPort.ts';
import type { QueueGateway } from './queue.ts';
import type { ScalableTargetsGateway } from './scalableTargetsPort.ts';
import type { Pacing } from './tokenBucket.ts';

// Region, credentials and AWS_ENDPOINT_URL_<SERVICE> come from the environment, read by the SDK
// itself.

const requestHandler = {
  connectionTimeout: 3_000,
  requestTimeout: 15_000,
  throwOnRequestTimeout: true,
};

/** One try: after a lost answer only the caller knows what to look up before trying again. */
const mutating = { maxAttempts: 1, requestHandler };
const reading = { maxAttempts: 3, requestHandler };

type Wanted = {
  readonly busName: string;
  /** By which clock calls of ECS are paced; left out, by the machine's. */
  readonly pacing?: Pacing;
};

/**
 * Every gateway over real AWS. A client is loaded when it is first used, so that a function which
 * never calls ECS does not pay for its SDK at start.
 */
export const awsGateways = ({ busName, pacing }: Wanted): Gateways => ({
  ecs: lazily(() => ecsGateway(pacing)),
  autoScaling: lazily(autoScalingGateway),
  ec2: lazily(ec2Gateway),
  loadBalancing: lazily(loadBalancingGateway),
  scalableTargets: lazily(scalableTargetsGateway),
  cloudWatch: lazily(cloudWatchGateway),
  codeBuild: lazily(codeBuildGateway),
  ecr: lazily(ecrGateway),
  ssm: lazily(ssmGateway),
  bus: lazily(() => busGateway(busName)),
});

const ecsGateway = async (pacing?: Pacing): Promise<EcsGateway> => {
  const [{ ECSClient }, { createEcsGateway }, { paceEcs }] = await Promise.all([
    import('@aws-sdk/client-ecs'),
    import('./ecs.ts'),
    import('./pacedEcs.ts'),
  ]);
  const [client, reader] = [new ECSClient(mutating), new ECSClient(reading)];
  paceEcs([client, reader], pacing);
  return createEcsGateway(client, reader);
};

const autoScalingGateway = async (): Promise<AutoScalingGateway> => {
  const [{ AutoScalingClient }, { createAutoScalingGateway }] = await Promise.all([
    import('@aws-sdk/client-auto-scaling'),
    import('./autoScaling.ts'),
  ]);
  const reader = new AutoScalingClient(reading);
  return createAutoScalingGateway(new AutoScalingClient(mutating), reader);
};

const ec2Gateway = async (): Promise<Ec2Gateway> => {
  const [{ EC2Client }, { createEc2Gateway }] = await Promise.all([
    import('@aws-sdk/client-ec2'),
    import('./ec2.ts'),
  ]);
  return createEc2Gateway(new EC2Client(mutating), new EC2Client(reading));
};

const loadBalancingGateway = async (): Promise<LoadBalancingGateway> => {
  const [{ ElasticLoadBalancingV2Client }, { createLoadBalancingGateway }] = await Promise.all([
    import('@aws-sdk/client-elastic-load-balancing-v2'),
    import('./loadBalancing.ts'),
  ]);
  return createLoadBalancingGateway(new ElasticLoadBalancingV2Client(reading));
};

const scalableTargetsGateway = async (): Promise<ScalableTargetsGateway> => {
  const [{ ApplicationAutoScalingClient }, { createScalableTargetsGateway }] = await Promise.all([
    import('@aws-sdk/client-application-auto-scaling'),
    import('./scalableTargets.ts'),
  ]);
  return createScalableTargetsGateway(new ApplicationAutoScalingClient(reading));
};

const cloudWatchGateway = async (): Promise<CloudWatchGateway> => {
  const [{ CloudWatchClient }, { createCloudWatchGateway }] = await Promise.all([
    import('@aws-sdk/client-cloudwatch'),
    import('./cloudWatch.ts'),
  ]);
  return createCloudWatchGateway(new CloudWatchClient(reading));
};

const codeBuildGateway = async (): Promise<CodeBuildGateway> => {
  const [{ CodeBuildClient }, { createCodeBuildGateway }] = await Promise.all([
    import('@aws-sdk/client-codebuild'),
    import('./codeBuild.ts'),
  ]);
  return createCodeBuildGateway(new CodeBuildClient(mutating), new CodeBuildClient(reading));
};

const ecrGateway = async (): Promise<EcrGateway> => {
  const [{ ECRClient }, { createEcrGateway }] = await Promise.all([
    import('@aws-sdk/client-ecr'),
    import('./ecr.ts'),
  ]);
  return createEcrGateway(new ECRClient(reading));
};

const ssmGateway = async (): Promise<SsmGateway> => {
  const [{ SSMClient }, { createSsmGateway }] = await Promise.all([
    import('@aws-sdk/client-ssm'),
    import('./ssm.ts'),
  ]);
  return createSsmGateway(new SSMClient(reading));
};

const busGateway = async (busName: string): Promise<BusGateway> => {
  const [{ EventBridgeClient }, { createBusGateway }] = await Promise.all([
    import('@aws-sdk/client-eventbridge'),
    import('./bus.ts'),
  ]);
  return createBusGateway(new EventBridgeClient(mutating), busName);
};

/** One queue over real SQS, loaded when first used. */
export const awsQueue = (queueUrl: string): QueueGateway =>
  lazily(async () => {
    const [{ SQSClient }, { createQueueGateway }] = await Promise.all([
      import('@aws-sdk/client-sqs'),
      import('./queue.ts'),
    ]);
    return createQueueGateway(new SQSClient(mutating), queueUrl);
  });

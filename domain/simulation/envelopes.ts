import { groupArn } from './arns.ts';
import { instantText } from './instantText.ts';
import { emit } from './outbox.ts';
import { instanceShape, isoMoment, taskShape } from './shapes.ts';
import type { Deployment, EcrImage, Instance, Service, Task, World } from './world.ts';

// The events that AWS sends about itself, in the shapes of its documentation and samples.

/** Amazon ECS Developer Guide, "Amazon ECS task state change events". Health is not in it. */
export const publishTask = (world: World, task: Task): void => {
  const shape = taskShape(world, task, isoMoment);
  emit(world, {
    source: 'aws.ecs',
    detailType: 'ECS Task State Change',
    resources: [task.arn],
    detail: { ...shape, updatedAt: instantText(world.now) },
  });
};

/** Amazon ECS Developer Guide, "Amazon ECS container instance state change events". */
export const publishInstance = (world: World, instance: Instance): void => {
  if (instance.arn === null) return;
  instance.version += 1;
  emit(world, {
    source: 'aws.ecs',
    detailType: 'ECS Container Instance State Change',
    resources: [instance.arn],
    detail: {
      ...instanceShape(world, instance),
      clusterArn: world.clusterArn,
      registeredAt: instantText(instance.registeredAt),
      updatedAt: instantText(world.now),
    },
  });
};

/** Amazon ECS Developer Guide, "Amazon ECS service action events": no version. */
export const publishServiceAction = (
  world: World,
  service: Service,
  event: {
    readonly eventType: 'INFO' | 'WARN' | 'ERROR';
    readonly eventName: string;
    readonly reason?: string;
    readonly containerInstanceArns?: readonly string[];
  },
): void =>
  emit(world, {
    source: 'aws.ecs',
    detailType: 'ECS Service Action',
    resources: [service.arn],
    detail: { ...event, clusterArn: world.clusterArn, createdAt: instantText(world.now) },
  });

/** Amazon ECS Developer Guide, "Amazon ECS service deployment state change events". */
export const publishDeployment = (
  world: World,
  service: Service,
  deployment: Deployment,
  event: { readonly eventType: 'INFO' | 'ERROR'; readonly eventName: string },
): void =>
  emit(world, {
    source: 'aws.ecs',
    detailType: 'ECS Deployment State Change',
    resources: [service.arn],
    detail: {
      ...event,
      deploymentId: deployment.id,
      updatedAt: instantText(world.now),
      reason: deployment.rolloutStateReason,
    },
  });

/** Amazon ECR User Guide, "Amazon ECR events and EventBridge": `resources` is empty. */
export const publishEcrPush = (world: World, image: EcrImage, tag: string): void =>
  emit(world, {
    source: 'aws.ecr',
    detailType: 'ECR Image Action',
    resources: [],
    detail: {
      result: 'SUCCESS',
      'repository-name': image.repository,
      'image-digest': image.digest,
      'action-type': 'PUSH',
      'image-tag': tag,
    },
  });

/** Amazon EC2 User Guide, "Monitor instance state changes". */
export const publishEc2State = (world: World, instance: Instance): void =>
  emit(world, {
    source: 'aws.ec2',
    detailType: 'EC2 Instance State-change Notification',
    resources: [`arn:aws:ec2:${world.region}:${world.account}:instance/${instance.ec2InstanceId}`],
    detail: { 'instance-id': instance.ec2InstanceId, state: instance.ec2State },
  });

/**
 * Amazon EC2 User Guide, "Spot Instance interruption notices": the zone stands where the Region
 * belongs, and no account.
 */
export const publishInterruption = (world: World, instance: Instance, action: string): void =>
  emit(world, {
    source: 'aws.ec2',
    detailType: 'EC2 Spot Instance Interruption Warning',
    resources: [`arn:aws:ec2:${instance.zone}:instance/${instance.ec2InstanceId}`],
    detail: { 'instance-id': instance.ec2InstanceId, 'instance-action': action },
  });

/** Amazon EC2 Auto Scaling User Guide, "EC2 Instance-terminate Lifecycle Action". */
export const publishTerminationHook = (
  world: World,
  instance: Instance,
  lifecycleHookName: string,
): void =>
  emit(world, {
    source: 'aws.autoscaling',
    detailType: 'EC2 Instance-terminate Lifecycle Action',
    resources: [groupArn(world, instance.group)],
    detail: {
      LifecycleActionToken: instance.hookToken,
      AutoScalingGroupName: instance.group,
      LifecycleHookName: lifecycleHookName,
      EC2InstanceId: instance.ec2InstanceId,
      LifecycleTransition: 'autoscaling:EC2_INSTANCE_TERMINATING',
      Origin: 'AutoScalingGroup',
      Destination: 'EC2',
    },
  });

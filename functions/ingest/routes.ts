import type { Observation } from '../../domain/fleet/observation.ts';
import { ec2Stream } from '../../domain/fleet/shards.ts';
import type { EcrImageAction } from '../../events/aws/ecrImageAction.ts';
import type { AwsEvent } from '../../events/aws/parseAwsEvent.ts';
import type { Ec2Event } from '../../events/fleet.ts';
import type { ClusterArn, Instant } from '../../events/ids.ts';

/** Where an event belongs: a cluster's fleet, the notices of an account and region, or an image. */
export type Route =
  | { readonly to: 'fleet'; readonly clusterArn: ClusterArn; readonly observation: Observation }
  | { readonly to: 'notices'; readonly stream: string; readonly notice: Ec2Event }
  | { readonly to: 'image'; readonly event: EcrImageAction };

/** `arrivedAt` stands in for the moment of an EC2 event whose envelope gives none. */
export const routeOf = (event: AwsEvent, arrivedAt: Instant): Route => {
  switch (event.kind) {
    case 'EcsTaskStateChange':
    case 'EcsContainerInstanceStateChange':
    case 'EcsServiceAction':
    case 'EcsDeploymentStateChange':
      return { to: 'fleet', clusterArn: event.clusterArn, observation: observationOf(event) };
    case 'EcrImageAction':
      return { to: 'image', event };
    case 'SpotInterruptionWarning':
    case 'RebalanceRecommendation':
    case 'Ec2StateChange':
    case 'TerminateLifecycleAction': {
      const stream = ec2Stream(event.account, event.region);
      return { to: 'notices', stream, notice: noticeOf(event, event.at ?? arrivedAt) };
    }
    default:
      return event satisfies never;
  }
};

type FleetKind = Extract<AwsEvent, { readonly clusterArn: ClusterArn }>;

const observationOf = (event: FleetKind): Observation => {
  const at = event.at === undefined ? {} : { at: event.at };
  switch (event.kind) {
    case 'EcsTaskStateChange':
      return { kind: 'task', task: event.task, from: 'event', ...at };
    case 'EcsContainerInstanceStateChange':
      return { kind: 'instance', instance: event.instance, from: 'event', ...at };
    case 'EcsServiceAction': {
      const { id: eventId, serviceArn, eventName, severity, createdAt } = event;
      const action = { eventId, serviceArn, eventName, severity, createdAt, ...reasonOf(event) };
      return { kind: 'serviceAction', action };
    }
    case 'EcsDeploymentStateChange': {
      const { id: eventId, serviceArn, deploymentId, eventName, updatedAt } = event;
      const told = { eventId, serviceArn, deploymentId, eventName, updatedAt };
      return { kind: 'deploymentState', deploymentState: { ...told, ...reasonOf(event) } };
    }
    default:
      return event satisfies never;
  }
};

const reasonOf = ({ reason }: { readonly reason?: string }) =>
  reason === undefined ? {} : { reason };

type NoticeKind = Extract<
  AwsEvent,
  {
    readonly kind:
      | 'SpotInterruptionWarning'
      | 'RebalanceRecommendation'
      | 'Ec2StateChange'
      | 'TerminateLifecycleAction';
  }
>;

const noticeOf = (event: NoticeKind, at: Instant): Ec2Event => {
  const told = { eventId: event.id, ec2InstanceId: event.ec2InstanceId };
  switch (event.kind) {
    case 'SpotInterruptionWarning': {
      const data = { ...told, action: event.action, noticedAt: at };
      return { type: 'InterruptionNoticed', data };
    }
    case 'RebalanceRecommendation':
      return { type: 'RebalanceRecommended', data: { ...told, recommendedAt: at } };
    case 'Ec2StateChange':
      return { type: 'Ec2StateChanged', data: { ...told, state: event.state, changedAt: at } };
    case 'TerminateLifecycleAction': {
      const { autoScalingGroupName, lifecycleHookName, lifecycleActionToken } = event;
      const hook = { autoScalingGroupName, lifecycleHookName, lifecycleActionToken };
      return { type: 'TerminationHookBegan', data: { ...told, ...hook, beganAt: at } };
    }
    default:
      return event satisfies never;
  }
};

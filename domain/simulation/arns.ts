import type { World } from './world.ts';

type Place = Pick<World, 'account' | 'region' | 'clusterName'>;

/** ARNs of tasks, services and container instances carry the cluster's name (the long format). */
export const clusterResourceArn = (
  world: Place,
  kind: 'task' | 'service' | 'container-instance',
  name: string,
): string => `arn:aws:ecs:${world.region}:${world.account}:${kind}/${world.clusterName}/${name}`;

export const definitionArn = (world: Place, family: string, revision: number | string): string =>
  `arn:aws:ecs:${world.region}:${world.account}:task-definition/${family}:${revision}`;

export const groupArn = (world: Place, name: string): string => {
  const id = '5f0f3b2c-9d5e-4a51-8f3a-2d1c4b6e7a80';
  const path = `autoScalingGroup:${id}:autoScalingGroupName/${name}`;
  return `arn:aws:autoscaling:${world.region}:${world.account}:${path}`;
};

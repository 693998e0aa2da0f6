import { writeSync } from 'node:fs';
import { randomScenario } from '../../../domain/simulation/randomScenario.ts';
import { type Cloud, openCloud } from '../../../infra/local/cloud.ts';

export const scenario = randomScenario(11, { instances: 6, tasks: 30 });
export const seed = 11;

/**
 * The input of that number, the same in every process: mostly time, now and then a call, a fault,
 * an acknowledgement.
 */
export const step = (cloud: Cloud, number: number): void => {
  const { world } = cloud;
  const cluster = world.clusterName;
  const instance = Object.keys(world.instances)[number % 3] ?? '';
  if (number % 50 === 7) {
    const service = Object.keys(world.services)[number % 2];
    cloud.call('ecs', 'UpdateService', { cluster, service, forceNewDeployment: true });
  } else if (number % 50 === 17) {
    cloud.inject({ type: 'agentLoss', ec2InstanceId: instance, ms: 60_000 });
  } else if (number % 50 === 27) {
    cloud.acknowledge(cloud.pendingEvents(5).at(-1)?.sequence ?? 0);
  } else if (number % 400 === 37) {
    cloud.call('autoscaling', 'TerminateInstanceInAutoScalingGroup', { InstanceId: instance });
  } else cloud.advance(cloud.now() + 20_000);
};

// As a program: lives on the file named until it is killed, and says after each input which one it
// was.
if (process.argv[1] === import.meta.filename) {
  const cloud = openCloud({ file: process.argv[2] ?? '', scenario, seed });
  const from = Number(process.argv[3]);
  for (let number = from; number < from + 50_000; number++) {
    step(cloud, number);
    writeSync(1, `${number}\n`);
  }
}

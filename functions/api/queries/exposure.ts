import { exposureOf } from '../../../domain/patching/exposure.ts';
import { instanceRows, taskRows } from '../../../domain/patching/rows.ts';
import type { getExposure, listExposedInstances, listExposedTasks } from '../contract/exposure.ts';
import { pageOf } from '../page.ts';
import type { ApiTools, Caller, Handle } from '../route.ts';
import { clusterSight } from '../sight.ts';

export const get: Handle<typeof getExposure> = async ({ parameters }, caller, tools) => {
  const sight = await exposureSight(parameters.cluster, caller, tools);
  const { tasks: _tasks, instances: _instances, ...report } = exposureOf(sight);
  return report;
};

export const listTasks: Handle<typeof listExposedTasks> = async (asked, caller, tools) => {
  const sight = await exposureSight(asked.parameters.cluster, caller, tools);
  return pageOf(taskRows(sight), ({ id }) => id, asked.query);
};

export const listInstances: Handle<typeof listExposedInstances> = async (asked, caller, tools) => {
  const sight = await exposureSight(asked.parameters.cluster, caller, tools);
  return pageOf(instanceRows(sight), ({ id }) => id, asked.query);
};

const exposureSight = async (name: string, { now }: Caller, tools: ApiTools) => {
  const { view, views } = await clusterSight(tools, name);
  const { channels, amis, images } = views;
  return { view, channels, amis, images, now };
};

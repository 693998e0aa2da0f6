import type { ObservedInstance, ObservedService, ObservedTask } from '../../events/fleet.ts';
import { serviceOfTask } from '../fleet/fleetView.ts';
import type { PlacementTask } from '../placement/placementProblem.ts';
import { placementTaskOf } from '../placement/roomElsewhere.ts';
import { whyProtected } from '../service/protection.ts';
import type { DrainReason, Ending } from './drainPlan.ts';
import type { DrainQuestion } from './drainQuestion.ts';

/** What can be said of a task before its service and the room elsewhere are looked at. */
export type TaskJudgement =
  | { readonly is: 'staying'; readonly reason: DrainReason; readonly detail: string }
  | { readonly is: 'ending'; readonly because: Ending }
  | {
      readonly is: 'leaving';
      readonly service: ObservedService;
      readonly placement: PlacementTask;
    };

/** A task on an instance that is being emptied, or that is asked about. */
export type Judged = {
  readonly task: ObservedTask;
  readonly instance: ObservedInstance;
  readonly judgement: TaskJudgement;
};

export const judgeTask = (
  task: ObservedTask,
  instance: ObservedInstance,
  question: DrainQuestion,
): TaskJudgement => {
  const { view } = question.fleet;
  const inactive = whyNotActive(instance);
  if (inactive !== undefined) return staying('InstanceNotActive', inactive);
  if (task.desiredStatus === 'STOPPED') return { is: 'ending', because: 'Stopping' };
  if (!task.group.startsWith('service:')) return judgeStandalone(task, question);
  const service = serviceOfTask(view, task);
  if (service === undefined) {
    return staying('TaskNotInService', `${task.group} has not been described yet`);
  }
  if (service.schedulingStrategy === 'DAEMON') return { is: 'ending', because: 'Daemon' };
  const protection = whyProtected(task, question.protectedUntil, question.now);
  if (protection !== undefined) return staying('TaskProtected', protection);
  const [hostPath] = view.taskDefinitions.get(task.taskDefinitionArn)?.hostPaths ?? [];
  if (hostPath !== undefined) {
    const detail = `it works on ${hostPath} of its instance: what is there does not move with it`;
    return staying('HostVolume', detail);
  }
  const placement = placementTaskOf(view, task, instance.containerInstanceArn);
  if ('reason' in placement) return staying(placement.reason, placement.detail);
  return { is: 'leaving', service, placement };
};

/** `undefined` for an instance that can be drained, or is being drained. */
export const whyNotActive = ({ status, agentConnected }: ObservedInstance): string | undefined => {
  if (agentConnected && (status === 'ACTIVE' || status === 'DRAINING')) return undefined;
  const agent = agentConnected ? 'connected' : 'disconnected: nothing on it can be stopped';
  return `it is ${status}, its agent is ${agent}`;
};

const staying = (reason: DrainReason, detail: string): TaskJudgement => ({
  is: 'staying',
  reason,
  detail,
});

const judgeStandalone = (
  task: ObservedTask,
  { standalone }: Pick<DrainQuestion, 'standalone'>,
): TaskJudgement => {
  if (standalone.type === 'stopAfter') return { is: 'ending', because: 'StoppedByPolicy' };
  const by = task.startedBy ?? 'hand';
  const what = `${task.group} was started by ${by} and no service replaces it`;
  const then =
    standalone.type === 'wait'
      ? 'the drain waits until it ends by itself'
      : 'its instance is left alone while it runs';
  return staying('StandaloneTask', `${what}: ${then}`);
};

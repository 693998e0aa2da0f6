import type { ContainerInstanceArn } from '../../events/ids.ts';
import type { Held } from '../../events/rollout.ts';
import { planDrain } from '../draining/planDrain.ts';
import { explainPlacement } from '../placement/explain/explainPlacement.ts';
import { whyNowhere } from '../placement/explain/whyNowhere.ts';
import { instancesNow } from '../placement/indexed/running.ts';
import { type CapacityQuestion, held } from './capacityQuestion.ts';
import { emptyInstance } from './emptying.ts';
import { groundOf } from './ground.ts';
import { scalingIn } from './scaleInDesk.ts';

/** What leaves its instance without a scale-in: by a drain under way, or in the next wave. */
export type Leaving = readonly ContainerInstanceArn[];

/** Asks whether instances empty, with all that leaves anyway. */
export const emptyingDesk = (question: CapacityQuestion) => ({
  /** Why not even what leaves anyway finds room as things are. */
  whyNoRoomAnyway: (leaving: Leaving): string | undefined => whyNoRoom(question, leaving),
  /**
   * Why the last of `going` may not go with the others: something on it stays where it is, or
   * somebody would be left without room. Whoever leaves anyway comes first, and whether the bounds
   * of a service let it go today does not matter: its room must be there on the day it goes.
   */
  whyNot: (leaving: Leaving, going: readonly ContainerInstanceArn[]): Held | undefined => {
    const arn = going.at(-1) ?? '';
    const noRoom = whyNoRoom(question, [...leaving, ...going]);
    return noRoom === undefined ? whyStays(question, going) : held(arn, 'NoCapacity', noRoom);
  },
});

/** One after the other, so that a yes is a set of placements that exists. */
const whyNoRoom = (
  question: CapacityQuestion,
  instances: readonly ContainerInstanceArn[],
): string | undefined => {
  const { view } = question.fleet;
  // What is on its way is not there yet.
  const ground = groundOf(question, []);
  for (const arn of new Set(instances)) {
    const instance = view.instances.get(arn);
    const [first] = instance === undefined ? [] : emptyInstance(ground, view, instance).left;
    if (first === undefined) continue;
    const { placement } = first;
    return whyNowhere(explainPlacement(instancesNow(ground.index), placement, ground.rules));
  }
  return undefined;
};

/** What the drain plan says against it: bounds of services, jobs, directories, protection. */
const whyStays = (
  question: CapacityQuestion,
  going: readonly ContainerInstanceArn[],
): Held | undefined => {
  const { fleet, osReserveMiB, now } = question;
  const arn = going.at(-1) ?? '';
  const plan = planDrain({
    fleet,
    instances: going,
    osReserveMiB,
    now,
    standalone: { type: 'protect' },
    lastHealthyTask: 'hold',
    drainedByUs: scalingIn(question),
  });
  const blocker =
    plan.blockers.find((each) => each.containerInstanceArn === arn) ?? plan.blockers[0];
  if (blocker !== undefined) return held(arn, blocker.reason, blocker.detail);
  const stays = plan.tasks.find(({ outcome }) => outcome === 'stays');
  return stays?.outcome === 'stays' ? held(arn, stays.reason, stays.detail) : undefined;
};

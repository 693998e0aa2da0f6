import { idOf } from './answers.ts';
import type { TaskDefinition, World } from './world.ts';

/** `<family>`, `<family>:<revision>` or an ARN; a family alone means its newest revision. */
export const findDefinition = (world: World, reference: string): TaskDefinition | undefined => {
  const [family = '', revision] = idOf(reference).split(':');
  const number = revision ?? world.revisions[family];
  return world.taskDefinitions[
    `arn:aws:ecs:${world.region}:${world.account}:task-definition/${family}:${number}`
  ];
};

import { idOf } from './answers.ts';
import { definitionArn } from './arns.ts';
import type { TaskDefinition, World } from './world.ts';

/** `<family>`, `<family>:<revision>` or an ARN; a family alone means its newest revision. */
export const findDefinition = (world: World, reference: string): TaskDefinition | undefined => {
  const [family = '', revision] = idOf(reference).split(':');
  const number = revision ?? world.revisions[family] ?? 0;
  return world.taskDefinitions[definitionArn(world, family, number)];
};

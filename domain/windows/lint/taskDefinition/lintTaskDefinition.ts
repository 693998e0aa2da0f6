import type { Instant } from '../../../../events/ids.ts';
import type { TaskDefinitionFinding } from '../finding.ts';
import type { ImageFacts } from '../imageFacts.ts';
import { checkContainers } from './containers.ts';
import { documentOf, type Json } from './document.ts';
import { checkImages } from './images.ts';
import { checkLifecycle } from './lifecycle.ts';
import { checkLogging } from './logging.ts';
import { checkNetwork } from './network.ts';
import { checkParameters } from './parameters.ts';
import { checkPlatform, declaredLinux } from './platform.ts';
import { checkResources } from './resources.ts';
import { checkRoles } from './roles.ts';
import { checkShape } from './shape.ts';
import { checkVolumes } from './volumes.ts';

/** What the document does not say itself. Whatever is left out is not judged. */
export type TaskDefinitionContext = {
  readonly now: Instant;
  /** By reference as the task definition writes it. */
  readonly images: ReadonlyMap<string, ImageFacts>;
  /** What the instances register. */
  readonly instanceMemoryMiB?: number;
};

/**
 * Everything that is wrong or doubtful with a task definition on Windows container instances (EC2),
 * at once, by path. Takes a parsed `register-task-definition` document or the answer of
 * `describe-task-definition`, whose fields may be anything; never throws on one.
 */
export const lintTaskDefinition = (
  root: Json,
  context: TaskDefinitionContext,
): readonly TaskDefinitionFinding[] => {
  const document = documentOf(root);
  const linux = declaredLinux(document);
  if (linux !== undefined) return [linux];
  return [
    ...checkShape(document),
    ...checkContainers(document),
    ...checkPlatform(document, context.now),
    ...checkParameters(document),
    ...checkResources(document, context.instanceMemoryMiB),
    ...checkNetwork(document),
    ...checkVolumes(document),
    ...checkLogging(document),
    ...checkRoles(document),
    ...checkLifecycle(document),
    ...checkImages(document, context),
  ].toSorted(byPath);
};

/** Numbers in a path count as numbers: container 10 comes after container 2. */
const byPath = (one: TaskDefinitionFinding, other: TaskDefinitionFinding): number => {
  const a = one.path.split(/(\d+)/);
  const b = other.path.split(/(\d+)/);
  for (let index = 0; index < Math.min(a.length, b.length); index += 1) {
    const [left = '', right = ''] = [a[index], b[index]];
    if (left === right) continue;
    return index % 2 === 1 ? Number(left) - Number(right) : compareText(left, right);
  }
  return a.length - b.length || compareText(one.rule, other.rule);
};

const compareText = (one: string, other: string): number => {
  if (one === other) return 0;
  return one < other ? -1 : 1;
};

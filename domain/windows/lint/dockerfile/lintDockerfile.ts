import type { Instant } from '../../../../events/ids.ts';
import type { DockerfileFinding } from '../finding.ts';
import { checkBases } from './bases.ts';
import { checkCommands } from './commands.ts';
import { checkEscapes } from './escapes.ts';
import { parseDockerfile } from './parse.ts';
import { checkRuntime } from './runtime.ts';
import { shippedStages, stagesOf } from './stages.ts';

/**
 * Everything that is wrong or doubtful with a Dockerfile for Windows, at once, by line. Takes any
 * text; never throws.
 */
export const lintDockerfile = (
  text: string,
  { now }: { readonly now: Instant },
): readonly DockerfileFinding[] => {
  const file = parseDockerfile(text);
  const stages = stagesOf(file);
  const shipped = shippedStages(stages);
  return [
    ...checkEscapes(file),
    ...checkBases(stages, now),
    ...checkCommands(stages, shipped),
    ...checkRuntime(shipped),
  ].toSorted(byPlace);
};

const byPlace = (one: DockerfileFinding, other: DockerfileFinding): number =>
  one.line - other.line || one.column - other.column || (one.rule < other.rule ? -1 : 1);

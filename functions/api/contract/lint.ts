import * as z from 'zod';
import { question } from './contract.ts';
import { list } from './wire.ts';

const found = {
  rule: z.string().meta({ description: 'stable: findings are filtered by it' }),
  severity: z.enum(['error', 'warning', 'info']),
  reason: z.string(),
  source: z.string(),
  found: z.string(),
  fix: z.string(),
};

export const TaskDefinitionFinding = z
  .object({ path: z.string(), ...found })
  .readonly()
  .meta({ id: 'TaskDefinitionFinding' });

export const DockerfileFinding = z
  .object({ line: z.int().min(1), column: z.int().min(1), ...found })
  .readonly()
  .meta({ id: 'DockerfileFinding' });

/** A document of 256 KiB can have more wrong with it than a function may answer. */
export const findingsMax = 1_000;

const Left = z
  .int()
  .nonnegative()
  .meta({ description: `findings beyond the first ${findingsMax}, which are not told` });

export const lintTaskDefinition = question({
  name: 'lintTaskDefinition',
  path: '/lint/task-definition',
  summary: 'Everything that will not work on Windows, or will hurt, in a task definition',
  body: z.strictObject({
    taskDefinition: z.record(z.string(), z.unknown()).meta({
      description: 'as register-task-definition takes it or describe-task-definition prints it',
    }),
    instanceMemoryMiB: z.int().min(1).max(100_000_000).optional().meta({
      description: 'what the instances register',
    }),
  }),
  answer: z.object({
    findings: list(TaskDefinitionFinding),
    left: Left,
    unknownImages: list(z.string()).meta({
      description: 'images of which the record knows nothing: judged by their names',
    }),
  }),
});

export const lintDockerfile = question({
  name: 'lintDockerfile',
  path: '/lint/dockerfile',
  summary: 'Everything that will not work on Windows, or will hurt, in a Dockerfile',
  body: z.strictObject({ dockerfile: z.string().min(1).max(262_144) }),
  answer: z.object({ findings: list(DockerfileFinding), left: Left }),
});

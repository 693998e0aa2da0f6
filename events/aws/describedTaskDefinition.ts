import * as z from 'zod';
import type { ObservedTaskDefinition } from '../fleet.ts';
import { TaskDefinitionArn } from '../ids.ts';
import { Constraints, RequiredAttributes } from './placementWishes.ts';
import { present } from './present.ts';
import { Word } from './text.ts';

const PortMapping = z.object({
  hostPort: z.int().min(0).max(65_535).nullish(),
  protocol: z.enum(['tcp', 'udp']).default('tcp'),
});

const Container = z.object({
  name: Word,
  image: z.string().max(1_024),
  cpu: z.number().nonnegative().default(0),
  memory: z.number().nonnegative().nullish(),
  portMappings: z.array(PortMapping).max(500).nullish(),
});

/**
 * A revision as DescribeTaskDefinition writes it (ECS API Reference, TaskDefinition). Host ports
 * are those of the instance: none under `awsvpc`, where a task has its own address, and none where
 * ECS picks one (0).
 */
export const EcsTaskDefinition = z
  .object({
    taskDefinitionArn: TaskDefinitionArn,
    family: Word,
    revision: z.int().positive(),
    networkMode: Word.nullish(),
    runtimePlatform: z.object({ operatingSystemFamily: Word.nullish() }).nullish(),
    containerDefinitions: z.array(Container).max(100),
    placementConstraints: Constraints,
    requiresAttributes: RequiredAttributes,
    volumes: z
      .array(
        z.object({ host: z.object({ sourcePath: z.string().max(1_024).nullish() }).nullish() }),
      )
      .max(100)
      .nullish(),
  })
  .transform((described): ObservedTaskDefinition => {
    const { taskDefinitionArn, family, revision, networkMode, runtimePlatform } = described;
    const { placementConstraints, requiresAttributes } = described;
    const operatingSystemFamily = runtimePlatform?.operatingSystemFamily;
    return {
      taskDefinitionArn,
      family,
      revision,
      ...present({ networkMode, operatingSystemFamily }),
      ...present({ placementConstraints, requiresAttributes }),
      containers: described.containerDefinitions.map(({ memory, portMappings, ...container }) => ({
        ...container,
        ...present({ memoryMiB: memory }),
        hostPorts: (portMappings ?? []).flatMap(({ hostPort, protocol }) =>
          hostPort && networkMode !== 'awsvpc' ? [{ port: hostPort, protocol }] : [],
        ),
      })),
      hostPaths: (described.volumes ?? []).flatMap(({ host }) => host?.sourcePath || []),
    };
  });

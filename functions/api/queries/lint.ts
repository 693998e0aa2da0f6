import { lintDockerfile } from '../../../domain/windows/lint/dockerfile/lintDockerfile.ts';
import type { ImageFacts } from '../../../domain/windows/lint/imageFacts.ts';
import { imagesIn, recordedFacts } from '../../../domain/windows/lint/recordedFacts.ts';
import * as linting from '../../../domain/windows/lint/taskDefinition/lintTaskDefinition.ts';
import * as contract from '../contract/lint.ts';
import type { Handle } from '../route.ts';

export const taskDefinition: Handle<typeof contract.lintTaskDefinition> = async (
  { body },
  { now },
  tools,
) => {
  const { taskDefinition: json, instanceMemoryMiB } = body;
  const { images } = await tools.views.catchUp();
  const facts = new Map<string, ImageFacts>();
  const unknownImages: string[] = [];
  for (const image of imagesIn(json)) {
    const known = recordedFacts(image, images);
    if (known === undefined) unknownImages.push(image);
    else facts.set(image, known);
  }
  const memory = instanceMemoryMiB === undefined ? {} : { instanceMemoryMiB };
  const context = { now, images: facts, ...memory };
  return { ...firstOf(linting.lintTaskDefinition(json, context)), unknownImages };
};

export const dockerfile: Handle<typeof contract.lintDockerfile> = async ({ body }, { now }) =>
  firstOf(lintDockerfile(body.dockerfile, { now }));

const firstOf = <Finding>(all: readonly Finding[]) => ({
  findings: all.slice(0, contract.findingsMax),
  left: Math.max(0, all.length - contract.findingsMax),
});

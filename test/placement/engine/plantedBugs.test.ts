import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'esbuild';
import { describe, expect, it } from 'vitest';
import { compareWithOracle, type Decide } from '../oracle/compareWithOracle.ts';
import { type PlantedBug, plantedBugs } from './plantedBugs.ts';

// The oracle is worth what it finds: the engine is built anew with one mistake in it each time.

const room = 'domain/placement';

const engineWith = async ({ file, right, wrong }: PlantedBug): Promise<Decide> => {
  let planted = 0;
  const { outputFiles } = await build({
    entryPoints: [`${room}/indexed/placementIndex.ts`],
    bundle: true,
    format: 'esm',
    platform: 'node',
    write: false,
    plugins: [
      {
        name: 'plant',
        setup: (builder) => {
          builder.onLoad({ filter: /\.ts$/ }, async ({ path }) => {
            const text = await readFile(path, 'utf8');
            if (path !== join(process.cwd(), room, file)) return { contents: text, loader: 'ts' };
            planted += text.split(right).length - 1;
            return { contents: text.replace(right, () => wrong), loader: 'ts' };
          });
        },
      },
    ],
  });
  expect(planted, `"${right}" stands once in ${file}`).toBe(1);
  const code = outputFiles[0]?.text ?? '';
  const module = await import(`data:text/javascript,${encodeURIComponent(code)}`);
  return module.planPlacements;
};

describe('the oracle', () => {
  it('has thirty mistakes to find, each of its own kind', () => {
    expect(plantedBugs.length).toBeGreaterThanOrEqual(30);
    expect(new Set(plantedBugs.map(({ mistake }) => mistake)).size).toBe(plantedBugs.length);
  });

  it.each(plantedBugs)('finds it when $mistake', async (bug) => {
    const decide = await engineWith(bug);
    const { disagreements } = untilFirst(decide, 20_000);
    expect(disagreements.length).toBeGreaterThan(0);
  });
});

/** In portions, so that what is found early ends early. */
const untilFirst = (decide: Decide, most: number) => {
  for (let seed = 1; ; seed += 1) {
    const found = compareWithOracle(decide, { seed, decisions: 1_000 });
    if (found.disagreements.length > 0 || seed * 1_000 >= most) return found;
  }
};

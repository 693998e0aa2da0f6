import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type BuildOptions, build } from 'esbuild';
import { expect } from 'vitest';

/** A mistake that somebody could make: one place in a room of the domain, written wrong. */
export type PlantedBug = {
  readonly mistake: string;
  /** Under the room, for example `planScaleIn.ts` under domain/scaling. */
  readonly file: string;
  readonly right: string;
  readonly wrong: string;
};

/** The modules of `contents` built anew with one mistake in them, which has to stand once. */
export const builtWithBug = async <Module>(
  contents: string,
  room: string,
  { file, right, wrong }: PlantedBug,
): Promise<Module> => {
  let planted = 0;
  const plugin: NonNullable<BuildOptions['plugins']>[number] = {
    name: 'plant',
    setup: (builder) => {
      builder.onLoad({ filter: /domain.*\.ts$/ }, async ({ path }) => {
        const text = await readFile(path, 'utf8');
        if (path !== join(process.cwd(), room, file)) return { contents: text, loader: 'ts' };
        planted += text.split(right).length - 1;
        return { contents: text.replace(right, () => wrong), loader: 'ts' };
      });
    },
  };
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: process.cwd(), loader: 'ts' },
    bundle: true,
    format: 'esm',
    platform: 'node',
    write: false,
    plugins: [plugin],
  });
  expect(planted, `"${right}" stands once in ${file}`).toBe(1);
  const code = outputFiles?.[0]?.text ?? '';
  return import(`data:text/javascript,${encodeURIComponent(code)}`);
};

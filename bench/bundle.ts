import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type BuildOptions, build } from 'esbuild';
import { banner, bundleOptions } from '../infra/bundle.ts';
import { readFunctions } from '../infra/local/template.ts';
import { importTimesMs } from './bundle/importTimes.ts';
import { startBytes } from './bundle/startBytes.ts';
import { atMost, type Figure } from './figure.ts';

// What a function loads before its first request, bundled as it is deployed.

const root = join(import.meta.dirname, '..');
const reference = 'bench/bundle/referenceHandler.ts';
const plain = 'bench/bundle/plainHandler.ts';
const rounds = 21;

const kilobytes = (bytes: number): number => Math.round(bytes / 100) / 10;

export const bundle = async (): Promise<readonly Figure[]> => {
  // Within the project, where the bundles find nothing that they would not find deployed.
  const folder = mkdtempSync(join(root, '.bundle-'));
  try {
    const referenceBytes = await bytesOf(reference, bundleOptions(root, reference, folder));
    const plainBytes = await bytesOf(plain, plainOptions(folder));
    const files = [reference, plain].map((file) => join(folder, file.replace(/\.ts$/, '.mjs')));
    const [referenceMs = Number.NaN, plainMs = Number.NaN] = importTimesMs(files, rounds);
    return [
      ...sizes(referenceBytes, plainBytes),
      ...(await largest(folder)),
      ratio(referenceMs, plainMs),
    ];
  } finally {
    rmSync(folder, { recursive: true });
  }
};

const bytesOf = async (
  source: string,
  options: BuildOptions & { readonly metafile: true },
  late?: string,
): Promise<number> => startBytes((await build(options)).metafile, source, late);

/** esbuild as it comes, but for what an ES module asks for: its extension and the banner. */
const plainOptions = (folder: string): BuildOptions & { readonly metafile: true } => ({
  absWorkingDir: root,
  entryPoints: [plain],
  outbase: '.',
  outdir: folder,
  outExtension: { '.js': '.mjs' },
  banner: { js: banner },
  bundle: true,
  minify: true,
  platform: 'node',
  target: 'node24',
  format: 'esm',
  metafile: true,
  logLevel: 'error',
});

const handler = 'middy, a schema of three fields and one PutItem';

const sizes = (referenceBytes: number, plainBytes: number): readonly Figure[] => [
  atMost({
    figure: 'bundle.referenceKB',
    value: kilobytes(referenceBytes),
    unit: 'KB of 1,000 bytes',
    goal: 350,
    against: { plain: kilobytes(plainBytes) },
    on: `${handler}, loaded at start; plain: the same with import { z }, esbuild as it comes`,
  }),
];

const largest = async (folder: string): Promise<readonly Figure[]> => {
  const sizesFor = async (late?: string) => {
    const functions = [];
    for (const { name, source } of readFunctions(join(root, 'serverless.yml'))) {
      const options = { ...bundleOptions(root, source, join(folder, name)), write: false };
      functions.push({ name, bytes: await bytesOf(source, options, late) });
    }
    const [first] = functions.toSorted((a, b) => b.bytes - a.bytes);
    const each = functions.map(({ name, bytes }) => `${name} ${kilobytes(bytes)}`).join(', ');
    const value = kilobytes(first?.bytes ?? Number.NaN);
    return { value, unit: 'KB of 1,000 bytes', each };
  };
  const { each, ...atStart } = await sizesFor();
  const { each: eachLater, ...later } = await sizesFor('functions/');
  return [
    atMost({ figure: 'bundle.largestKB', ...atStart, goal: 480, on: `at start: ${each}` }),
    {
      figure: 'bundle.withPlannersKB',
      ...later,
      on: `at start and with what functions/ import later: ${eachLater}`,
    },
  ];
};

const ratio = (referenceMs: number, plainMs: number): Figure => {
  const ms = (value: number) => Math.round(value * 10) / 10;
  return atMost({
    figure: 'bundle.importRatio',
    value: Math.round((referenceMs / plainMs) * 100) / 100,
    unit: 'of the import time of plain',
    goal: 0.55,
    against: { plain: 1 },
    on:
      `${handler}: ${ms(referenceMs)} ms against ${ms(plainMs)} ms, the least of ${rounds} ` +
      'fresh processes each, in turn',
  });
};

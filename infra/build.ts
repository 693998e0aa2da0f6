import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { readFunctions } from './local/template.ts';

// Bundles each function of serverless.yml from the source file that its handler names, into a
// folder of its own, so that the SDK clients it loads late lie beside it as chunks.

/** Some dependencies still ask for `require`, which an ES module does not have. */
const banner = [
  "import { createRequire as __createRequire } from 'node:module';",
  'const require = __createRequire(import.meta.url);',
].join('');

const root = join(import.meta.dirname, '..');

const bundle = async (name: string, source: string): Promise<void> => {
  if (!existsSync(join(root, source))) {
    throw new Error(`serverless.yml: function ${name} names ${source}, which does not exist`);
  }
  await build({
    absWorkingDir: root,
    entryPoints: [source],
    outbase: '.',
    outdir: join('dist', name),
    outExtension: { '.js': '.mjs' },
    chunkNames: 'chunks/[name]-[hash]',
    bundle: true,
    splitting: true,
    minify: true,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    mainFields: ['module', 'main'],
    banner: { js: banner },
    logLevel: 'error',
  });
};

const functions = readFunctions(join(root, 'serverless.yml'));
rmSync(join(root, 'dist'), { recursive: true, force: true });
for (const { name, source } of functions) await bundle(name, source);
process.stdout.write(`bundled ${functions.length} functions\n`);

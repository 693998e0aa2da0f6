import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { bundleOptions } from './bundle.ts';
import { readFunctions } from './local/template.ts';

// Bundles each function of serverless.yml from the source file that its handler names, into a
// folder of its own, so that the SDK clients it loads late lie beside it as chunks.

const root = join(import.meta.dirname, '..');

const functions = readFunctions(join(root, 'serverless.yml'));
rmSync(join(root, 'dist'), { recursive: true, force: true });
for (const { name, source } of functions) {
  if (!existsSync(join(root, source))) {
    throw new Error(`serverless.yml: function ${name} names ${source}, which does not exist`);
  }
  await build(bundleOptions(root, source, join('dist', name)));
}
process.stdout.write(`bundled ${functions.length} functions\n`);

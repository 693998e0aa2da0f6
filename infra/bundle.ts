import { isBuiltin } from 'node:module';
import type { BuildOptions, Plugin } from 'esbuild';

// How every function is bundled for Lambda, by infra/build.ts and by whoever measures it.

/** Some dependencies still ask for `require`, which an ES module does not have. */
export const banner =
  "const require = process.getBuiltinModule('node:module').createRequire(import.meta.url);";

/**
 * An `import` of a module of Node's own reads all that it exports, and some of that loads much more
 * (`node:http` and undici); `process.getBuiltinModule` hands over the module as it is.
 */
const builtinsAsTheyAre: Plugin = {
  name: 'builtins as they are',
  setup: ({ onResolve, onLoad }) => {
    onResolve({ filter: /./ }, ({ path, kind }) => {
      if (kind !== 'import-statement' || !isBuiltin(path)) return undefined;
      return { path: path.replace(/^(node:)?/, 'node:'), namespace: 'builtin', sideEffects: false };
    });
    onLoad({ filter: /./, namespace: 'builtin' }, ({ path }) => ({
      contents: `module.exports = process.getBuiltinModule(${JSON.stringify(path)});`,
    }));
  },
};

export const bundleOptions = (
  root: string,
  source: string,
  outdir: string,
): BuildOptions & { readonly metafile: true } => ({
  absWorkingDir: root,
  entryPoints: [source],
  outbase: '.',
  outdir,
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
  plugins: [builtinsAsTheyAre],
  metafile: true,
  logLevel: 'error',
});

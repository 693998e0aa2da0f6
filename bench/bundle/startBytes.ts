import type { Metafile } from 'esbuild';

/**
 * Bytes that are loaded before the first request: the bundle of `source` and every chunk that it
 * imports statically, over any number of steps. What it imports later is left out, but for the
 * files of this project that begin with `late`.
 */
export const startBytes = ({ outputs }: Metafile, source: string, late?: string): number => {
  const entry = Object.keys(outputs).find((file) => outputs[file]?.entryPoint === source);
  if (entry === undefined) throw new Error(`${source} is no entry point of this build`);
  const loaded = new Set<string>();
  const waiting = [entry];
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    if (loaded.has(file)) continue;
    loaded.add(file);
    for (const { path, kind } of outputs[file]?.imports ?? []) {
      const output = outputs[path];
      const isLate = late !== undefined && output?.entryPoint?.startsWith(late) === true;
      if (output !== undefined && (kind === 'import-statement' || isLate)) waiting.push(path);
    }
  }
  return [...loaded].reduce((sum, file) => sum + (outputs[file]?.bytes ?? 0), 0);
};

import { spawnSync } from 'node:child_process';
import { pathToFileURL } from 'node:url';

const measure =
  'const at = performance.now(); await import(process.argv[1]); ' +
  'process.stdout.write(String(performance.now() - at));';

/**
 * Milliseconds that each file takes to be imported, the least of `rounds`, because whatever else
 * the machine does only adds: every sample in a fresh process, without its start, and the files in
 * turn.
 */
export const importTimesMs = (files: readonly string[], rounds: number): readonly number[] => {
  const samples = files.map((): number[] => []);
  for (let round = 0; round < rounds; round += 1) {
    files.forEach((file, index) => void samples[index]?.push(importMs(file)));
  }
  return samples.map((each) => Math.min(...each));
};

const importMs = (file: string): number => {
  const parameters = ['--input-type=module', '--eval', measure, pathToFileURL(file).href];
  const { status, stdout, stderr } = spawnSync(process.execPath, parameters, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${file} cannot be imported: ${stderr}`);
  return Number(stdout);
};

import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { readFunctions } from '../../../infra/local/template.ts';

// The template as osls makes it from serverless.yml, without credentials and without a network.

export type Resource = {
  readonly Type: string;
  readonly Condition?: string;
  readonly DeletionPolicy?: string;
  readonly Properties: Readonly<Record<string, unknown>>;
};

export type Template = {
  readonly Resources: Readonly<Record<string, Resource>>;
  readonly Mappings?: Readonly<Record<string, Readonly<Record<string, object>>>>;
  readonly Conditions?: Readonly<Record<string, unknown>>;
};

const root = join(import.meta.dirname, '../../..');
const osls = join(root, 'node_modules/osls/bin/serverless.js');

/** What the template is made for: the clusters `shop` and `office`, one role for canary tasks. */
export const clusterArns = ['shop', 'office'].map(
  (name) => `arn:aws:ecs:eu-west-1:111122223333:cluster/${name}`,
);
export const taskRoleArn = 'arn:aws:iam::111122223333:role/canary';
export const instanceRoleArn = 'arn:aws:iam::111122223333:role/windows-instance';

/** Where the template for `mode` lies. Made once for each content of the files it is made of. */
export const templateFile = (mode: 'observe' | 'advise' | 'drive'): string => {
  const file = join(tmpdir(), `tuesday-template-${digestOfSources()}-${mode}.json`);
  if (!existsSync(file)) make(file, mode);
  return file;
};

export const synthesised = (mode: 'observe' | 'advise' | 'drive'): Template =>
  JSON.parse(readFileSync(templateFile(mode), 'utf8')) as Template;

const digestOfSources = (): string => {
  const sources = ['serverless.yml', 'package-lock.json', ...globSync('infra/resources/*', here)];
  const hash = createHash('sha256').update(readFileSync(import.meta.filename));
  for (const source of sources.toSorted()) hash.update(readFileSync(join(root, source)));
  return hash.digest('hex').slice(0, 16);
};

const here = { cwd: root };

const make = (file: string, mode: string): void => {
  const folder = mkdtempSync(join(tmpdir(), 'tuesday-osls-'));
  try {
    cpSync(join(root, 'serverless.yml'), join(folder, 'serverless.yml'));
    cpSync(join(root, 'infra/resources'), join(folder, 'infra/resources'), { recursive: true });
    // The template says of a bundle only where it will lie.
    for (const { name, source } of readFunctions(join(root, 'serverless.yml'))) {
      const bundle = join(folder, 'dist', name, source.replace(/\.ts$/, '.mjs'));
      mkdirSync(dirname(bundle), { recursive: true });
      writeFileSync(bundle, 'export const handler = () => undefined;\n');
    }
    const parameters = [
      `mode=${mode}`,
      `clusterArns=${clusterArns}`,
      `taskRoleArns=${taskRoleArn}`,
      `instanceRoleArns=${instanceRoleArn}`,
    ];
    execFileSync(
      process.execPath,
      [osls, 'package', ...parameters.map((parameter) => `--param=${parameter}`)],
      { cwd: folder, env: { HOME: folder, PATH: process.env.PATH }, stdio: 'pipe' },
    );
    const made = join(folder, '.serverless/cloudformation-template-update-stack.json');
    // By renaming, so that another process finds all of it or nothing.
    cpSync(made, `${file}.${process.pid}`);
    renameSync(`${file}.${process.pid}`, file);
  } finally {
    rmSync(folder, { recursive: true });
  }
};

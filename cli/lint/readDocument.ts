import { basename } from 'node:path';
import { isObject, type Json } from '../../domain/windows/lint/taskDefinition/document.ts';
import type { SourceFile } from '../documents.ts';
import { UserError } from '../userError.ts';
import { jsonFault } from './jsonFault.ts';

export type LintDocument =
  | { readonly kind: 'task definition'; readonly json: Json }
  | { readonly kind: 'Dockerfile'; readonly text: string };

/** ECS takes 64 KiB of a task definition, and nobody writes so much of a Dockerfile. */
const charactersMax = 262_144;

/** Tells a task definition from a Dockerfile. Throws `UserError` for what is neither. */
export const readDocument = ({ file, text }: SourceFile): LintDocument => {
  if (text.trim() === '') {
    throw new UserError(`${file}: is empty`, 'name a task definition (JSON) or a Dockerfile');
  }
  if (text.length > charactersMax) {
    throw new UserError(`${file}: is larger than 256 KiB`, 'no task definition or Dockerfile is');
  }
  if (isNamedDockerfile(file)) return { kind: 'Dockerfile', text };
  if (/^\s*[{[]/.test(text) || /\.json$/i.test(file)) {
    return { kind: 'task definition', json: taskDefinition(file, text) };
  }
  if (/^[ \t]*FROM[ \t]+\S/im.test(text)) return { kind: 'Dockerfile', text };
  throw new UserError(
    `${file}: is neither JSON nor a Dockerfile with a FROM`,
    'name a task definition as `aws ecs register-task-definition` takes it, or a Dockerfile',
  );
};

const isNamedDockerfile = (file: string): boolean =>
  /^(dockerfile|containerfile)(\..*)?$|\.dockerfile$/i.test(basename(file));

const taskDefinition = (file: string, text: string): Json => {
  const json = parsed(file, text);
  if (Array.isArray(json)) {
    const remedy = 'write {"containerDefinitions": [...]} around a list of containers';
    throw new UserError(`${file}: is a list`, remedy);
  }
  if (!isObject(json)) {
    throw new UserError(`${file}: is no JSON object`, 'a task definition is one');
  }
  if (Object.hasOwn(json, 'containerDefinitions')) return json;
  const inner = Object.hasOwn(json, 'taskDefinition') ? json.taskDefinition : undefined;
  if (isObject(inner)) return json;
  throw new UserError(`${file}: has no field containerDefinitions`, remedyFor(json));
};

const parsed = (file: string, text: string): unknown => {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    const { line, column, expected } = jsonFault(text);
    throw new UserError(
      `${file}: no JSON at line ${line}, column ${column}`,
      `expected there: ${expected}`,
      { cause: error },
    );
  }
};

const remedyFor = (json: Json): string => {
  const keys = Object.keys(json);
  if (keys.includes('ContainerDefinitions') || keys.includes('Resources')) {
    return 'this is CloudFormation; lint what `aws ecs describe-task-definition` prints of it';
  }
  if (keys.includes('services') || keys.includes('tasks')) {
    return 'this describes services or tasks; lint what `describe-task-definition` prints';
  }
  return 'name what `register-task-definition` takes or `describe-task-definition` prints';
};

/** A JSON object whose fields nobody has vouched for. */
export type Json = Readonly<Record<string, unknown>>;

export const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** An own field: a document may be called `constructor` inside. */
export const at = (json: Json, key: string): unknown =>
  Object.hasOwn(json, key) ? json[key] : undefined;

export const textAt = (json: Json, key: string): string | undefined => {
  const value = at(json, key);
  return typeof value === 'string' && value !== '' ? value : undefined;
};

export const numberAt = (json: Json, key: string): number | undefined => {
  const value = at(json, key);
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
};

/** A text or a number as text: `register-task-definition` takes both for the size of a task. */
export const plainAt = (json: Json, key: string): string =>
  textAt(json, key) ?? numberAt(json, key)?.toString() ?? '';

export const objectAt = (json: Json, key: string): Json | undefined => {
  const value = at(json, key);
  return isObject(value) ? value : undefined;
};

export const textsAt = (json: Json, key: string): readonly string[] => {
  const value = at(json, key);
  return Array.isArray(value) ? value.filter((each) => typeof each === 'string') : [];
};

/** A list's objects, each with its path. */
export type Member = { readonly path: string; readonly json: Json };

export const membersAt = (json: Json, key: string, prefix: string): readonly Member[] => {
  const value = at(json, key);
  if (!Array.isArray(value)) return [];
  return value.flatMap((each, index) =>
    isObject(each) ? [{ path: `${prefix}${key}[${index}]`, json: each }] : [],
  );
};

/** Says something: `describe-task-definition` prints empty lists and `false` where nothing was. */
export const isSet = (value: unknown): boolean => {
  if (value === undefined || value === null || value === false || value === '') return false;
  if (Array.isArray(value)) return value.length > 0;
  return typeof value !== 'object' || Object.keys(value).length > 0;
};

export type Container = Member & { readonly name: string };

export type TaskDefinitionDocument = {
  readonly json: Json;
  /** What stands before every path: `taskDefinition.` where ECS wrapped it so. */
  readonly prefix: string;
  readonly containers: readonly Container[];
  readonly networkMode: string;
  readonly isAwsvpc: boolean;
  readonly isFargate: boolean;
};

/** Takes what `register-task-definition` reads and what `describe-task-definition` prints. */
export const documentOf = (root: Json): TaskDefinitionDocument => {
  const wrapped = objectAt(root, 'taskDefinition');
  const prefix = wrapped === undefined ? '' : 'taskDefinition.';
  const json = wrapped ?? root;
  const containers = membersAt(json, 'containerDefinitions', prefix).map((member) => ({
    ...member,
    name: textAt(member.json, 'name') ?? '',
  }));
  const networkMode = textAt(json, 'networkMode') ?? 'default';
  return {
    json,
    prefix,
    containers,
    networkMode,
    isAwsvpc: networkMode === 'awsvpc',
    isFargate: textsAt(json, 'requiresCompatibilities').includes('FARGATE'),
  };
};

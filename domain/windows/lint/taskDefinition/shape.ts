import {
  ecsApi,
  findingOf,
  type LintRules,
  quoted,
  type TaskDefinitionFinding,
} from '../finding.ts';
import { isObject, isSet, type Json, type TaskDefinitionDocument } from './document.ts';

export const shapeRules = {
  'unknown-parameter': {
    severity: 'error',
    reason: 'ECS has no such parameter: the AWS CLI refuses it, and other tools drop it silently',
    source: ecsApi('RegisterTaskDefinition'),
  },
  'wrong-type': {
    severity: 'error',
    reason: 'ECS refuses a value of another type',
    source: ecsApi('RegisterTaskDefinition'),
  },
  'backslash-single': {
    severity: 'error',
    reason: 'in JSON one backslash and a letter are a control character: "C:\\temp" holds a tab',
    source: 'RFC 8259, section 7',
  },
} as const satisfies LintRules;

const finding = findingOf(shapeRules);

type Kind = 'text' | 'number' | 'flag' | 'object' | 'texts' | 'objects' | 'any';
type Shape = Readonly<Record<string, Kind>>;

/** `text: a b` into a shape. */
const shapeOf = (kinds: Readonly<Partial<Record<Kind, string>>>): Shape =>
  Object.fromEntries(
    Object.entries(kinds).flatMap(([kind, names]) =>
      names.split(' ').map((name) => [name, kind as Kind]),
    ),
  );

const taskShape = shapeOf({
  text: 'family taskRoleArn executionRoleArn networkMode cpu memory pidMode ipcMode',
  flag: 'enableFaultInjection',
  object: 'proxyConfiguration ephemeralStorage runtimePlatform',
  texts: 'requiresCompatibilities',
  objects: 'containerDefinitions volumes placementConstraints tags inferenceAccelerators',
  // What describe-task-definition adds.
  any:
    'taskDefinitionArn revision status requiresAttributes compatibilities registeredAt ' +
    'deregisteredAt deleteRequestedAt registeredBy',
});

const containerShape = shapeOf({
  text: 'name image hostname user workingDirectory versionConsistency',
  number: 'cpu memory memoryReservation startTimeout stopTimeout',
  flag: 'essential disableNetworking privileged readonlyRootFilesystem interactive pseudoTerminal',
  object:
    'repositoryCredentials restartPolicy linuxParameters dockerLabels logConfiguration ' +
    'healthCheck firelensConfiguration',
  texts:
    'links entryPoint command dnsServers dnsSearchDomains dockerSecurityOptions credentialSpecs',
  objects:
    'portMappings environment environmentFiles mountPoints volumesFrom secrets dependsOn ' +
    'extraHosts ulimits systemControls resourceRequirements',
});

const nested: Readonly<Record<string, Shape>> = {
  portMappings: shapeOf({
    number: 'containerPort hostPort',
    text: 'protocol name appProtocol containerPortRange',
  }),
  mountPoints: shapeOf({ text: 'sourceVolume containerPath', flag: 'readOnly' }),
  dependsOn: shapeOf({ text: 'containerName condition' }),
  logConfiguration: shapeOf({ text: 'logDriver', object: 'options', objects: 'secretOptions' }),
  healthCheck: shapeOf({ texts: 'command', number: 'interval timeout retries startPeriod' }),
  environment: shapeOf({ text: 'name value' }),
  secrets: shapeOf({ text: 'name valueFrom' }),
  volumes: shapeOf({
    text: 'name',
    flag: 'configuredAtLaunch',
    object:
      'host dockerVolumeConfiguration efsVolumeConfiguration s3filesVolumeConfiguration ' +
      'fsxWindowsFileServerVolumeConfiguration',
  }),
  runtimePlatform: shapeOf({ text: 'cpuArchitecture operatingSystemFamily' }),
  placementConstraints: shapeOf({ text: 'type expression' }),
  containerDefinitions: containerShape,
};

export const checkShape = ({
  json,
  prefix,
}: TaskDefinitionDocument): readonly TaskDefinitionFinding[] => judge(json, taskShape, prefix);

const judge = (json: Json, shape: Shape, prefix: string): readonly TaskDefinitionFinding[] =>
  Object.entries(json).flatMap(([key, value]) => {
    const path = `${prefix}${key}`;
    const kind = Object.hasOwn(shape, key) ? shape[key] : undefined;
    if (kind === undefined) return [unknown(key, path, shape)];
    if (value === null || kind === 'any') return [];
    const offends = wrong(value, kind);
    if (offends !== undefined) {
      const place = { path: `${path}${offends.where}` };
      return [finding('wrong-type', place, offends.found, `write ${offends.wanted}`)];
    }
    const broken = brokenPath(value, path);
    if (broken !== undefined) return [broken];
    const inner = Object.hasOwn(nested, key) ? nested[key] : undefined;
    if (inner === undefined) return [];
    if (isObject(value)) return judge(value, inner, `${path}.`);
    if (!Array.isArray(value)) return [];
    return value.flatMap((each, index) =>
      isObject(each) ? judge(each, inner, `${path}[${index}].`) : [],
    );
  });

/** A path whose backslash became a tab, a line feed or the like. */
const brokenPath = (value: unknown, path: string) => {
  const texts = Array.isArray(value) ? value : isObject(value) ? [value.sourcePath] : [value];
  const broken = texts.find((each) => typeof each === 'string' && isBroken(each));
  if (broken === undefined) return undefined;
  const shown = JSON.stringify(broken).slice(1, -1);
  const fix = `write "${shown.replaceAll(/\\+/g, '\\\\')}"`;
  return finding('backslash-single', { path }, quoted(shown), fix);
};

const isBroken = (text: string): boolean => /^[a-z]:/i.test(text) && /\p{Cc}/u.test(text);

const unknown = (key: string, path: string, shape: Shape) => {
  const folded = key.toLowerCase().replace(/s$/, '');
  const near = Object.keys(shape).find((name) => name.toLowerCase().replace(/s$/, '') === folded);
  const fix = near === undefined ? 'remove it, or look for its name at ECS' : `write "${near}"`;
  return finding('unknown-parameter', { path }, quoted(key), fix);
};

const wanted: Readonly<Record<Exclude<Kind, 'any'>, string>> = {
  text: 'a text in quotes',
  number: 'a number without quotes',
  flag: 'true or false',
  object: 'an object, {...}',
  texts: 'a list of texts, ["..."]',
  objects: 'a list of objects, [{...}]',
};

const wrong = (value: unknown, kind: Exclude<Kind, 'any'>) => {
  const offence = (where: string, offending: unknown, wish: Exclude<Kind, 'any'>) => ({
    where,
    found: `${nameOf(offending)}`,
    wanted: wanted[wish],
  });
  if (kind === 'texts' || kind === 'objects') {
    if (!Array.isArray(value)) return isSet(value) ? offence('', value, kind) : undefined;
    const member = kind === 'texts' ? 'text' : 'object';
    const index = value.findIndex((each) => !isA(each, member));
    return index === -1 ? undefined : offence(`[${index}]`, value[index], member);
  }
  return isA(value, kind) ? undefined : offence('', value, kind);
};

const isA = (value: unknown, kind: 'text' | 'number' | 'flag' | 'object'): boolean => {
  if (kind === 'text') return typeof value === 'string';
  if (kind === 'number') return typeof value === 'number';
  return kind === 'flag' ? typeof value === 'boolean' : isObject(value);
};

const nameOf = (value: unknown): string => {
  if (typeof value === 'string') return `the text ${quoted(value)}`;
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' && value !== null ? 'an object' : `${String(value)}`;
};

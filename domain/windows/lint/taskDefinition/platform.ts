import type { Instant } from '../../../../events/ids.ts';
import { osFamilyChannel } from '../../build.ts';
import {
  ecsApi,
  findingOf,
  guide,
  type LintRules,
  learn,
  quoted,
  type TaskDefinitionFinding,
} from '../finding.ts';
import { lifecycleOf, lifecycleOfRetired } from '../lifecycle.ts';
import { membersAt, objectAt, type TaskDefinitionDocument, textAt } from './document.ts';

const platformPage = ecsApi('RuntimePlatform');

export const platformRules = {
  'operating-system-family-missing': {
    severity: 'warning',
    reason: 'without it ECS may place the task on an instance of another Windows, or of Linux',
    source: platformPage,
  },
  'operating-system-family-linux': {
    severity: 'error',
    reason: 'this linter judges Windows tasks, and says nothing more of this one',
    source: platformPage,
  },
  'operating-system-family-invalid': {
    severity: 'error',
    reason: 'ECS knows WINDOWS_SERVER_2016_FULL, and 2019, 2022 and 2025 each as _CORE and _FULL',
    source: platformPage,
  },
  'operating-system-family-ended': {
    severity: 'error',
    reason: 'this Windows gets no security fixes any more, and there is no AMI of it to patch with',
    source: learn('base-image-lifecycle'),
  },
  'operating-system-family-ending': {
    severity: 'warning',
    reason: 'the security fixes for this Windows end within half a year',
    source: learn('base-image-lifecycle'),
  },
  'cpu-architecture-unsupported': {
    severity: 'error',
    reason: 'ECS has Windows on X86_64 alone',
    source: platformPage,
  },
  'placement-constraint-invalid': {
    severity: 'error',
    reason: 'a task definition takes memberOf alone; distinctInstance belongs to the service',
    source: guide('task-placement-constraints'),
  },
  'placement-constraint-family': {
    severity: 'error',
    reason: 'no instance is of both, so the task fits nowhere',
    source: guide('cluster-query-language'),
  },
} as const satisfies LintRules;

const finding = findingOf(platformRules);

const familyOf = ({ json }: TaskDefinitionDocument): string | undefined =>
  textAt(objectAt(json, 'runtimePlatform') ?? {}, 'operatingSystemFamily');

/** Set where the definition says that it is none for Windows: other rules have nothing to say. */
export const declaredLinux = (
  document: TaskDefinitionDocument,
): TaskDefinitionFinding | undefined =>
  familyOf(document) === 'LINUX'
    ? finding(
        'operating-system-family-linux',
        { path: `${document.prefix}runtimePlatform.operatingSystemFamily` },
        'operatingSystemFamily is LINUX',
        'write "WINDOWS_SERVER_2022_CORE" or the like where it runs on Windows',
      )
    : undefined;

export const checkPlatform = (
  document: TaskDefinitionDocument,
  now: Instant,
): readonly TaskDefinitionFinding[] => {
  const { json, prefix } = document;
  const platform = objectAt(json, 'runtimePlatform') ?? {};
  const architecture = textAt(platform, 'cpuArchitecture');
  return [
    ...operatingSystem(document, now),
    ...(architecture === undefined || architecture === 'X86_64'
      ? []
      : [
          finding(
            'cpu-architecture-unsupported',
            { path: `${prefix}runtimePlatform.cpuArchitecture` },
            `cpuArchitecture is ${architecture}`,
            'write "X86_64"',
          ),
        ]),
    ...constraints(document),
  ];
};

const operatingSystem = (document: TaskDefinitionDocument, now: Instant) => {
  const family = familyOf(document);
  const place = { path: `${document.prefix}runtimePlatform.operatingSystemFamily` };
  if (family === undefined) {
    const fix = 'write "runtimePlatform": {"operatingSystemFamily": "WINDOWS_SERVER_2022_CORE"}';
    return [finding('operating-system-family-missing', place, 'no operatingSystemFamily', fix)];
  }
  const channel = osFamilyChannel(family);
  const retired = /^WINDOWS_SERVER_(2004|20H2)_CORE$/.test(family);
  if ((channel === undefined && !retired) || family === 'WINDOWS_SERVER_2016_CORE') {
    const fix = 'write "WINDOWS_SERVER_2022_CORE" or the like, as the instances are';
    return [finding('operating-system-family-invalid', place, quoted(family), fix)];
  }
  const lifecycle =
    channel === undefined ? lifecycleOfRetired(family, now) : lifecycleOf(channel, now);
  if (lifecycle === undefined || lifecycle.status === 'supported') return [];
  const ended = lifecycle.status === 'ended';
  const rule = ended ? 'operating-system-family-ended' : 'operating-system-family-ending';
  const found = `${family}, which ${ended ? 'ended' : 'ends'} on ${lifecycle.endsOn}`;
  return [finding(rule, place, found, 'move to WINDOWS_SERVER_2022_CORE or 2025_CORE')];
};

const familyEquals = /\becs\.os-family\s*(?:==|equals)\s*['"]?(\w+)/i;

const constraints = (document: TaskDefinitionDocument) => {
  const family = familyOf(document);
  const members = membersAt(document.json, 'placementConstraints', document.prefix);
  return members.flatMap(({ json, path }) => {
    const type = textAt(json, 'type');
    if (type !== undefined && type !== 'memberOf') {
      const fix = 'move it to placementConstraints of the service';
      return [finding('placement-constraint-invalid', { path: `${path}.type` }, type, fix)];
    }
    const expression = textAt(json, 'expression') ?? '';
    const asked = familyEquals.exec(expression)?.[1];
    // Beside `or` and `not` the one comparison need not bind.
    if (asked === undefined || family === undefined || asked === family) return [];
    if (/\|\||\bor\b|\bnot\b|!/i.test(expression)) return [];
    const found = `ecs.os-family == ${asked}, and operatingSystemFamily is ${family}`;
    const place = { path: `${path}.expression` };
    return [finding('placement-constraint-family', place, found, `write ${family} there`)];
  });
};

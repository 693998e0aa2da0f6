import {
  ecsApi,
  findingOf,
  guide,
  type LintRules,
  quoted,
  type TaskDefinitionFinding,
} from '../finding.ts';
import {
  at,
  type Container,
  isSet,
  membersAt,
  objectAt,
  type TaskDefinitionDocument,
  textAt,
  textsAt,
} from './document.ts';

const gmsaPage = guide('windows-gmsa');

export const roleRules = {
  'task-role-credentials': {
    severity: 'warning',
    reason:
      'in default mode containers reach no credentials by themselves: the instance needs ' +
      'Initialize-ECSAgent -EnableTaskIAMRole and each container a route to 169.254.170.2',
    source: guide('windows_task_IAM_roles'),
  },
  'execution-role-missing': {
    severity: 'error',
    reason: 'the agent fetches these with the task execution role, and there is none',
    source: ecsApi('TaskDefinition, executionRoleArn'),
  },
  'credential-spec-form': {
    severity: 'error',
    reason:
      'a credential spec is credentialspec:<arn> or credentialspecdomainless:<arn>, of SSM or S3',
    source: ecsApi('ContainerDefinition, credentialSpecs'),
  },
  'credential-spec-limit': {
    severity: 'error',
    reason: 'a container has at most one credential spec',
    source: ecsApi('ContainerDefinition, credentialSpecs'),
  },
  'credential-spec-old-form': {
    severity: 'info',
    reason: 'credentialSpecs is the newer parameter, and the only one that takes domainless gMSA',
    source: ecsApi('ContainerDefinition, credentialSpecs'),
  },
  'credential-spec-file': {
    severity: 'warning',
    reason: 'a file on the instance must be there again on every patched instance',
    source: gmsaPage,
  },
} as const satisfies LintRules;

const finding = findingOf(roleRules);

export const checkRoles = (document: TaskDefinitionDocument): readonly TaskDefinitionFinding[] => [
  ...taskRole(document),
  ...(textAt(document.json, 'executionRoleArn') === undefined ? executionRole(document) : []),
  ...document.containers.flatMap((container) => credentialSpecs(container)),
];

const taskRole = ({ json, prefix, isAwsvpc }: TaskDefinitionDocument) => {
  if (isAwsvpc || textAt(json, 'taskRoleArn') === undefined) return [];
  const fix = 'set it up by user data and entry point, or write "networkMode": "awsvpc"';
  const found = 'taskRoleArn with NAT networking';
  return [finding('task-role-credentials', { path: `${prefix}taskRoleArn` }, found, fix)];
};

const executionRole = (document: TaskDefinitionDocument) => {
  const needs = [
    ...document.containers.flatMap(needsOf),
    ...membersAt(document.json, 'volumes', document.prefix).flatMap(({ json, path }) =>
      isSet(at(json, 'fsxWindowsFileServerVolumeConfiguration'))
        ? [`${path}.fsxWindowsFileServerVolumeConfiguration`]
        : [],
    ),
  ];
  if (needs.length === 0) return [];
  const more = needs.length > 1 ? ` and ${needs.length - 1} more` : '';
  const place = { path: `${document.prefix}executionRoleArn` };
  const fix = 'write "executionRoleArn" with a role that may read them';
  return [finding('execution-role-missing', place, `none, but ${needs[0]}${more}`, fix)];
};

/** Where a container names what only the execution role may read. */
const needsOf = ({ json, path }: Container): readonly string[] => {
  const logging = objectAt(json, 'logConfiguration') ?? {};
  return [
    ...['repositoryCredentials', 'secrets', 'environmentFiles']
      .filter((key) => isSet(at(json, key)))
      .map((key) => `${path}.${key}`),
    ...(isSet(at(logging, 'secretOptions')) ? [`${path}.logConfiguration.secretOptions`] : []),
    ...(textsAt(json, 'credentialSpecs').some((each) => each.startsWith('credentialspecdomainless'))
      ? [`${path}.credentialSpecs`]
      : []),
  ];
};

const specForm = /^credentialspec(domainless)?:arn:aws[\w-]*:(ssm|s3):/;

const credentialSpecs = ({ json, path }: Container) => {
  const specs = textsAt(json, 'credentialSpecs');
  const place = { path: `${path}.credentialSpecs` };
  return [
    ...(specs.length > 1
      ? [finding('credential-spec-limit', place, `${specs.length} of them`, 'keep one')]
      : []),
    ...specs.flatMap((spec, index) =>
      specForm.test(spec)
        ? []
        : [
            finding(
              'credential-spec-form',
              { path: `${path}.credentialSpecs[${index}]` },
              quoted(spec),
              'write "credentialspec:arn:aws:ssm:<region>:<account>:parameter/<name>"',
            ),
          ],
    ),
    ...textsAt(json, 'dockerSecurityOptions').flatMap((option, index) =>
      option.startsWith('credentialspec:')
        ? [oldForm(option, `${path}.dockerSecurityOptions[${index}]`)]
        : [],
    ),
  ];
};

const oldForm = (option: string, path: string) =>
  option.startsWith('credentialspec:file:')
    ? finding(
        'credential-spec-file',
        { path },
        quoted(option),
        'put the credential spec into SSM and name its ARN in credentialSpecs',
      )
    : finding(
        'credential-spec-old-form',
        { path },
        'the credential spec is a security option',
        'move it to credentialSpecs',
      );

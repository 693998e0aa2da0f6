import type { AuditedCall } from './audit.ts';
import { type Directory, serviceName } from './auditTruth.ts';

// What a call to AWS means: one call may act on several instances.

export type Deed =
  | { readonly kind: 'drain' | 'restore'; readonly instance: string }
  | { readonly kind: 'terminate'; readonly instance: string; readonly shrinks: boolean }
  | { readonly kind: 'deploy'; readonly service: string; readonly resizes: boolean }
  | {
      readonly kind: 'run';
      readonly token: string | undefined;
      /** The EC2 ids in its placement constraints. */
      readonly pins: readonly string[];
      readonly count: number;
    }
  | { readonly kind: 'surge'; readonly group: string; readonly desired: number }
  | { readonly kind: 'register' }
  | { readonly kind: 'answer'; readonly instance: string }
  | { readonly kind: 'deregister'; readonly instance: string }
  | { readonly kind: 'label'; readonly instance: string }
  | { readonly kind: 'constrain'; readonly service: string }
  /** Of a launch template, and of the group that launches from it. */
  | { readonly kind: 'makeVersion' }
  | { readonly kind: 'setTemplate' }
  | { readonly kind: 'other' };

export type Act = {
  readonly call: AuditedCall;
  readonly deed: Deed;
  /** The last `sequence` that the caller is held to have known. */
  readonly known: number;
};

/** A field of an AWS input, whether the API spells it `InstanceId` or `instanceId`. */
export const field = (input: unknown, name: string): unknown => {
  if (typeof input !== 'object' || input === null) return undefined;
  const fields: Record<string, unknown> = Object.fromEntries(Object.entries(input));
  return fields[name] ?? fields[name.charAt(0).toUpperCase() + name.slice(1)];
};

const texts = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

const readOnly = /^(Describe|List|Get|Head|Discover)/;
const judged: ReadonlySet<string> = new Set([
  'ecs',
  'ec2',
  'autoscaling',
  'applicationautoscaling',
]);
/** `ecs`, `ECS`, `Auto Scaling` and `auto-scaling`, as the client libraries have it. */
const serviceKey = (service: string): string => service.toLowerCase().replace(/[^a-z0-9]/g, '');
const instanceDeeds = (input: unknown, directory: Directory): readonly Deed[] => {
  const status = field(input, 'status');
  if (status !== 'DRAINING' && status !== 'ACTIVE') return [{ kind: 'other' }];
  const kind = status === 'DRAINING' ? 'drain' : 'restore';
  return texts(field(input, 'containerInstances')).map((name) => ({
    kind,
    instance: directory.arnOf(name),
  }));
};

const serviceDeed = (input: unknown): Deed => {
  const deploys =
    field(input, 'forceNewDeployment') === true || field(input, 'taskDefinition') !== undefined;
  const service = serviceName(textOf(field(input, 'service')));
  const asked = Object.keys(input ?? {}).toSorted();
  const constrains = asked.join() === 'cluster,placementConstraints,service';
  if (!deploys) return constrains ? { kind: 'constrain', service } : { kind: 'other' };
  return { kind: 'deploy', service, resizes: field(input, 'desiredCount') !== undefined };
};

/** What names the build of instances moves nothing (design decision 8). */
const labelDeeds = (input: unknown, directory: Directory): readonly Deed[] => {
  const attributes = field(input, 'attributes');
  return (Array.isArray(attributes) ? attributes : []).map((each) =>
    field(each, 'name') === 'tuesday.os-build'
      ? { kind: 'label', instance: directory.arnOf(textOf(field(each, 'targetId'))) }
      : { kind: 'other' },
  );
};

const runDeed = (input: unknown): Deed => {
  const token = textOf(field(input, 'clientToken'));
  const constraints = JSON.stringify(field(input, 'placementConstraints') ?? []);
  const count = field(input, 'count');
  return {
    kind: 'run',
    token: token === '' ? undefined : token,
    pins: [...new Set(constraints.match(/\bi-[0-9a-f]{8,17}\b/g))],
    count: typeof count === 'number' ? count : 1,
  };
};

/** Nothing for a read, and for a service of AWS whose calls move no task and no instance. */
export const deedsOf = (call: AuditedCall, directory: Directory): readonly Deed[] => {
  const { operation, input } = call;
  if (!judged.has(serviceKey(call.service)) || readOnly.test(operation)) return [];
  switch (operation) {
    case 'UpdateContainerInstancesState':
      return instanceDeeds(input, directory);
    case 'TerminateInstanceInAutoScalingGroup': {
      const instance = directory.arnOf(textOf(field(input, 'instanceId')));
      // A boolean for the client library, text on the wire of the Auto Scaling API.
      const shrinks = String(field(input, 'shouldDecrementDesiredCapacity')) === 'true';
      return [{ kind: 'terminate', instance, shrinks }];
    }
    case 'SetDesiredCapacity': {
      const group = textOf(field(input, 'autoScalingGroupName'));
      return [{ kind: 'surge', group, desired: Number(field(input, 'desiredCapacity')) }];
    }
    case 'UpdateService':
      return [serviceDeed(input)];
    case 'DeregisterContainerInstance':
      return [
        {
          kind: 'deregister',
          instance: directory.arnOf(textOf(field(input, 'containerInstance'))),
        },
      ];
    case 'CompleteLifecycleAction':
      return [{ kind: 'answer', instance: directory.arnOf(textOf(field(input, 'instanceId'))) }];
    case 'RegisterTaskDefinition':
      return [{ kind: 'register' }];
    case 'CreateLaunchTemplateVersion':
      return [{ kind: 'makeVersion' }];
    case 'UpdateAutoScalingGroup':
      return [{ kind: 'setTemplate' }];
    case 'RunTask':
      return [runDeed(input)];
    case 'PutAttributes':
      return labelDeeds(input, directory);
    default:
      return [{ kind: 'other' }];
  }
};

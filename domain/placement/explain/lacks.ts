import { mayRun } from '../../windows/compatibility.ts';
import { missingAttributes, portsInTheWay, type Question, subjectOf } from '../obstacles.ts';
import type { PlacementInstance, PlacementRule } from '../placementProblem.ts';
import { compileQuery } from '../query/compile.ts';
import { printQuery } from '../query/print.ts';
import { reservedPortsMax } from '../requirement.ts';

/** `amount` is 0 where what is missing is no amount. Both texts read on after the instance. */
export type Lack = { readonly amount: number; readonly text: string; readonly remedy: string };

const nothingToAdd = (text: string, remedy: string): Lack => ({ amount: 0, text, remedy });

type LackOf = (instance: PlacementInstance, question: Question) => Lack;

/** What `rule` misses on `instance`, and what would make the task fit there. */
export const lackOf = (
  rule: PlacementRule,
  instance: PlacementInstance,
  question: Question,
): Lack => lacks[rule](instance, question);

const short = (amount: number, unit: string): Lack => ({
  amount,
  text: `lacks ${amount} ${unit}`,
  remedy: `free ${amount} ${unit} there, or ask for that much less`,
});

const portsLack = (instance: PlacementInstance, question: Question): Lack => {
  const ports = portsInTheWay(instance, question);
  const taken = instance.tasks.filter(({ holds }) =>
    ports.some((port) => holds.tcpPorts.includes(port) || holds.udpPorts.includes(port)),
  );
  const by = [...new Set(taken.map(({ group }) => group))];
  const holder = by.length > 0 ? `taken by ${by.join(' and ')}` : 'taken, or kept by the agent';
  return nothingToAdd(
    `has port ${ports.join(' and ')} ${holder}`,
    'let ECS assign the host port (0), or move the other task',
  );
};

const interfacesLack = ({ remaining }: PlacementInstance): Lack =>
  remaining.networkInterfaces === null
    ? nothingToAdd(
        'has a number of network interfaces that is not known',
        'use an instance type whose limit is known, or the default network mode',
      )
    : nothingToAdd(
        'has no network interface left: Windows has no trunking',
        'use a larger instance type, or the default network mode',
      );

const attributesLack = (instance: PlacementInstance, question: Question): Lack => {
  const missing = missingAttributes(instance, question).map(({ name, value }) => {
    const has = instance.attributes[name];
    if (value === null) return `no ${name}`;
    return has === undefined || has === null ? `no ${name}` : `${name} ${has}, not ${value}`;
  });
  return nothingToAdd(
    `has ${missing.join(' and ')}`,
    'run it on an instance that has, or change the task definition',
  );
};

const memberLack = (instance: PlacementInstance, { task }: Question): Lack => {
  const subject = subjectOf(instance);
  const failed = task.constraints.flatMap((each) =>
    each.type === 'memberOf' && !compileQuery(each.query)(subject) ? [printQuery(each.query)] : [],
  );
  return nothingToAdd(
    `does not satisfy ${failed.join(' and ')}`,
    'change the constraint, or an attribute of the instance',
  );
};

const buildLack = (
  instance: PlacementInstance,
  { task, rules }: Question,
  remedy: string,
): Lack => {
  const compatibility = rules.windows?.compatibility;
  for (const { name, imageBuild } of task.containers) {
    if (!imageBuild || !instance.build || !compatibility) continue;
    const answer = mayRun(imageBuild, instance.build, compatibility);
    if (answer.allowed) continue;
    return nothingToAdd(`may not run container ${name}: ${answer.detail}`, remedy);
  }
  return nothingToAdd('is of another build', remedy);
};

const byBuild =
  (remedy: string): LackOf =>
  (instance, question) =>
    buildLack(instance, question, remedy);

const patchFirst = byBuild('patch the instance first, or use an image of its build');

const lacks: Readonly<Record<PlacementRule, LackOf>> = {
  NotActive: ({ status }) =>
    nothingToAdd(`is ${status}`, 'wait until it is ACTIVE, or add an instance'),
  AgentDisconnected: () => nothingToAdd('has lost its agent', 'see that its agent connects again'),
  NotProven: () =>
    nothingToAdd('has not yet run a task since it came', 'let a canary task run on it first'),
  Cpu: ({ remaining }, { requirement }) => short(requirement.cpu - remaining.cpu, 'CPU units'),
  Memory: ({ remaining }, { requirement }) =>
    short(requirement.memoryMiB - remaining.memoryMiB, 'MiB'),
  Gpu: ({ remaining }, { requirement }) => short(requirement.gpus - remaining.gpus, 'GPUs'),
  Ports: portsLack,
  PortLimit: () =>
    nothingToAdd(
      `has ${reservedPortsMax} ports reserved, the most that ECS allows`,
      'use ports that ECS assigns, or another instance',
    ),
  NetworkInterfaces: interfacesLack,
  Attribute: attributesLack,
  DistinctInstance: (_, { task }) =>
    nothingToAdd(
      `runs a task of ${task.group} already`,
      'add an instance, or run fewer tasks of it',
    ),
  MemberOf: memberLack,
  OsReserve: ({ remaining }, { requirement, rules }) => {
    const reserve = rules.windows?.osReserveMiB ?? 0;
    const lacking = requirement.memoryMiB + reserve - remaining.memoryMiB;
    const { text, remedy } = short(lacking, 'MiB');
    return { amount: lacking, text: `${text} beside the ${reserve} MiB of Windows`, remedy };
  },
  BuildUnknown: () =>
    nothingToAdd('runs a Windows build that is not known', 'set its attribute tuesday.os-build'),
  BuildMismatch: byBuild("use an image of its build, or an instance of the image's"),
  RevisionMustMatch: patchFirst,
  KnownBadPair: patchFirst,
  BelowFloor: patchFirst,
  HostVolume: (_, { task }) =>
    nothingToAdd(
      `does not have the host directories, which are on ${task.hostVolumeInstanceId}`,
      'move the data to a volume that follows the task, such as FSx for Windows File Server',
    ),
};

import { mayRun } from '../../windows/compatibility.ts';
import { missingAttributes, portsInTheWay, type Question, subjectOf } from '../obstacles.ts';
import type { PlacementInstance, PlacementRule } from '../placementProblem.ts';
import { compileQuery } from '../query/compile.ts';
import { printQuery } from '../query/print.ts';
import { reservedPortsMax } from '../requirement.ts';

/** `amount` is 0 where what is missing is no amount. Both texts read on after the instance. */
export type Lack = { readonly amount: number; readonly text: string; readonly remedy: string };

const nothingToAdd = (text: string, remedy: string): Lack => ({ amount: 0, text, remedy });

/** What `rule` misses on `instance`, and what would make the task fit there. */
export const lackOf = (
  rule: PlacementRule,
  instance: PlacementInstance,
  question: Question,
): Lack => {
  const { requirement, rules } = question;
  const { remaining } = instance;
  switch (rule) {
    case 'NotActive':
      return nothingToAdd(`is ${instance.status}`, 'wait until it is ACTIVE, or add an instance');
    case 'AgentDisconnected':
      return nothingToAdd('has lost its agent', 'see that its agent connects again');
    case 'NotProven':
      return nothingToAdd(
        'has not yet run a task since it came',
        'let a canary task run on it first',
      );
    case 'Cpu':
      return short(requirement.cpu - remaining.cpu, 'CPU units');
    case 'Memory':
      return short(requirement.memoryMiB - remaining.memoryMiB, 'MiB');
    case 'OsReserve': {
      const reserve = rules.windows?.osReserveMiB ?? 0;
      const lacking = requirement.memoryMiB + reserve - remaining.memoryMiB;
      const { text, remedy } = short(lacking, 'MiB');
      return { amount: lacking, text: `${text} beside the ${reserve} MiB of Windows`, remedy };
    }
    case 'Gpu':
      return short(requirement.gpus - remaining.gpus, 'GPUs');
    case 'Ports':
      return portsLack(instance, question);
    case 'PortLimit':
      return nothingToAdd(
        `has ${reservedPortsMax} ports reserved, the most that ECS allows`,
        'use ports that ECS assigns, or another instance',
      );
    case 'NetworkInterfaces':
      return interfacesLack(instance);
    case 'Attribute':
      return attributesLack(instance, question);
    case 'DistinctInstance':
      return nothingToAdd(
        `runs a task of ${question.task.group} already`,
        'add an instance, or run fewer tasks of it',
      );
    case 'MemberOf':
      return memberLack(instance, question);
    case 'BuildUnknown':
      return nothingToAdd(
        'runs a Windows build that is not known',
        'set its attribute tuesday.os-build',
      );
    case 'BuildMismatch':
    case 'RevisionMustMatch':
    case 'KnownBadPair':
    case 'BelowFloor':
      return buildLack(instance, question);
    case 'HostVolume':
      return nothingToAdd(
        `does not have the host directories, which are on ${question.task.hostVolumeInstanceId}`,
        'move the data to a volume that follows the task, such as FSx for Windows File Server',
      );
    default:
      return rule satisfies never;
  }
};

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

const buildLack = (instance: PlacementInstance, { task, rules }: Question): Lack => {
  const compatibility = rules.windows?.compatibility;
  for (const { name, imageBuild } of task.containers) {
    if (!imageBuild || !instance.build || !compatibility) continue;
    const answer = mayRun(imageBuild, instance.build, compatibility);
    if (answer.allowed) continue;
    return nothingToAdd(
      `may not run container ${name}: ${answer.detail}`,
      'patch the instance first, or use an image of its build',
    );
  }
  return nothingToAdd('is of another build', 'use an image of its build');
};

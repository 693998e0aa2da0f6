import type { PlacementRuleName } from '../../events/placement.ts';

const texts: Readonly<Record<PlacementRuleName, string>> = {
  NotActive: 'not ACTIVE',
  AgentDisconnected: 'agent not connected',
  NotProven: 'not yet proven by a task',
  Cpu: 'too little CPU',
  Memory: 'too little memory',
  Gpu: 'too few GPUs',
  Ports: 'a wanted port is taken',
  PortLimit: '100 ports reserved already',
  NetworkInterfaces: 'no network interface left',
  Attribute: 'a required attribute is missing',
  DistinctInstance: 'has a task of the group (distinctInstance)',
  MemberOf: 'does not satisfy memberOf',
  OsReserve: 'only the memory that Windows needs is left',
  BuildUnknown: 'Windows build not known',
  BuildMismatch: 'another Windows build',
  RevisionMustMatch: 'another revision of its build',
  KnownBadPair: 'image and instance known not to go together',
  BelowFloor: 'image too new for the instance, or the reverse',
  HostVolume: 'the host directories are elsewhere',
};

/** What a rule finds against an instance, for a person. */
export const ruleText = (rule: PlacementRuleName): string => texts[rule];

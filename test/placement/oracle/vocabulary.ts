import type { ImageLayer } from '../../../domain/placement/placementProblem.ts';
import type { WindowsBuild } from '../../../events/ids.ts';

// Few words, so that tasks and instances meet on them. Some differ by case or by a digit only.

export const groups = ['service:web', 'service:Web', 'service:api', 'family:batch'] as const;

/** TCP, `ECS_RESERVED_PORTS` of the agent on Windows. */
export const agentPorts = [53, 135, 139, 445, 2375, 2376, 3389, 5985, 5986, 51678, 51679] as const;

/** Free and taken, of the agent and not, and both sides of where Windows assigns. */
export const ports = [80, 443, 8080, 8081, 8082, 9000, 9001, 3389, 53, 49151] as const;
export const dynamicPorts = [49152, 50000, 65535] as const;

export const taskRoles = 'com.amazonaws.ecs.capability.task-iam-role';

/** What an instance may say of itself; `null`: that it has the attribute, and no more. */
export const attributeValues = {
  'ecs.availability-zone': ['eu-west-1a', 'eu-west-1b', 'eu-west-1c'],
  'ecs.instance-type': ['m5.large', 'm5.xlarge', 'r5.large', 'g4dn.xlarge'],
  'ecs.os-family': ['WINDOWS_SERVER_2019_CORE', 'WINDOWS_SERVER_2022_CORE'],
  'tuesday.os-build': ['20348.4171', '20348.4294', '20348.999', '26100.6899'],
  rack: ['1', '2', '10', '1.0', 'x9'],
  stack: ['blue', 'green', 'Blue', null],
  [taskRoles]: [null],
} as const satisfies Record<string, readonly (string | null)[]>;

/** Names that JavaScript objects answer to without having been given them. */
export const inheritedNames = ['constructor', 'toString', '__proto__'] as const;

const build = (text: string) => text as WindowsBuild;
const builds = (...texts: readonly string[]) => texts.map(build);

/** Around the revisions at which the floors below part old from new. */
export const buildsByRelease = {
  server2016: builds('14393.8422', '14393.8519'),
  server2019: builds('17763.1038', '17763.1039', '17763.7248', '17763.7249', '17763.10000'),
  server2022: builds('20348.4170', '20348.4171', '20348.4294'),
  annual23H2: builds('25398.1849'),
  server2025: builds('26100.3780', '26100.3781', '26100.6899'),
} as const;

export const floors = [
  { from: build('17763.1039'), binds: 'both' },
  { from: build('17763.7249'), binds: 'image' },
  { from: build('20348.4171'), binds: 'both' },
  { from: build('26100.3781'), binds: 'image' },
].map(({ from, binds }) => ({
  imageFrom: from,
  instanceFrom: from,
  binds: binds as 'image' | 'both',
  why: 'kernel and user mode parted',
  source: 'made up for a test',
}));

/** Few sizes, so that different layers are equal to pull. */
export const layers: readonly ImageLayer[] = Array.from({ length: 9 }, (_, position) => ({
  diffId: `sha256:layer-${position}`,
  bytes: [1_500_000_000, 200_000_000, 200_000_000][position % 3] ?? 0,
}));

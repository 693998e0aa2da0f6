import {
  DescribeTaskDefinitionCommand,
  type ECSClient,
  type OSFamily,
  RegisterTaskDefinitionCommand,
  type TaskDefinition,
} from '@aws-sdk/client-ecs';
import { calling } from './awsError.ts';
import { isGatewayError } from './gateways.ts';

type Sender = Pick<ECSClient, 'send'>;

export type PrefetchImage = {
  /** `<registry>/<path>` */
  readonly repository: string;
  readonly digest: string;
  readonly operatingSystemFamily: string;
  readonly memoryMiB: number;
};

/** CPU is a hard cap on Windows; the command does next to nothing. */
const cpuUnits = 128;
/** Every Windows base image has it, Nano Server's too. */
const command = ['cmd', '/S', '/C', 'exit 0'];

/**
 * The family whose newest revision pulls `image` and ends at once; registered where it is not yet.
 * `RegisterTaskDefinition` knows no token; one revision too many is the worst that a lost answer
 * does. Throws `GatewayError`.
 */
export const prefetchDefinition = async (
  client: Sender,
  reader: Sender,
  image: PrefetchImage,
): Promise<string> => {
  const family = familyOf(image);
  const known = await describe(reader, family);
  if (known !== undefined && isFor(known, image)) return family;
  const register = new RegisterTaskDefinitionCommand({
    family,
    requiresCompatibilities: ['EC2'],
    runtimePlatform: {
      operatingSystemFamily: image.operatingSystemFamily as OSFamily,
      cpuArchitecture: 'X86_64',
    },
    containerDefinitions: [
      {
        name: 'prefetch',
        image: `${image.repository}@${image.digest}`,
        cpu: cpuUnits,
        memory: image.memoryMiB,
        essential: true,
        entryPoint: command.slice(0, 1),
        command: command.slice(1),
      },
    ],
  });
  await calling('mutate', 'RegisterTaskDefinition', client.send(register));
  return family;
};

const familyOf = ({ digest, operatingSystemFamily }: PrefetchImage): string => {
  const version = operatingSystemFamily.replace(/^WINDOWS_SERVER_/, '').replaceAll('_', '-');
  return `tuesday-prefetch-${version.toLowerCase()}-${digest.replace(/^sha256:/, '').slice(0, 16)}`;
};

/** A family that ECS does not know is a ClientException (ECS API, DescribeTaskDefinition). */
const describe = async (client: Sender, family: string): Promise<TaskDefinition | undefined> => {
  try {
    const asked = new DescribeTaskDefinitionCommand({ taskDefinition: family });
    const answer = await calling('read', 'DescribeTaskDefinition', client.send(asked));
    return answer.taskDefinition;
  } catch (error) {
    if (isGatewayError(error) && error.code === 'ClientException') return undefined;
    throw error;
  }
};

const isFor = (
  { status = 'ACTIVE', containerDefinitions = [] }: TaskDefinition,
  { repository, digest, memoryMiB }: PrefetchImage,
): boolean =>
  status === 'ACTIVE' &&
  containerDefinitions.length === 1 &&
  containerDefinitions[0]?.image === `${repository}@${digest}` &&
  containerDefinitions[0].memory === memoryMiB;

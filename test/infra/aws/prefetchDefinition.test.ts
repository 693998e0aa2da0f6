import {
  DescribeTaskDefinitionCommand,
  ECSClient,
  RegisterTaskDefinitionCommand,
} from '@aws-sdk/client-ecs';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { createEcsGateway } from '../../../infra/aws/ecs.ts';
import { sdkError } from './sdkError.ts';

const ecs = mockClient(ECSClient);
const gateway = createEcsGateway(new ECSClient({ region: 'eu-west-1' }));
const repository = '111122223333.dkr.ecr.eu-west-1.amazonaws.com/orders';
const digest = `sha256:${'ab'.repeat(32)}`;
const family = 'tuesday-prefetch-2022-core-abababababababab';
const arn = (revision: number) =>
  `arn:aws:ecs:eu-west-1:111122223333:task-definition/${family}:${revision}`;
const image = {
  repository,
  digest,
  operatingSystemFamily: 'WINDOWS_SERVER_2022_CORE',
  memoryMiB: 512,
};
const registered = (memory: number, status: 'ACTIVE' | 'INACTIVE' = 'ACTIVE') => ({
  taskDefinition: {
    taskDefinitionArn: arn(4),
    status,
    containerDefinitions: [{ name: 'prefetch', image: `${repository}@${digest}`, memory }],
  },
});
const calls = () =>
  ecs.commandCalls(RegisterTaskDefinitionCommand).map((call) => call.args[0].input);

beforeEach(() => {
  ecs.reset();
  ecs.on(RegisterTaskDefinitionCommand).resolves({ taskDefinition: { taskDefinitionArn: arn(5) } });
});

describe('the task definition that pulls an image', () => {
  it('is registered once: by digest, with a command that ends at once', async () => {
    ecs.on(DescribeTaskDefinitionCommand).rejects(sdkError('ClientException', 400));
    expect(await gateway.prefetchDefinition(image)).toBe(family);
    expect(calls()).toEqual([
      {
        family,
        requiresCompatibilities: ['EC2'],
        runtimePlatform: {
          operatingSystemFamily: 'WINDOWS_SERVER_2022_CORE',
          cpuArchitecture: 'X86_64',
        },
        containerDefinitions: [
          {
            name: 'prefetch',
            image: `${repository}@${digest}`,
            cpu: 128,
            memory: 512,
            essential: true,
            entryPoint: ['cmd'],
            command: ['/S', '/C', 'exit 0'],
          },
        ],
      },
    ]);
  });

  it('is used again where it is the same, ACTIVE and has the memory', async () => {
    ecs.on(DescribeTaskDefinitionCommand).resolves(registered(512));
    expect([await gateway.prefetchDefinition(image), calls().length]).toEqual([family, 0]);
    ecs.on(DescribeTaskDefinitionCommand).resolves(registered(512, 'INACTIVE'));
    expect([await gateway.prefetchDefinition(image), calls().length]).toEqual([family, 1]);
    ecs.on(DescribeTaskDefinitionCommand).resolves(registered(1_024));
    expect([await gateway.prefetchDefinition(image), calls().length]).toEqual([family, 2]);
  });

  it('is not registered on a guess: an answer that did not come says nothing', async () => {
    ecs.on(DescribeTaskDefinitionCommand).rejects(sdkError('ServerException', 500));
    await expect(gateway.prefetchDefinition(image)).rejects.toMatchObject({
      code: 'ServerException',
    });
    expect(calls()).toEqual([]);
  });
});

import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { createSsmGateway } from '../../../infra/aws/ssm.ts';
import { sdkError } from './sdkError.ts';

const ssm = mockClient(SSMClient);
const gateway = createSsmGateway(new SSMClient({ region: 'eu-west-1' }));
const family = 'Windows_Server-2022-English-Core-ECS_Optimized';
const answer = (Value: string) => ({ Parameter: { Value } });

beforeEach(() => ssm.reset());

describe('reading the AMI of a family', () => {
  it('asks for the public parameter and takes id and name from its JSON', async () => {
    const value = {
      image_id: 'ami-0123456789abcdef0',
      image_name: `${family}-2025.10.15`,
      ecs_agent_version: '1.99.0',
    };
    ssm.on(GetParameterCommand).resolves(answer(JSON.stringify(value)));
    expect(await gateway.readAmi(family)).toEqual({
      amiId: 'ami-0123456789abcdef0',
      name: `${family}-2025.10.15`,
    });
    const [call] = ssm.commandCalls(GetParameterCommand);
    expect(call?.args[0].input).toEqual({ Name: `/aws/service/ami-windows-latest/${family}` });
  });

  it('answers undefined where AWS publishes no such family', async () => {
    ssm.on(GetParameterCommand).rejects(sdkError('ParameterNotFound', 400));
    expect(await gateway.readAmi(family)).toBeUndefined();
  });

  it.each(['', 'ami-0123456789abcdef0', '{"image_id":"ami-1"}'])(
    'is refused where the value is %j',
    async (value) => {
      ssm.on(GetParameterCommand).resolves(answer(value));
      await expect(gateway.readAmi(family)).rejects.toMatchObject({ code: 'UnexpectedShape' });
    },
  );

  it('never asks for a name that leaves the public path', async () => {
    await expect(gateway.readAmi('../secret')).rejects.toMatchObject({ code: 'FamilyMalformed' });
    expect(ssm.calls()).toHaveLength(0);
  });

  it('tells an error from an absence', async () => {
    ssm.on(GetParameterCommand).rejects(sdkError('InternalServerError', 500));
    await expect(gateway.readAmi(family)).rejects.toMatchObject({ kind: 'throttled' });
  });
});

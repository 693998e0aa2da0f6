import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { adoptCommand } from '../../cli/commands/adopt.ts';
import { exposureCommand } from '../../cli/commands/exposure.ts';
import { createEc2Gateway } from '../../infra/aws/ec2.ts';
import { createEcrGateway } from '../../infra/aws/ecr.ts';
import { createEcsGateway } from '../../infra/aws/ecs.ts';
import { openAws } from '../infra/local/awsClients.ts';
import { commandLine } from './commandLine.ts';

// Over the real SDK clients and the simulated AWS on the wire.

const aws = await openAws();
afterAll(aws.close);

const reads = () => ({
  ecs: createEcsGateway(aws.ecs),
  ecr: createEcrGateway(aws.ecr),
  ec2: createEc2Gateway(aws.ec2),
});

describe('tuesday cluster adopt', () => {
  let cli: ReturnType<typeof commandLine>;
  beforeEach(() => {
    cli = commandLine((program, tools) => adoptCommand(program, tools, reads), exposureCommand);
  });

  it('reads a live cluster whole, in mode observe, and says what comes next', async () => {
    const printed = await cli.run('adopt', 'shop', '--store', 'shop.sqlite');
    expect(printed.slice(0, 2)).toEqual([
      'shop is watched in mode observe: 3 instances, 1 service,',
      '4 running tasks; nothing was written on AWS',
    ]);
    expect(printed.join('\n')).toContain('exposure --store shop.sqlite');
    const exposure = await cli.run('exposure');
    expect(exposure.join('\n')).toContain('orders');
  });

  it('twice finds it as it is', async () => {
    await cli.run('adopt', 'shop', '--json');
    const again = await cli.run('adopt', 'shop', '--json');
    expect(JSON.parse(again[0] ?? '')).toMatchObject({ cluster: 'shop', instances: 3, tasks: 4 });
  });

  it('says what to look at where there is no such cluster, or no answer', async () => {
    expect(await cli.slip('adopt', 'shoop')).toContain('see `aws ecs list-clusters`');
    const lost = commandLine((program, tools) =>
      adoptCommand(program, tools, () => ({
        ...reads(),
        ecs: createEcsGateway({
          send: async () => {
            throw Object.assign(new Error('no credentials'), { name: 'CredentialsProviderError' });
          },
        }),
      })),
    );
    expect(await lost.slip('adopt', 'shop')).toContain('check AWS_REGION and the credentials');
  });
});

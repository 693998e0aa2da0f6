import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import { EC2Client } from '@aws-sdk/client-ec2';
import { ECRClient } from '@aws-sdk/client-ecr';
import { ECSClient } from '@aws-sdk/client-ecs';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { SSMClient } from '@aws-sdk/client-ssm';
import { openCloud } from '../../../infra/local/cloud.ts';
import { serveCloud } from '../../../infra/local/wire.ts';
import { pinned, smallScenario } from '../../domain/simulation/smallWorld.ts';

export const cluster = 'shop';

/** A small cloud on the wire and the real SDK clients pointed at it. */
export const openAws = async () => {
  const directory = mkdtempSync(join(tmpdir(), 'tuesday-wire-'));
  const terminationHook = { name: 'drain', timeoutMs: 9e6 };
  const scenario = smallScenario({ group: { terminationHook, ...pinned } });
  const cloud = openCloud({ file: join(directory, 'cloud.sqlite'), scenario, seed: 1 });
  const wire = await serveCloud(cloud);
  const options = {
    endpoint: wire.url,
    region: 'eu-west-1',
    credentials: { accessKeyId: 'any', secretAccessKey: 'any' },
    maxAttempts: 1,
  };
  const clients = {
    ecs: new ECSClient(options),
    ec2: new EC2Client(options),
    ecr: new ECRClient(options),
    ssm: new SSMClient(options),
    autoScaling: new AutoScalingClient(options),
    events: new EventBridgeClient(options),
  };
  const close = async () => {
    for (const client of Object.values(clients)) client.destroy();
    await wire.close();
    cloud.close();
    rmSync(directory, { recursive: true });
  };
  return { cloud, wire, ...clients, close };
};

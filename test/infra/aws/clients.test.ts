import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { awsGateways } from '../../../infra/aws/clients.ts';
import { clusterArn, instanceArn } from './ecsAnswers.ts';

/** Answers every request with 500 and counts them. */
const failingServer = async () => {
  const seen: string[] = [];
  const server = createServer((request, response) => {
    seen.push(String(request.headers['x-amz-target']));
    response.writeHead(500, { 'content-type': 'application/x-amz-json-1.1' }).end('{}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { seen, url, close: () => server.close() };
};

afterEach(() => vi.unstubAllEnvs());

describe('the gateways over real clients', () => {
  it('go where AWS_ENDPOINT_URL_ECS says and try a change once only', async () => {
    const server = await failingServer();
    vi.stubEnv('AWS_ENDPOINT_URL_ECS', server.url);
    vi.stubEnv('AWS_REGION', 'eu-west-1');
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'test');
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'test');
    const { ecs } = awsGateways({ busName: 'tuesday' });
    const change = ecs.setInstanceStatus(clusterArn, instanceArn(1), 'DRAINING');
    await expect(change).rejects.toMatchObject({ name: 'GatewayError', kind: 'unclear' });
    expect(server.seen).toHaveLength(1);
    expect(server.seen[0]).toContain('UpdateContainerInstancesState');
    server.close();
  });

  it('are no promises, so awaiting one calls nothing', async () => {
    const { ecs } = awsGateways({ busName: 'tuesday' });
    expect(await ecs).toBe(ecs);
  });
});

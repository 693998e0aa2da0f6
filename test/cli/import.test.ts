import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fleetCommand } from '../../cli/commands/fleet.ts';
import { importCommand } from '../../cli/commands/import.ts';
import { readViews } from '../../infra/views/views.ts';
import { commandLine } from './commandLine.ts';

const sample = (name: string) =>
  JSON.parse(readFileSync(join(import.meta.dirname, '../../events/samples', name), 'utf8')).detail;
const { clusterArn: _clusterArn, ...instance } = sample('ecs-container-instance-state-change.json');
const task = sample('ecs-task-state-change.json');
const arn = (rest: string) => `arn:aws:ecs:eu-west-1:111122223333:${rest}`;
const digest = task.containers[0].imageDigest as string;
const hex = digest.slice('sha256:'.length);
const layer = `sha256:${'1'.repeat(64)}`;

/** As AWS CLI 1 prints it: moments are seconds since 1970. */
const service = {
  serviceArn: arn('service/shop/orders'),
  serviceName: 'orders',
  clusterArn: arn('cluster/shop'),
  status: 'ACTIVE',
  desiredCount: 4,
  runningCount: 4,
  pendingCount: 0,
  schedulingStrategy: 'REPLICA',
  deploymentConfiguration: { maximumPercent: 150, minimumHealthyPercent: 75 },
  taskDefinition: arn('task-definition/orders:12'),
  deployments: [
    {
      id: 'ecs-svc/1',
      status: 'PRIMARY',
      taskDefinition: arn('task-definition/orders:12'),
      desiredCount: 4,
      runningCount: 4,
      pendingCount: 0,
      rolloutState: 'COMPLETED',
      createdAt: 1760461390.123,
    },
  ],
};
const taskDefinition = {
  taskDefinitionArn: arn('task-definition/orders:12'),
  family: 'orders',
  revision: 12,
  networkMode: 'nat',
  runtimePlatform: { operatingSystemFamily: 'WINDOWS_SERVER_2022_CORE' },
  volumes: [
    { name: 'data', host: { sourcePath: 'C:\\data' } },
    { name: 'scratch', host: {} },
  ],
  containerDefinitions: [
    {
      name: 'orders',
      image: '111122223333.dkr.ecr.eu-west-1.amazonaws.com/orders:main',
      cpu: 1024,
      memory: 4096,
      portMappings: [
        { containerPort: 80, hostPort: 0, protocol: 'tcp' },
        { containerPort: 8172, hostPort: 8172, protocol: 'tcp' },
      ],
    },
  ],
};
const config = {
  architecture: 'amd64',
  os: 'windows',
  'os.version': '10.0.20348.4171',
  created: '2025-10-14T16:55:00.123456789Z',
  history: [{ created_by: 'Apply image 10.0.20348.4171' }, { created: '2025-10-14T16:55:00Z' }],
  rootfs: { type: 'layers', diff_ids: [layer] },
};

describe('tuesday import', () => {
  let cli: ReturnType<typeof commandLine>;
  let folder: string;
  beforeEach(() => {
    cli = commandLine(importCommand, fleetCommand);
    folder = mkdtempSync(join(tmpdir(), 'tuesday-import-'));
  });
  afterEach(() => {
    cli.store.close();
    rmSync(folder, { recursive: true });
  });
  const file = (name: string, value: unknown) => {
    writeFileSync(join(folder, name), typeof value === 'string' ? value : JSON.stringify(value));
    return join(folder, name);
  };
  const records = async (...words: readonly string[]) =>
    (await cli.run('--json', 'import', ...words)).map((line) => JSON.parse(line));
  const views = () => readViews(cli.store);

  it('takes in what the AWS CLI prints, whatever the order of the files', async () => {
    const lines = await cli.run(
      'import',
      file('task-definitions.json', { taskDefinition, tags: [] }),
      file('services.json', { services: [service], failures: [] }),
      file('tasks.json', { tasks: [task], failures: [] }),
      file('instances.json', { containerInstances: [instance], failures: [] }),
    );
    expect(lines.map((line) => line.replace(folder, ''))).toEqual([
      '/task-definitions.json: took 1 task definition',
      '/services.json: took 1 service',
      '/tasks.json: took 1 task',
      '/instances.json: took 1 container instance',
    ]);
    const view = (await views()).fleet('shop');
    expect(view.services.get(service.serviceArn)).toMatchObject({
      minimumHealthyPercent: 75,
      deployments: [{ rolloutState: 'COMPLETED', createdAt: 1760461390123 }],
    });
    expect(view.taskDefinitions.get(taskDefinition.taskDefinitionArn)).toMatchObject({
      operatingSystemFamily: 'WINDOWS_SERVER_2022_CORE',
      hostPaths: ['C:\\data'],
      containers: [{ memoryMiB: 4096, hostPorts: [{ port: 8172, protocol: 'tcp' }] }],
    });
    expect([view.instances.size, view.tasks.size]).toEqual([1, 1]);
    expect((await cli.run('fleet', '--services')).join('\n')).toMatch(
      /orders +ACTIVE +4 +4 +0 +75 +150 +orders:12 +COMPLETED/,
    );
  });

  it('takes nothing in twice', async () => {
    const files = [
      file('tasks.json', { tasks: [task] }),
      file('services.json', { services: [service] }),
      file('task-definitions.json', { taskDefinition }),
    ];
    await cli.run('import', ...files);
    const before = await cli.store.readAll(0, 100);
    const again = await records(...files);
    expect(again.map(({ outcome }) => outcome)).toEqual(['known', 'known', 'known']);
    expect(await cli.store.readAll(0, 100)).toEqual(before);
  });

  it('reads answers one after another in one file, as xargs leaves them', async () => {
    const pretty = [{ tasks: [task] }, { tasks: [{ ...task, taskArn: arn('task/shop/2') }] }]
      .map((answer) => JSON.stringify(answer, null, 4))
      .join('\n');
    expect(await records(file('tasks.json', pretty))).toHaveLength(2);
  });

  it('says what it leaves out, and why', async () => {
    const told = await records(
      file('a.json', {
        tasks: [{ ...task, version: 'x' }],
        failures: [{ arn: 'b', reason: 'MISSING' }],
      }),
      file('c.json', { zebra: 1 }),
      file('d.json', 'not json'),
      file('e.json', { taskDefinition }),
      file('f.json', { Images: [{ ImageId: 'ami-0f1e2d3c4b5a69788', Name: 'my-golden-image' }] }),
    );
    expect(told.map(({ outcome, reason }) => [outcome, reason])).toEqual([
      ['left', 'Malformed'],
      ['left', 'ReportedMissing'],
      ['left', 'NotRecognised'],
      ['left', 'NotJson'],
      ['left', 'NotUsed'],
      ['left', 'NotEcsOptimizedWindows'],
    ]);
    expect(told[0]).toMatchObject({
      name: task.taskArn,
      detail: expect.stringContaining('version'),
    });
    expect(told[2].detail).toContain('zebra');
  });

  it('takes the cluster that an old ARN does not name from --cluster', async () => {
    const old = { ...instance, containerInstanceArn: arn('container-instance/1f6d1c0a') };
    const found = file('instances.json', { containerInstances: [old] });
    expect(await records(found)).toMatchObject([{ outcome: 'left', reason: 'ClusterUnknown' }]);
    expect(await records(found, '--cluster', 'shop')).toMatchObject([{ outcome: 'taken' }]);
    expect((await views()).fleet('shop').instances.size).toBe(1);
  });

  it('learns the AMIs of AWS from their names', async () => {
    const name = 'Windows_Server-2022-English-Core-ECS_Optimized-2025.10.18';
    const Images = [
      { ImageId: 'ami-0f1e2d3c4b5a69788', Name: name, CreationDate: '2025-10-18T03:11:52.000Z' },
    ];
    expect(await records(file('amis.json', { Images }))).toMatchObject([
      { outcome: 'taken', name },
    ]);
    expect((await views()).amis).toMatchObject([
      { channel: 'ltsc2022', amis: [{ publishedAt: Date.parse('2025-10-18T03:11:52.000Z') }] },
    ]);
  });

  it('takes a config from crane by the digest in the name of its file', async () => {
    const tasks = file('tasks.json', { tasks: [task] });
    const found = file(`orders@sha256-${hex}.json`, config);
    expect(await records(tasks, found)).toMatchObject([{ outcome: 'taken' }, { outcome: 'taken' }]);
    expect((await views()).images.get(digest)).toMatchObject({
      repositories: ['111122223333.dkr.ecr.eu-west-1.amazonaws.com/orders'],
      config: {
        osVersion: '10.0.20348.4171',
        history: ['Apply image 10.0.20348.4171'],
        diffIds: [layer],
        createdAt: Date.parse('2025-10-14T16:55:00.123Z'),
      },
    });
  });

  it('asks for digest and repository of a config that it cannot place', async () => {
    const found = file('config.json', config);
    expect(await records(found)).toMatchObject([
      { reason: 'DigestUnknown', detail: expect.stringContaining('--digest') },
    ]);
    expect(await records(found, '--digest', digest)).toMatchObject([
      { reason: 'RepositoryUnknown', detail: expect.stringContaining('--repository') },
    ]);
    expect(await records(found, '--digest', digest, '--repository', 'host/orders')).toMatchObject([
      { outcome: 'taken', name: `host/orders@${digest}` },
    ]);
  });

  it('takes what docker prints under each of its names, but no Linux image', async () => {
    const docker = (Os: string, RepoDigests: readonly string[]) => [
      { Id: layer, Os, OsVersion: '10.0.20348.4171', RootFS: { Layers: [layer] }, RepoDigests },
    ];
    const told = await records(
      file('windows.json', docker('windows', [`host/a@${digest}`, `host/b@${layer}`])),
      file('linux.json', docker('linux', [`host/c@${digest}`])),
      file('local.json', docker('windows', [])),
    );
    expect(told.map(({ outcome, reason }) => [outcome, reason])).toEqual([
      ['taken', null],
      ['taken', null],
      ['left', 'NotWindows'],
      ['left', 'DigestUnknown'],
    ]);
  });

  it('prints what to run, as a shell understands it, and reads its files afterwards', async () => {
    const lines = await cli.run('import', '--commands', '--cluster', 'shop');
    const script = lines.join('\n');
    expect(script).toContain("cluster='shop'");
    // Checks the syntax and runs nothing.
    expect(() => execFileSync('sh', ['-n'], { input: script })).not.toThrow();
    expect(await cli.slip('import', '--commands', '--cluster', '$(rm -rf /)')).toContain(
      '--cluster',
    );
    expect(await cli.slip('import')).toContain('--commands');
  });
});

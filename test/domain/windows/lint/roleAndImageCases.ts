import type { Json } from '../../../../domain/windows/lint/taskDefinition/document.ts';
import { type Case, container, digest, first, of, platform, task } from './cleanTaskDefinition.ts';

const image = (text: string) => container({ image: text });
const logs = (logConfiguration: Json | undefined) => container({ logConfiguration });
const arn = 'arn:aws:ssm:eu-west-1:111122223333:parameter/orders';
const role = 'arn:aws:iam::111122223333:role/orders';
const awslogs = {
  logDriver: 'awslogs',
  options: { 'awslogs-group': 'orders', 'awslogs-region': 'eu-west-1' },
};

export const roleAndLogCases: readonly Case[] = [
  [
    'log-driver-unsupported',
    `${first}.logConfiguration.logDriver`,
    logs({ logDriver: 'awsfirelens' }),
    logs({ logDriver: 'json-file' }),
  ],
  [
    'log-driver-not-registered',
    `${first}.logConfiguration.logDriver`,
    logs({ logDriver: 'splunk' }),
    logs(awslogs),
  ],
  [
    'awslogs-options-missing',
    `${first}.logConfiguration.options`,
    logs({ logDriver: 'awslogs', options: { 'awslogs-group': 'orders' } }),
    logs(awslogs),
  ],
  ['log-configuration-missing', `${first}.logConfiguration`, logs(undefined), logs(awslogs)],
  [
    'firelens-unsupported',
    `${first}.firelensConfiguration`,
    container({ firelensConfiguration: { type: 'fluentbit' } }),
    container({}),
  ],
  [
    'task-role-credentials',
    'taskRoleArn',
    task({ taskRoleArn: role }),
    task({ taskRoleArn: role, networkMode: 'awsvpc' }),
  ],
  [
    'execution-role-missing',
    'executionRoleArn',
    { ...container({ secrets: [{ name: 'KEY', valueFrom: arn }] }), executionRoleArn: null },
    container({ secrets: [{ name: 'KEY', valueFrom: arn }] }),
  ],
  [
    'credential-spec-form',
    `${first}.credentialSpecs[0]`,
    container({ credentialSpecs: [arn] }),
    container({ credentialSpecs: [`credentialspec:${arn}`] }),
  ],
  [
    'credential-spec-limit',
    `${first}.credentialSpecs`,
    container({ credentialSpecs: [`credentialspec:${arn}`, `credentialspec:${arn}2`] }),
    container({ credentialSpecs: [`credentialspecdomainless:${arn}`] }),
  ],
  [
    'credential-spec-old-form',
    `${first}.dockerSecurityOptions[0]`,
    container({ dockerSecurityOptions: [`credentialspec:${arn}`] }),
    container({ credentialSpecs: [`credentialspec:${arn}`] }),
  ],
  [
    'credential-spec-file',
    `${first}.dockerSecurityOptions[0]`,
    container({ dockerSecurityOptions: ['credentialspec:file://orders.json'] }),
    container({ dockerSecurityOptions: [`credentialspec:${arn}`] }),
  ],
];

const check = (change: Json) =>
  container({ healthCheck: { command: ['CMD-SHELL', 'curl -f http://localhost'], ...change } });

export const lifecycleCases: readonly Case[] = [
  ['stop-timeout-unset', `${first}.stopTimeout`, container({ stopTimeout: undefined }), task({})],
  [
    'stop-timeout-invalid',
    `${first}.stopTimeout`,
    container({ stopTimeout: 1.5 }),
    container({ stopTimeout: 600 }),
  ],
  [
    'stop-timeout-short',
    `${first}.stopTimeout`,
    container({ stopTimeout: 0 }),
    container({ stopTimeout: 2 }),
  ],
  [
    'shell-swallows-shutdown',
    `${first}.entryPoint`,
    container({ entryPoint: ['cmd.exe', '/S', '/C', 'orders.exe'] }),
    container({ entryPoint: ['C:\\app\\command.exe'] }),
  ],
  [
    'linux-command',
    `${first}.entryPoint`,
    container({ entryPoint: ['/bin/sh', '-c', 'orders'] }),
    container({}),
  ],
  [
    'linux-command',
    `${first}.healthCheck.command`,
    check({ command: ['CMD-SHELL', 'curl -f http://localhost > /dev/null'] }),
    check({}),
  ],
  [
    'powershell-missing',
    `${first}.entryPoint`,
    container({ image: `orders:nanoserver-ltsc2022@${digest}`, entryPoint: ['powershell', 'a'] }),
    container({ image: `orders:ltsc2022@${digest}`, entryPoint: ['powershell', 'a'] }),
  ],
  [
    'health-check-form',
    `${first}.healthCheck.command`,
    check({ command: ['curl', 'http://localhost'] }),
    check({ command: ['CMD', 'curl.exe', 'http://localhost'] }),
  ],
  [
    'health-check-range',
    `${first}.healthCheck.interval`,
    check({ interval: 4 }),
    check({ interval: 5 }),
  ],
  [
    'health-check-slow-shell',
    `${first}.healthCheck.command`,
    check({ command: ['CMD-SHELL', 'powershell -Command exit 0'] }),
    check({ command: ['CMD-SHELL', 'powershell -Command exit 0'], timeout: 30 }),
  ],
];

export const imageCases: readonly Case[] = [
  ['image-missing', `${first}.image`, container({ image: undefined }), task({})],
  ['image-latest', `${first}.image`, image('orders'), image(`orders@${digest}`)],
  ['image-latest', `${first}.image`, image('host:5000/orders:latest'), image('orders:5.3')],
  ['image-not-pinned', `${first}.image`, image('orders:5.3-ltsc2022'), task({})],
  [
    'image-linux',
    `${first}.image`,
    image(`nginx:1.29-alpine@${digest}`),
    image(`caddy:2-windowsservercore-ltsc2022@${digest}`),
  ],
  [
    'image-family-mismatch',
    `${first}.image`,
    image(`orders:ltsc2025@${digest}`),
    // Windows Server 2025 runs images of 2022 (Microsoft's table).
    platform('WINDOWS_SERVER_2025_CORE'),
  ],
  [
    'image-revision-bound',
    `${first}.image`,
    { ...platform('WINDOWS_SERVER_2016_FULL'), ...containersOf(`orders:ltsc2016@${digest}`) },
    task({}),
  ],
  ['image-channel-ending', `${first}.image`, image(`orders:ltsc2016@${digest}`), task({})],
  ['image-windows-unknown', `${first}.image`, image(`orders:5.3@${digest}`), task({})],
];

function containersOf(text: string): Json {
  return { containerDefinitions: [of({ image: text })] };
}

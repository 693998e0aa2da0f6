import type { IncomingMessage, ServerResponse } from 'node:http';
import { type AwsService, callAws, isRead } from '../../domain/simulation/callAws.ts';
import { readEcrBlob } from '../../domain/simulation/ecrCalls.ts';
import type { World } from '../../domain/simulation/world.ts';
import { createAutoScalingGateway } from '../aws/autoScaling.ts';
import { createBusGateway } from '../aws/bus.ts';
import { createCloudWatchGateway } from '../aws/cloudWatch.ts';
import { createCodeBuildGateway } from '../aws/codeBuild.ts';
import { createEc2Gateway } from '../aws/ec2.ts';
import { createEcrGateway } from '../aws/ecr.ts';
import { createEcsGateway } from '../aws/ecs.ts';
import type { Gateways } from '../aws/gateways.ts';
import { createLoadBalancingGateway } from '../aws/loadBalancing.ts';
import { createScalableTargetsGateway } from '../aws/scalableTargets.ts';
import { createSsmGateway } from '../aws/ssm.ts';
import { createRegistryClient } from '../registry/dockerRegistryClient.ts';
import type { RegistryClient } from '../registry/registryClient.ts';
import { answerRegistry } from './registryProtocol.ts';

// The real gateways over the simulated AWS, in one process and without HTTP.

/** One call on its way; `perform` lets it take effect and answers, or throws as the SDK does. */
export type CallInFlight = {
  readonly service: AwsService;
  readonly operation: string;
  readonly input: unknown;
  readonly reads: boolean;
  readonly perform: () => unknown;
};

/** Between the SDK and AWS: where calls fail. */
export type Line = {
  readonly call: (call: CallInFlight) => Promise<unknown>;
  /** Microsoft's registry and ECR's storage; `undefined` for the status where nothing is wrong. */
  readonly outage: () => number | undefined;
  readonly fetch: (answer: () => Promise<Response>) => Promise<Response>;
};

/** A line on which nothing fails. */
export const directLine: Line = {
  call: async ({ perform }) => perform(),
  outage: () => undefined,
  fetch: (answer) => answer(),
};

/** What the SDK throws: a name, and a status where an answer came at all. */
export const sdkError = (name: string, status: number | undefined, message: string): Error =>
  Object.assign(new Error(message), {
    name,
    ...(status === undefined ? {} : { $metadata: { httpStatusCode: status } }),
  });

type AnyCommand = { readonly input: object; readonly constructor: { readonly name: string } };

const clientOf = (world: World, service: AwsService, line: Line) => ({
  send: (command: AnyCommand): Promise<unknown> => {
    const operation = command.constructor.name.replace(/Command$/, '');
    const input: unknown = JSON.parse(JSON.stringify(command.input));
    const perform = () => answered(callAws(world, service, operation, input));
    return line.call({ service, operation, input, reads: isRead(operation), perform });
  },
});

const answered = (answer: ReturnType<typeof callAws>): unknown => {
  if ('ok' in answer) return asSdkGives(answer.ok, '');
  const { code, message, status, members } = answer.error;
  throw Object.assign(sdkError(code, status, message), members);
};

/** A copy of its own; epoch seconds have become `Date`, and what JSON leaves out is left out. */
const asSdkGives = (value: unknown, name: string): unknown => {
  if (typeof value === 'number') return /At$|Date$/.test(name) ? new Date(value * 1000) : value;
  if (Array.isArray(value)) return value.map((item) => asSdkGives(item, name));
  if (typeof value !== 'object' || value === null) return value;
  const copy: Record<string, unknown> = {};
  for (const key of Object.keys(value)) {
    const member = (value as Record<string, unknown>)[key];
    if (member !== undefined) copy[key] = asSdkGives(member, key);
  }
  return copy;
};

export const simulatedGateways = (world: World, line: Line): Gateways => {
  const client = (service: AwsService) => clientOf(world, service, line) as never;
  const storage = (url: string) =>
    line.fetch(async () => {
      const found = /^simulated:\/ecr\/(.+)\/blobs\/(sha256:[0-9a-f]+)$/.exec(url);
      const config = readEcrBlob(world, found?.[1] ?? '', found?.[2] ?? '');
      return response(config === undefined ? 404 : 200, new Map(), config ?? '');
    });
  return {
    ecs: createEcsGateway(client('ecs')),
    autoScaling: createAutoScalingGateway(client('autoscaling')),
    ec2: createEc2Gateway(client('ec2')),
    loadBalancing: createLoadBalancingGateway(client('elasticloadbalancing')),
    scalableTargets: createScalableTargetsGateway(client('application-autoscaling')),
    cloudWatch: createCloudWatchGateway(client('monitoring')),
    codeBuild: createCodeBuildGateway(client('codebuild')),
    ecr: createEcrGateway(client('ecr'), storage),
    ssm: createSsmGateway(client('ssm')),
    bus: createBusGateway(client('events'), 'tuesday'),
  };
};

export const simulatedRegistry = (world: World, line: Line): RegistryClient =>
  createRegistryClient('https://mcr.example', {
    fetch: (url, { method = 'GET' }) =>
      line.fetch(async () => askRegistry(world, method, new URL(url).pathname, line.outage())),
  });

/** The registry's own answers, as the wire gives them, caught before they become HTTP. */
const askRegistry = (
  world: World,
  method: string,
  path: string,
  outage: number | undefined,
): Response => {
  const headers = new Map<string, string>();
  const caught = { status: 200, body: '' };
  const reply = {
    set statusCode(status: number) {
      caught.status = status;
    },
    setHeader: (name: string, value: unknown) => headers.set(name, String(value)),
    end: (body = '') => {
      caught.body = body;
    },
  };
  const request = { method } as IncomingMessage;
  answerRegistry(world, request, path, outage, reply as unknown as ServerResponse);
  return response(caught.status, headers, caught.body);
};

/** As much of a `Response` as is read, without its streams, which would cost most of the run. */
const response = (status: number, headers: ReadonlyMap<string, string>, text: string): Response =>
  ({
    status,
    ok: status === 200,
    headers: { get: (name: string) => headers.get(name) ?? null },
    body: Object.assign([Buffer.from(text)], { cancel: async () => {} }),
  }) as unknown as Response;

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Answer } from '../../domain/simulation/answers.ts';
import type { AwsService } from '../../domain/simulation/callAws.ts';
import { readEcrBlob } from '../../domain/simulation/ecrCalls.ts';
import type { Cloud } from './cloud.ts';
import { ec2Error, ec2Input, ec2Result, ec2Version } from './ec2Protocol.ts';
import { queryError, queryInput, queryResult } from './queryProtocol.ts';
import { answerRegistry } from './registryProtocol.ts';

export type Wire = {
  /**
   * `http://127.0.0.1:<port>`: the endpoint of every AWS client and of the Microsoft registry
   * alike.
   */
  readonly url: string;
  /**
   * From now on the Microsoft registry answers every request with this status; `undefined` ends it.
   */
  readonly setRegistryOutage: (status: number | undefined) => void;
  readonly close: () => Promise<void>;
};

/** Prefix of `X-Amz-Target` to service: what the clients of the JSON 1.1 protocol send. */
const targets: Readonly<Record<string, AwsService>> = {
  AmazonEC2ContainerServiceV20141113: 'ecs',
  AmazonEC2ContainerRegistry_V20150921: 'ecr',
  AmazonSSM: 'ssm',
  AWSEvents: 'events',
};

/** What `answer` needs to know of the server it belongs to. */
type Place = { readonly url: string; readonly registryOutage: number | undefined };

/**
 * Serves a cloud on the loopback interface, as AWS and Microsoft speak: JSON 1.1, Query with XML,
 * Docker Registry v2.
 */
export const serveCloud = async (cloud: Cloud, port = 0): Promise<Wire> => {
  const place: { url: string; registryOutage: number | undefined } = {
    url: '',
    registryOutage: undefined,
  };
  const server = createServer((request, response) => {
    readBody(request)
      .then((body) => answer(cloud, place, request, body, response))
      .catch((error: unknown) => {
        send(response, 500, 'application/x-amz-json-1.1', {
          __type: 'InternalFailure',
          message: String(error),
        });
      });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  place.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url: place.url,
    setRegistryOutage: (status) => {
      place.registryOutage = status;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};

const readBody = async (request: IncomingMessage): Promise<string> => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
};

const answer = (
  cloud: Cloud,
  place: Place,
  request: IncomingMessage,
  body: string,
  response: ServerResponse,
): void => {
  const path = decodeURIComponent((request.url ?? '/').split('?')[0] ?? '/');
  if (path.startsWith('/v2/')) {
    answerRegistry(cloud.world, request, path, place.registryOutage, response);
    return;
  }
  const blob = /^\/ecr\/(.+)\/blobs\/(sha256:[0-9a-f]+)$/.exec(path);
  if (blob !== null) {
    const config = readEcrBlob(cloud.world, blob[1] ?? '', blob[2] ?? '');
    send(response, config === undefined ? 404 : 200, 'application/octet-stream', config ?? '');
    return;
  }
  const target = request.headers['x-amz-target'];
  if (typeof target === 'string') answerJson(cloud, place, target, body, response);
  else answerQuery(cloud, body, response);
};

const answerJson = (
  cloud: Cloud,
  place: Place,
  target: string,
  body: string,
  response: ServerResponse,
): void => {
  const [prefix = '', operation = ''] = target.split('.');
  const service = targets[prefix];
  const input: unknown = body === '' ? {} : JSON.parse(body);
  const result: Answer =
    service === undefined
      ? { error: { code: 'UnknownOperationException', message: '', status: 400 } }
      : cloud.call(service, operation, input);
  if ('ok' in result) {
    // Only the server knows its own address.
    const text = JSON.stringify(result.ok).replaceAll('"simulated:/', `"${place.url}/`);
    send(response, 200, 'application/x-amz-json-1.1', text);
    return;
  }
  const { code, message, status, members } = result.error;
  response.setHeader('x-amzn-errortype', code);
  send(response, status, 'application/x-amz-json-1.1', { __type: code, message, ...members });
};

const answerQuery = (cloud: Cloud, body: string, response: ServerResponse): void => {
  if (new URLSearchParams(body).get('Version') === ec2Version) {
    const { operation, input } = ec2Input(body);
    const result = cloud.call('ec2', operation, input);
    const text = 'ok' in result ? ec2Result(operation, result.ok) : ec2Error(result.error);
    send(response, 'ok' in result ? 200 : result.error.status, 'text/xml', text);
    return;
  }
  const { operation, input } = queryInput(body);
  const result = cloud.call('autoscaling', operation, input);
  const text = 'ok' in result ? queryResult(operation, result.ok) : queryError(result.error);
  send(response, 'ok' in result ? 200 : result.error.status, 'text/xml', text);
};

export const send = (
  response: ServerResponse,
  status: number,
  contentType: string,
  body: unknown,
): void => {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  response.statusCode = status;
  response.setHeader('content-type', contentType);
  response.setHeader('content-length', Buffer.byteLength(text));
  response.setHeader('x-amzn-requestid', '00000000-0000-4000-8000-000000000000');
  response.end(text);
};

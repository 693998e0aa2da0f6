import {
  createServer,
  type IncomingMessage,
  type ServerResponse,
  request as send,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { createRandom } from '../../bench/random.ts';

export type FaultyProxy = {
  readonly url: string;
  /** How many calls met which fault. */
  readonly fired: Readonly<Record<'throttled' | 'failed' | 'answerLost', number>>;
  /** From now on every call goes through. */
  readonly heal: () => void;
  readonly close: () => Promise<void>;
};

/**
 * Stands before the simulated AWS and spoils a share of the calls: throttled before they arrive, a
 * 503 before they arrive, or carried out and the answer lost with the connection.
 */
export const faultyProxy = async (
  target: string,
  { share, seed }: { readonly share: number; readonly seed: number },
): Promise<FaultyProxy> => {
  const random = createRandom(seed);
  const fired = { throttled: 0, failed: 0, answerLost: 0 };
  let isHealed = false;
  const server = createServer((request, response) => {
    const type = request.headers['content-type'] ?? '';
    const isQuery = type.startsWith('application/x-www-form-urlencoded');
    const isAws = isQuery || request.headers['x-amz-target'] !== undefined;
    const isSpoilt = isAws && !isHealed && random.next() < share;
    if (!isSpoilt) return forward(target, request, response);
    const fault = random.oneOf(['throttled', 'failed', 'answerLost'] as const);
    fired[fault] += 1;
    if (fault === 'answerLost') {
      return forward(target, request, response, () => request.socket.destroy());
    }
    request.resume();
    const [status, code] = spoilt[fault];
    response.writeHead(status, {
      'content-type': isQuery ? 'text/xml' : 'application/x-amz-json-1.1',
    });
    response.end(isQuery ? asXml(code) : JSON.stringify({ __type: code, message: 'by the test' }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    fired,
    heal: () => {
      isHealed = true;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};

const spoilt = {
  throttled: [400, 'ThrottlingException'],
  failed: [503, 'ServerException'],
} as const;

const asXml = (code: string): string =>
  `<ErrorResponse><Error><Code>${code}</Code><Message>test</Message></Error></ErrorResponse>`;

const forward = (
  target: string,
  request: IncomingMessage,
  response: ServerResponse,
  insteadOfAnswering?: () => void,
): void => {
  const { method, headers, url = '/' } = request;
  const onward = send(new URL(url, target), { method, headers }, (answer) => {
    if (insteadOfAnswering !== undefined) {
      answer.resume();
      answer.once('end', insteadOfAnswering);
      return;
    }
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(response);
  });
  onward.once('error', () => response.destroy());
  request.pipe(onward);
};

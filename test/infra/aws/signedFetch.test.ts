import { createHash, createHmac } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type SignableRequest, signedFetch } from '../../../infra/aws/signedFetch.ts';

// The signature is worked out again here, step by step from IAM User Guide, "Create a signed AWS
// API request", and from what went over the wire alone.

const secretAccessKey = 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY';
const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey, sessionToken: 'a-session' };

type Sent = {
  readonly method: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
};

const sentBy = async (request: SignableRequest): Promise<Sent> => {
  let sent: Sent | undefined;
  const send = (async (url: URL, init: RequestInit) => {
    const headers = init.headers as Record<string, string>;
    sent = { method: init.method ?? '', url, headers, body: String(init.body ?? '') };
    return new Response('{}');
  }) as unknown as typeof fetch;
  await signedFetch('eu-west-1', async () => credentials, send)(request);
  if (sent === undefined) throw new Error('nothing was sent');
  return sent;
};

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const hmac = (key: string | Buffer, text: string): Buffer =>
  createHmac('sha256', key).update(text).digest();
const escaped = (text: string): string =>
  encodeURIComponent(text).replace(
    /[!'()*]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  );

const signatureOf = ({ method, url, headers, body }: Sent): string => {
  const authorization = headers.authorization ?? '';
  const signed = /SignedHeaders=([^,]+)/.exec(authorization)?.[1] ?? '';
  const headerOf = (name: string) => (name === 'host' ? url.host : headers[name]);
  const query = url.search
    .slice(1)
    .split('&')
    .filter(Boolean)
    .map((pair) => pair.split('=').map((part) => escaped(decodeURIComponent(part))))
    .map(([name, value = '']) => `${name}=${value}`)
    .toSorted();
  const canonical = [
    method,
    // The path as it is sent, each part escaped once more.
    url.pathname.split('/').map(escaped).join('/'),
    query.join('&'),
    ...signed.split(';').map((name) => `${name}:${headerOf(name)?.trim()}`),
    '',
    signed,
    sha256(body),
  ].join('\n');
  const moment = headers['x-amz-date'] ?? '';
  const scope = `${moment.slice(0, 8)}/eu-west-1/execute-api/aws4_request`;
  const text = ['AWS4-HMAC-SHA256', moment, scope, sha256(canonical)].join('\n');
  const steps = [moment.slice(0, 8), 'eu-west-1', 'execute-api', 'aws4_request'];
  const key = steps.reduce<string | Buffer>(hmac, `AWS4${secretAccessKey}`);
  return createHmac('sha256', key).update(text).digest('hex');
};

const claimed = ({ headers }: Sent): string =>
  /Signature=([0-9a-f]{64})$/.exec(headers.authorization ?? '')?.[1] ?? 'none';

const base = 'https://abc123.execute-api.eu-west-1.amazonaws.com';

describe('a request to the API', () => {
  it('is signed for execute-api in its Region, with the session', async () => {
    const sent = await sentBy({
      method: 'POST',
      url: new URL(`${base}/clusters/shop%40111122223333.eu-west-1/rollouts`),
      headers: { 'content-type': 'application/json', 'idempotency-key': 'a-key-of-mine' },
      body: '{"emergency":true}',
    });
    expect(claimed(sent)).toBe(signatureOf(sent));
    expect(sent.headers['x-amz-security-token']).toBe('a-session');
    expect(sent.headers.authorization).toContain('/eu-west-1/execute-api/aws4_request');
    const signed = /SignedHeaders=([^,]+)/.exec(sent.headers.authorization ?? '')?.[1]?.split(';');
    expect(signed).toEqual(expect.arrayContaining(['host', 'idempotency-key', 'x-amz-date']));
    expect(JSON.stringify(sent)).not.toContain(secretAccessKey);
  });

  it('is signed right whatever its path, query and body hold', async () => {
    const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 });
    const query = fc.dictionary(fc.stringMatching(/^[a-z]{1,6}$/), text, { maxKeys: 4 });
    await fc.assert(
      fc.asyncProperty(text, query, fc.option(fc.string()), async (part, words, body) => {
        const url = new URL(`${base}/events/x${escaped(part)}`);
        url.search = Object.entries(words)
          .map(([name, value]) => `${name}=${escaped(value)}`)
          .join('&');
        const sent = await sentBy({ method: 'GET', url, headers: {}, body: body ?? undefined });
        expect(claimed(sent)).toBe(signatureOf(sent));
      }),
    );
  });
});

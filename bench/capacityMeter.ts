import {
  type AttributeValue,
  DescribeTableCommand,
  type DynamoDBClient,
  GetItemCommand,
  QueryCommand,
  type QueryCommandInput,
} from '@aws-sdk/client-dynamodb';
import { bytesOf, type Item, perTransaction, unitsToRead, unitsToWrite } from './capacityRules.ts';

/** Where DynamoDB itself says something else than the rules. */
export type Disagreement = {
  readonly command: string;
  readonly ours: number;
  readonly its: number;
};

type Write = { readonly table: string; readonly key: Item };
type Input = Readonly<Record<string, unknown>>;

/**
 * One middleware of the SDK that counts what every request costs, by the bytes of the items it
 * touches and AWS's rules, the same for every store; a second client looks at the items. Indexes
 * are left out, in favour of whoever has some. What DynamoDB Local says it charged is compared,
 * except for transactions, which it reports wrongly.
 */
export const capacityMeter = (reader: DynamoDBClient) => {
  const metered = { writeUnits: 0, readUnits: 0 };
  const compared = { requests: 0, disagreements: [] as Disagreement[] };
  const look = lookAt(reader);
  let isCounting = true;

  const compare = (command: string, ours: number, output: unknown) => {
    const { ConsumedCapacity: its } = output as { ConsumedCapacity?: Charged };
    const units = its?.Table?.CapacityUnits ?? its?.CapacityUnits;
    // DynamoDB Local charges nothing for a query that finds nothing, where AWS charges the least.
    if (units === undefined || (units === 0 && ours <= 1)) return;
    compared.requests += 1;
    if (units !== ours) compared.disagreements.push({ command, ours, its: units });
  };
  const counted = async <Result extends { readonly output: unknown }>(
    name: string,
    input: Input,
    send: () => Promise<Result>,
  ): Promise<Result> => {
    const writes = await look.writesOf(name, input);
    if (writes.length === 0) {
      const result = await send();
      const units = await look.unitsRead(name, input);
      metered.readUnits += units;
      compare(name, units, result.output);
      return result;
    }
    const before = await Promise.all(writes.map(look.bytesAt));
    const result = await send();
    const after = await Promise.all(writes.map(look.bytesAt));
    const each = writes.map((_, nth) => unitsToWrite(before[nth] ?? 0, after[nth] ?? 0));
    const units = each.reduce((sum, one) => sum + one, 0);
    const isTransaction = name === 'TransactWriteItemsCommand';
    metered.writeUnits += isTransaction ? perTransaction * units : units;
    if (!isTransaction) compare(name, units, result.output);
    return result;
  };

  return {
    metered,
    compared,
    /** Does work that nobody asks the price of, and takes less time over it. */
    uncounted: async (work: () => Promise<void>): Promise<void> => {
      isCounting = false;
      await work();
      isCounting = true;
    },
    reset: () => Object.assign(metered, { writeUnits: 0, readUnits: 0 }),
    /** From now on everything that this client sends is counted. */
    watch: <Client extends DynamoDBClient>(client: Client): Client => {
      client.middlewareStack.add(
        (next, { commandName: name = '' }) =>
          (request) => {
            if (!isCounting) return next(request);
            const input = { ...request.input, ReturnConsumedCapacity: 'INDEXES' };
            return counted(name, request.input as Input, () => next({ ...request, input }));
          },
        { step: 'initialize', name: 'capacityMeter', priority: 'low' },
      );
      return client;
    },
  };
};

type Charged = {
  readonly CapacityUnits?: number;
  readonly Table?: { readonly CapacityUnits?: number };
};

/** What a request touches, seen by a client that is not counted. */
const lookAt = (reader: DynamoDBClient) => {
  const keyNames = new Map<string, readonly string[]>();
  const keysOf = async (table: string): Promise<readonly string[]> => {
    const known = keyNames.get(table);
    if (known !== undefined) return known;
    const { Table: told } = await reader.send(new DescribeTableCommand({ TableName: table }));
    const names = (told?.KeySchema ?? []).flatMap(({ AttributeName }) => AttributeName ?? []);
    keyNames.set(table, names);
    return names;
  };
  const bytesAt = async ({ table, key }: Write): Promise<number> => {
    const command = new GetItemCommand({ TableName: table, Key: key, ConsistentRead: true });
    return bytesOf((await reader.send(command)).Item);
  };
  const writeOf = async (input: Input): Promise<Write> => {
    const table = String(input.TableName);
    const names = await keysOf(table);
    const attributes = Object.entries((input.Key ?? input.Item) as Item);
    return {
      table,
      key: Object.fromEntries(attributes.filter(([name]) => names.includes(name))),
    };
  };
  return {
    bytesAt,
    writesOf: async (name: string, input: Input): Promise<readonly Write[]> => {
      if (/^(Put|Update|Delete)ItemCommand$/.test(name)) return [await writeOf(input)];
      if (name !== 'TransactWriteItemsCommand') return [];
      const actions = input.TransactItems as readonly Record<string, Input>[];
      return Promise.all(actions.flatMap((action) => Object.values(action)).map(writeOf));
    },
    unitsRead: async (name: string, input: Input): Promise<number> => {
      const consistent = input.ConsistentRead === true;
      if (name === 'GetItemCommand') {
        const key = input.Key as Record<string, AttributeValue>;
        return unitsToRead(await bytesAt({ table: String(input.TableName), key }), consistent);
      }
      if (name !== 'QueryCommand') throw new Error(`no rule is written down for ${name}`);
      const { Items: items = [] } = await reader.send(new QueryCommand(wholeItems(input)));
      const bytes = items.reduce((sum, item) => sum + bytesOf(item), 0);
      return unitsToRead(bytes, consistent);
    },
  };
};

/**
 * The query without what it leaves out: that is read and paid for. DynamoDB refuses names and
 * values which no expression uses any more.
 */
const wholeItems = (input: Input): QueryCommandInput => {
  const {
    ProjectionExpression: _projection,
    FilterExpression: _filter,
    ExpressionAttributeNames: names = {},
    ExpressionAttributeValues: values = {},
    ...query
  } = input as unknown as QueryCommandInput;
  const text = query.KeyConditionExpression ?? '';
  const used = <Value>(all: Readonly<Record<string, Value>>) =>
    Object.fromEntries(Object.entries(all).filter(([name]) => isIn(text, name)));
  const kept = used(names);
  return {
    ...query,
    ...(Object.keys(kept).length > 0 && { ExpressionAttributeNames: kept }),
    ExpressionAttributeValues: used(values),
  };
};

const isIn = (text: string, name: string): boolean => new RegExp(`${name}\\b`).test(text);

import {
  type AttributeValue,
  DescribeTableCommand,
  type DynamoDBClient,
  GetItemCommand,
  QueryCommand,
  type QueryCommandInput,
} from '@aws-sdk/client-dynamodb';
import { bytesOf, type Item, perTransaction, unitsToRead, unitsToWrite } from './capacityRules.ts';

export type Metered = { writeUnits: number; readUnits: number };

/** Where DynamoDB itself says something else than the rules. */
export type Disagreement = {
  readonly command: string;
  readonly ours: number;
  readonly its: number;
};

type Write = { readonly table: string; readonly key: Item };
type Input = Record<string, unknown>;

/**
 * One middleware of the SDK that counts what every request costs, by the bytes of the items it
 * touches and AWS's rules, the same for every store; a second client looks at the items. Indexes
 * are left out, in favour of whoever has some. What DynamoDB Local says it charged is compared,
 * except for transactions, which it reports wrongly.
 */
export const capacityMeter = (reader: DynamoDBClient) => {
  const metered: Metered = { writeUnits: 0, readUnits: 0 };
  const disagreements: Disagreement[] = [];
  let compared = 0;
  let isCounting = true;
  const keyNames = new Map<string, readonly string[]>();

  const keysOf = async (table: string): Promise<readonly string[]> => {
    const known = keyNames.get(table);
    if (known !== undefined) return known;
    const { Table: told } = await reader.send(new DescribeTableCommand({ TableName: table }));
    const names = (told?.KeySchema ?? []).flatMap(({ AttributeName }) => AttributeName ?? []);
    keyNames.set(table, names);
    return names;
  };
  const keyOf = async (table: string, item: Item): Promise<Item> => {
    const names = await keysOf(table);
    return Object.fromEntries(Object.entries(item).filter(([name]) => names.includes(name)));
  };
  const bytesAt = async ({ table, key }: Write): Promise<number> => {
    const command = new GetItemCommand({ TableName: table, Key: key, ConsistentRead: true });
    return bytesOf((await reader.send(command)).Item);
  };
  const writeOf = async (input: Input): Promise<Write> => {
    const table = String(input.TableName);
    return { table, key: await keyOf(table, (input.Key ?? input.Item) as Item) };
  };
  const writesOf = async (name: string, input: Input): Promise<readonly Write[]> => {
    if (/^(Put|Update|Delete)ItemCommand$/.test(name)) return [await writeOf(input)];
    if (name !== 'TransactWriteItemsCommand') return [];
    const actions = input.TransactItems as readonly Record<string, Input>[];
    return Promise.all(actions.flatMap((action) => Object.values(action)).map(writeOf));
  };
  const unitsRead = async (name: string, input: Input): Promise<number> => {
    const { ProjectionExpression: _, FilterExpression: __, ...whole } = input;
    const consistent = input.ConsistentRead === true;
    if (name === 'GetItemCommand') {
      const key = input.Key as Record<string, AttributeValue>;
      return unitsToRead(await bytesAt({ table: String(input.TableName), key }), consistent);
    }
    if (name !== 'QueryCommand') throw new Error(`no rule is written down for ${name}`);
    const asked = withoutUnused(whole as unknown as QueryCommandInput, input.FilterExpression);
    const { Items: items = [] } = await reader.send(new QueryCommand(asked));
    return unitsToRead(
      items.reduce((sum, item) => sum + bytesOf(item), 0),
      consistent,
    );
  };
  const compare = (command: string, ours: number, output: unknown) => {
    const { ConsumedCapacity: its } = output as { ConsumedCapacity?: Charged };
    const units = its?.Table?.CapacityUnits ?? its?.CapacityUnits;
    // DynamoDB Local charges nothing for a query that finds nothing, where AWS charges the least.
    if (units === undefined || (units === 0 && ours <= 1)) return;
    compared += 1;
    if (units !== ours) disagreements.push({ command, ours, its: units });
  };

  return {
    metered,
    disagreements,
    compared: () => compared,
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
          async (request) => {
            if (!isCounting) return next(request);
            const input = request.input as Input;
            const writes = await writesOf(name, input);
            const before = await Promise.all(writes.map(bytesAt));
            const isWrite = writes.length > 0;
            if (!isWrite) metered.readUnits += await unitsRead(name, input);
            const asked = { ...input, ReturnConsumedCapacity: 'INDEXES' };
            const readBefore = metered.readUnits;
            const result = await next({ ...request, input: asked as typeof request.input });
            if (!isWrite) {
              compare(name, await unitsRead(name, input), result.output);
              metered.readUnits = readBefore;
              return result;
            }
            const after = await Promise.all(writes.map(bytesAt));
            const units = writes.map((_, nth) => unitsToWrite(before[nth] ?? 0, after[nth] ?? 0));
            const total = units.reduce((sum, each) => sum + each, 0);
            const isTransaction = name === 'TransactWriteItemsCommand';
            metered.writeUnits += isTransaction ? perTransaction * total : total;
            if (!isTransaction) compare(name, total, result.output);
            return result;
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

/** DynamoDB refuses names and values that no expression uses. */
const withoutUnused = (
  {
    ExpressionAttributeNames: names = {},
    ExpressionAttributeValues: values,
    ...query
  }: QueryCommandInput,
  filter: unknown,
): QueryCommandInput => {
  const text = query.KeyConditionExpression ?? '';
  const used = (name: string) => new RegExp(`${name}\\b`).test(text);
  const kept = Object.entries(names).filter(([name]) => used(name));
  const filtered =
    filter === undefined
      ? values
      : Object.fromEntries(Object.entries(values ?? {}).filter(([name]) => used(name)));
  return {
    ...query,
    ...(kept.length > 0 && { ExpressionAttributeNames: Object.fromEntries(kept) }),
    ...(filtered && { ExpressionAttributeValues: filtered }),
  };
};

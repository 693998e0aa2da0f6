import {
  type AttributeValue,
  ConditionalCheckFailedException,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
} from '@aws-sdk/client-dynamodb';
import { bytesOf, type Item, unitsToRead, unitsToWrite } from './capacityRules.ts';

type Items = Map<number, Item>;

/** What a table was asked, and what DynamoDB would have charged. */
export type Charges = {
  writeUnits: number;
  readUnits: number;
  puts: number;
  /** Puts that their condition refused: each is charged for the item that stands there. */
  refused: number;
  /** Write units by the kind of item: commits, snapshots, vocabularies. */
  readonly unitsByKind: Record<string, number>;
};

const answerBytesMax = 1024 * 1024;

/**
 * An event table in memory, behind the SDK's own client: it answers the requests of the event
 * store, each after `delayMs`, and counts their capacity units.
 */
export const memoryTable = (delayMs: (kind: 'read' | 'write') => Promise<void>) => {
  const streams = new Map<string, Items>();
  const charges: Charges = { writeUnits: 0, readUnits: 0, puts: 0, refused: 0, unitsByKind: {} };
  const itemsOf = (stream: string | undefined): Items => streams.get(stream ?? '') ?? new Map();

  const put = ({ Item: item = {}, ...input }: PutItemCommand['input']) => {
    const stream = item.stream?.S ?? '';
    const version = Number(item.version?.N);
    const stands = itemsOf(stream).get(version);
    const foldedTo = Number(input.ExpressionAttributeValues?.[':foldedTo']?.N);
    const replaces = Number(stands?.foldedTo?.N) <= foldedTo;
    const refused = stands !== undefined && !replaces;
    const units = unitsToWrite(bytesOf(stands), refused ? 0 : bytesOf(item));
    charges.writeUnits += units;
    charges.puts += 1;
    const kind = item.events ? 'commit' : stream.replace(/#.*/, '');
    charges.unitsByKind[kind] = (charges.unitsByKind[kind] ?? 0) + units;
    if (refused) {
      charges.refused += 1;
      throw new ConditionalCheckFailedException({ message: 'refused', $metadata: {} });
    }
    if (!streams.has(stream)) streams.set(stream, new Map());
    streams.get(stream)?.set(version, structuredClone(item));
    return {};
  };

  const get = ({ Key: key, ConsistentRead: consistent }: GetItemCommand['input']) => {
    const item = itemsOf(key?.stream?.S).get(Number(key?.version?.N));
    charges.readUnits += unitsToRead(bytesOf(item), consistent === true);
    return { Item: item };
  };

  const query = (input: QueryCommand['input']) => {
    const values = input.ExpressionAttributeValues ?? {};
    const start = input.ExclusiveStartKey?.version;
    const page = pageOf(itemsOf(values[':stream']?.S), input, values, start);
    charges.readUnits += unitsToRead(page.bytes, input.ConsistentRead === true);
    return page.answer;
  };

  /** A client of its own, as each function instance has. */
  const client = (): DynamoDBClient => {
    const made = new DynamoDBClient({ region: 'eu-west-1' });
    made.middlewareStack.add(
      (_next, { commandName }) =>
        async ({ input }) => {
          await delayMs(commandName === 'PutItemCommand' ? 'write' : 'read');
          return { output: answerTo(commandName, input), response: {} } as never;
        },
      { step: 'initialize', name: 'memoryTable', priority: 'high' },
    );
    return made;
  };
  const answerTo = (name: string | undefined, input: unknown): unknown => {
    if (name === PutItemCommand.name) return put(input as PutItemCommand['input']);
    if (name === GetItemCommand.name) return get(input as GetItemCommand['input']);
    if (name === QueryCommand.name) return query(input as QueryCommand['input']);
    throw new Error(`the event store does not ask ${name} of its table`);
  };
  return { charges, client, streams };
};

const pageOf = (
  items: Items,
  input: QueryCommand['input'],
  values: Item,
  start: AttributeValue | undefined,
) => {
  const first = Number(values[':first']?.N ?? Number(values[':after']?.N ?? 0) + 1);
  const last = Number(values[':last']?.N ?? Number.POSITIVE_INFINITY);
  const down = input.ScanIndexForward === false;
  const from = start === undefined ? undefined : Number(start.N);
  const keys = [...items.keys()]
    .filter((key) => key >= first && key <= last)
    .filter((key) => from === undefined || (down ? key < from : key > from))
    .toSorted((a, b) => (down ? b - a : a - b));
  const page: Item[] = [];
  let bytes = 0;
  for (const key of keys) {
    const item = items.get(key) ?? {};
    if (page.length === input.Limit) break;
    page.push(item);
    bytes += bytesOf(item);
    // With the item that reaches it, as DynamoDB Local ends an answer too.
    if (bytes >= answerBytesMax) break;
  }
  const end = page.at(-1);
  const more = page.length < keys.length && end;
  const next = more ? { stream: end.stream, version: end.version } : undefined;
  return { bytes, answer: { Items: page, ...(next && { LastEvaluatedKey: next }) } };
};

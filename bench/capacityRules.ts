import type { AttributeValue } from '@aws-sdk/client-dynamodb';

// Amazon DynamoDB Developer Guide: "DynamoDB item sizes and formats", "DynamoDB read and write
// operations", "Transactions: capacity". Written from those pages alone and not shared with the
// store, so that a mistake there is not repeated here.

export type Item = Readonly<Record<string, AttributeValue>>;

export const bytesOf = (item: Item | undefined): number =>
  Object.entries(item ?? {}).reduce(
    (sum, [name, value]) => sum + Buffer.byteLength(name) + valueBytes(value),
    0,
  );

const sum = (amounts: readonly number[]) => amounts.reduce((total, each) => total + each, 0);

const valueBytes = (value: AttributeValue): number => {
  if (value.S !== undefined) return Buffer.byteLength(value.S);
  if (value.N !== undefined) return numberBytes(value.N);
  if (value.B !== undefined) return value.B.byteLength;
  if (value.BOOL !== undefined || value.NULL !== undefined) return 1;
  if (value.SS !== undefined) return sum(value.SS.map((text) => Buffer.byteLength(text)));
  if (value.NS !== undefined) return sum(value.NS.map(numberBytes));
  if (value.BS !== undefined) return sum(value.BS.map((bytes) => bytes.byteLength));
  // "A List or Map requires 3 bytes of overhead ... each element 1 byte."
  if (value.L !== undefined) return 3 + sum(value.L.map((element) => 1 + valueBytes(element)));
  if (value.M !== undefined) return 3 + Object.keys(value.M).length + bytesOf(value.M);
  return 0;
};

/**
 * A byte for each two significant digits, and one more. DynamoDB Local shows what the page leaves
 * open: the pairs are those of the decimal places, and zero is one byte.
 */
const numberBytes = (digits: string): number => {
  const [whole = '', fraction = ''] = digits.replace(/^[-+]/, '').split('.');
  const even = (text: string) => (text.length % 2 === 0 ? '' : '0');
  const pairs = `${even(whole)}${whole}${fraction}${even(fraction)}`
    .match(/../g)
    ?.join(' ')
    .replace(/^(00 ?)+|( ?00)+$/g, '');
  if (pairs === undefined || pairs === '') return 1;
  return pairs.split(' ').length + 1 + (digits.startsWith('-') ? 1 : 0);
};

/** On the larger of the item before and after it; a refused one is charged on what stands. */
export const unitsToWrite = (before: number, after: number): number =>
  Math.max(1, Math.ceil(Math.max(before, after) / 1024));

/** What one request reads is added up and then rounded up to 4 KB; half of that where eventual. */
export const unitsToRead = (bytes: number, consistent: boolean): number =>
  Math.max(1, Math.ceil(bytes / 4096)) * (consistent ? 1 : 0.5);

/** Two for each: one to prepare, one to commit. */
export const perTransaction = 2;

import { createHash } from 'node:crypto';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { assert } from '../../domain/assert.ts';
import { kindOf } from './folds.ts';

/**
 * An item of the view table, which has its keys `kind` and `stream` (infra/resources/table.yml).
 */
export type ViewItem = Record<string, AttributeValue>;

/** What a stream folds to at one of its versions. */
export type FoldedView = {
  readonly stream: string;
  readonly version: number;
  readonly stateShape: string;
  readonly state: unknown;
};

/**
 * As it was read. Without `readState` the parts did not belong together, because another write was
 * under way: the record has to be asked.
 */
export type StoredView = Omit<FoldedView, 'state'> & { readonly readState?: () => unknown };

/**
 * Bytes of deflated state in one item: DynamoDB takes 400 KB (Developer Guide, "Constraints in
 * Amazon DynamoDB"), and the rest is room for keys and names.
 */
const partBytesMax = 390 * 1024;

/**
 * The items of a view, the first of which carries its name; a state that one item has no room for
 * goes on in others, which are sorted behind it. What was written together bears one mark, so that
 * a part of another write is known, be it of the same version.
 */
export const itemsOf = ({
  stream,
  version,
  stateShape,
  state,
}: FoldedView): readonly [head: ViewItem, ...more: ViewItem[]] => {
  const bytes = deflateRawSync(JSON.stringify(state));
  const parts = Math.ceil(bytes.byteLength / partBytesMax);
  const mark = createHash('sha256').update(bytes).digest('base64url');
  const item = (part: number): ViewItem => ({
    kind: { S: kindOf(stream) },
    stream: { S: part === 0 ? stream : partName(stream, part) },
    version: { N: `${version}` },
    mark: { S: mark },
    state: { B: bytes.subarray(part * partBytesMax, (part + 1) * partBytesMax) },
  });
  const head = { ...item(0), stateShape: { S: stateShape }, parts: { N: `${parts}` } };
  return [head, ...Array.from({ length: parts - 1 }, (_, index) => item(index + 1))];
};

const partName = (stream: string, part: number) => `${stream}#part#${part}`;

/** The views that all items of a kind hold; left-over parts of states that were larger are none. */
export const viewsIn = (items: readonly ViewItem[]): readonly StoredView[] => {
  const byName = new Map(items.map((item) => [item.stream?.S, item]));
  return items
    .filter(({ stateShape }) => stateShape !== undefined)
    .map((head) => {
      const { stream, version, stateShape, mark, parts } = head;
      assert(stream?.S !== undefined && stateShape?.S !== undefined, 'a view has its names');
      const name = stream.S;
      const own = Array.from({ length: Number(parts?.N) }, (_, part) =>
        part === 0 ? head : byName.get(partName(name, part)),
      );
      const bytes = own.flatMap((item) =>
        item?.mark?.S === mark?.S ? (item?.state?.B ?? []) : [],
      );
      return {
        stream: name,
        version: Number(version?.N),
        stateShape: stateShape.S,
        ...(bytes.length === own.length && { readState: () => inflated(bytes) }),
      };
    });
};

const inflated = (parts: readonly Uint8Array[]): unknown =>
  JSON.parse(inflateRawSync(Buffer.concat(parts)).toString());

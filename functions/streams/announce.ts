import { announcedTypes } from '../../events/announced.ts';
import type { BusGateway } from '../../infra/aws/gateways.ts';
import type { Commit } from '../../infra/eventStore/eventStore.ts';

export type BusEvent = Parameters<BusGateway['put']>[0];

const announced: ReadonlySet<string> = new Set(announcedTypes);

/**
 * Bytes of a fact that the bus takes along. One event may weigh 256 KB (EventBridge quotas), and
 * what a large rollout holds back may weigh more.
 */
const dataBytesMax = 200 * 1024;

/** The events on our bus that tell of a commit: of its facts those that others may want to hear. */
export const announcementsOf = ({
  stream,
  version,
  commitId,
  at,
  events,
}: Commit): readonly BusEvent[] =>
  (events as readonly { readonly type: string; readonly data: unknown }[]).flatMap(
    ({ type, data }, index) => {
      if (!announced.has(type)) return [];
      const isTooLarge = Buffer.byteLength(JSON.stringify(data)) > dataBytesMax;
      const what = isTooLarge ? { dataLeftOut: true } : { data };
      const detail = { type, stream, version, ...what };
      return [{ id: `${commitId}-${version}-${index}`, detailType: type, detail, at }];
    },
  );

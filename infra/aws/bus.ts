import { type EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { calling, gatewayError } from './awsError.ts';
import { type BusGateway, GatewayError } from './gateways.ts';

/**
 * What one PutEvents call may weigh (EventBridge quotas; newer buses take more, no bus takes less).
 */
const entryBytesMax = 256 * 1024;

/**
 * Our own facts on our own bus. The event's id travels inside `detail`, since EventBridge gives
 * each put an id of its own and a put whose answer was lost is made again.
 */
export const createBusGateway = (
  client: Pick<EventBridgeClient, 'send'>,
  busName: string,
): BusGateway => ({
  put: async ({ id, detailType, detail, at }) => {
    const text = JSON.stringify({ ...objectOf(detail), id });
    if (Buffer.byteLength(text) > entryBytesMax) {
      const message = `PutEvents: ${detailType} ${id} is larger than ${entryBytesMax} bytes`;
      throw new GatewayError('refused', 'EventTooLarge', message);
    }
    const entry = {
      EventBusName: busName,
      Source: 'tuesday',
      DetailType: detailType,
      Detail: text,
      Time: new Date(at),
    };
    const command = new PutEventsCommand({ Entries: [entry] });
    const answer = await calling('mutate', 'PutEvents', client.send(command));
    if (answer.FailedEntryCount) throw entryError(answer.Entries?.[0]);
  },
});

const objectOf = (detail: unknown): object =>
  typeof detail === 'object' && detail !== null && !Array.isArray(detail) ? detail : { detail };

/** A failed entry is told by its code alone: `InternalFailure` is EventBridge's 5xx. */
const entryError = (
  entry: {
    readonly ErrorCode?: string | undefined;
    readonly ErrorMessage?: string | undefined;
  } = {},
) => {
  const code = entry.ErrorCode ?? 'Unknown';
  const status = code.startsWith('Internal') || code === 'Unknown' ? 500 : 400;
  const error = Object.assign(new Error(entry.ErrorMessage ?? code), {
    name: code,
    $metadata: { httpStatusCode: status },
  });
  return gatewayError(error, 'mutate', 'PutEvents');
};

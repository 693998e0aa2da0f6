import type { QueueGateway } from '../../infra/aws/queue.ts';
import type { TickReport } from '../tick.ts';

export type WakeTools = {
  /** Names of the clusters that are watched. */
  readonly clusters: readonly string[];
  readonly queue: QueueGateway;
};

/**
 * Wakes the control tick of every cluster, whether it was heard of or not: a pass over one that was
 * not does nothing, and looking would cost more. `tickId` names the moment, so that a tick that
 * comes twice wakes nobody twice.
 */
export const wake = async ({ clusters, queue }: WakeTools, tickId: string): Promise<TickReport> => {
  await queue.send(
    clusters.map((clusterName) => ({
      id: `${tickId}-${clusterName}`,
      body: { clusterName },
      group: clusterName,
    })),
  );
  return { written: 0, refused: [], held: [] };
};

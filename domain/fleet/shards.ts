/**
 * How many fleet# streams a cluster gets when nothing is said: enough for about 20,000 tasks. Fewer
 * and larger ones pack better, because a batch of events is a commit to each
 * (docs/adr/0003-large-states-apart.md).
 */
export const shardsDefault = 2;

/**
 * The shard of a resource: FNV-1a of its own ARN, modulo `shards`. Stable for ever, because it says
 * where facts are stored. A task is sharded by its own ARN and not by its instance's: while it is
 * PROVISIONING it has no instance, and a copy left behind in another shard would outlive it.
 */
export const shardOf = (key: string, shards: number): number => hashOf(key) % shards;

export const fleetStream = (clusterName: string, shard: number): string =>
  `fleet#${clusterName}#${shard}`;

export const ec2Stream = (account: string, region: string): string => `ec2#${account}#${region}`;

export const clusterStream = (clusterName: string): string => `cluster#${clusterName}`;

/** 32-bit FNV-1a over UTF-16 code units, unsigned. */
export const hashOf = (text: string): number => {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  return hash >>> 0;
};

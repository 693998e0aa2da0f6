import { compareBuilds } from '../../../domain/windows/build.ts';
import type { Anomaly, ChannelState } from '../../../domain/windows/channel.ts';

/** What the channel's anomaly came to, in a sentence. */
export type Decided = Anomaly & { readonly decided: string };

export const decidedOf = (state: ChannelState): readonly Decided[] =>
  state.anomalies.map((each) => ({ ...each, decided: decisionOn(each, state) }));

const decisionOn = (anomaly: Anomaly, { anomalies, releases, newest }: ChannelState): string => {
  switch (anomaly.kind) {
    case 'movedBack': {
      const accepted = anomalies.find(
        (each) =>
          each.kind === 'downgradeAccepted' && each.to === anomaly.to && each.at >= anomaly.at,
      );
      if (accepted?.kind === 'downgradeAccepted') return `accepted by ${accepted.actor}`;
      const next = releases.find(({ publishedAt }) => publishedAt > anomaly.at);
      const since = next === undefined ? '' : `; ${next.build} came after it`;
      return `not followed: ${anomaly.from} went on counting${since}`;
    }
    case 'respun':
      return `followed: ${anomaly.build} goes by the new digest and is told by either's layers`;
    case 'refused':
      return `not followed: ${newest === undefined ? 'nothing' : newest.build} went on counting`;
    case 'newerListed': {
      const next = releases.find(({ build }) => compareBuilds(build, anomaly.build) >= 0);
      if (next !== undefined) return `waited for: the tag held ${next.build} later`;
      return 'waited for: what no floating tag holds moves nothing';
    }
    case 'downgradeAccepted':
      return `${anomaly.to} counts from then on`;
    default:
      return anomaly satisfies never;
  }
};

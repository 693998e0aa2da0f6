import { channel, channelStream } from '../../../domain/windows/channel.ts';
import type { acceptDowngrade } from '../contract/releases.ts';
import type { Handle } from '../route.ts';
import { tell } from './tell.ts';

export const accept: Handle<typeof acceptDowngrade> = async ({ body }, caller, tools) => {
  const { repository, tag, build: to, reason } = body;
  const { actor, now } = caller;
  const command = { type: 'AcceptDowngrade', to, actor, reason, now } as const;
  const { events } = await tell(tools, caller, channel, channelStream(repository, tag), command);
  return { changed: events.length > 0 };
};

import type { Channel } from '../../events/ids.ts';
import { type CivilDate, isDate } from './civilDate.ts';

export type AmiName = {
  /** The name without its date: `Windows_Server-2022-English-Core-ECS_Optimized`. */
  readonly family: string;
  readonly channel: Channel;
  readonly date: CivilDate;
};

/**
 * Reads the name of an ECS-optimized Windows AMI, `<family>-YYYY.MM.DD` (ECS Developer Guide,
 * ecs-optimized_windows_AMI). `undefined` for any other name, such as that of an AMI baked by its
 * owner.
 */
export const amiName = (name: string): AmiName | undefined => {
  const found = /^(.+-ECS_Optimized)-(\d{4})\.(\d{2})\.(\d{2})$/.exec(name);
  const [, family = '', year, month, day] = found ?? [];
  const channel = channelOfFamily(family);
  const date = { year: Number(year), month: Number(month), day: Number(day) };
  return channel === undefined || !isDate(date) ? undefined : { family, channel, date };
};

/**
 * The channel of a family of Windows AMIs; `undefined` where its name says none that is followed.
 */
export const channelOfFamily = (family: string): Channel | undefined => {
  const year = /^Windows_Server-(2016|2019|2022|2025)-/.exec(family);
  return year === null ? undefined : (`ltsc${year[1]}` as Channel);
};

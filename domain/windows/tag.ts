import type { Channel, Flavour } from '../../events/ids.ts';
import { buildOf, channelOfBuild } from './build.ts';

const channelWords: Readonly<Record<string, Channel>> = {
  ltsc2016: 'ltsc2016',
  ltsc2019: 'ltsc2019',
  ltsc2022: 'ltsc2022',
  ltsc2025: 'ltsc2025',
  // Nano Server's only name for 2019; Server Core answers to both (Microsoft,
  // version-compatibility).
  '1809': 'ltsc2019',
};

/**
 * The channel that a tag of Microsoft's registry names, wherever in the tag it stands: `ltsc2022`,
 * `1809`, `ltsc2022-KB5066782`, `10.0.20348.4294-amd64`, `4.8-windowsservercore-ltsc2022`.
 * `undefined` when it names none.
 */
export const channelOfTag = (tag: string): Channel | undefined => {
  for (const word of tag.split('-')) {
    const named = Object.hasOwn(channelWords, word) ? channelWords[word] : undefined;
    const build = buildOf(word);
    const channel = named ?? (build === undefined ? undefined : channelOfBuild(build));
    if (channel !== undefined) return channel;
  }
  return undefined;
};

const isFlavour = (word: string): word is Flavour =>
  word === 'servercore' || word === 'nanoserver' || word === 'server';

/** The flavour of a base repository itself; `undefined` for one that only builds on a base. */
export const flavourOfBase = (repository: string): Flavour | undefined => {
  const [first, second = '', ...deeper] = repository.split('/');
  return first === 'windows' && isFlavour(second) && deeper.length === 0 ? second : undefined;
};

export const baseRepository = (flavour: Flavour): string => `windows/${flavour}`;

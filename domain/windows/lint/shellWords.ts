/** The last part of a path, without `.exe`, lower case. */
const programOf = (word: string): string =>
  word
    .replace(/^["']|["']$/g, '')
    .replace(/^.*[\\/]/, '')
    .replace(/\.exe$/i, '')
    .toLowerCase();

const firstWord = (text: string): string => text.trim().split(/\s+/)[0] ?? '';

/** `powershell` is Windows PowerShell 5.1; `pwsh` comes with an image or not at all. */
export const isPowerShell = (text: string): boolean => programOf(firstWord(text)) === 'powershell';

/** `cmd`, `powershell` or `pwsh`, where a command line starts one. */
export const shellOf = (words: readonly string[]): string | undefined => {
  const program = programOf(firstWord(words[0] ?? ''));
  return ['cmd', 'powershell', 'pwsh'].includes(program) ? program : undefined;
};

const linuxPrograms = new Set([
  ...'sh bash ash dash apt apt-get apk yum dnf microdnf zypper'.split(' '),
  ...'chmod chown sudo useradd groupadd'.split(' '),
]);
const linuxFolders = /^\/(bin|usr|sbin|etc|opt|var|home|root)\//;

/** Programs of Linux, and paths under its root, as the first word of a command. */
export const isLinuxCommand = (text: string): boolean => {
  const word = firstWord(text).replace(/^["']/, '');
  return linuxFolders.test(word) || linuxPrograms.has(word.toLowerCase());
};

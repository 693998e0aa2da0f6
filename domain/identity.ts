/**
 * A name for one intent that anyone can compute again from what it is about, so that a planner that
 * runs twice asks for the same thing twice and not for two things. 64 bits of two FNV-1a hashes as
 * 16 hexadecimal digits: enough for the few million intents of a cluster's life, short enough for
 * ECS's 36-character `startedBy`.
 */
export const identity = (kind: string, ...about: readonly string[]): string => {
  const text = about.join('\n');
  return `${kind}-${fnv1a(text, 0x811c9dc5)}${fnv1a(`${text}\n${kind}`, 0x9e3779b9)}`;
};

const fnv1a = (text: string, basis: number): string => {
  let hash = basis;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  return (hash >>> 0).toString(16).padStart(8, '0');
};

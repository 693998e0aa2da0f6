/**
 * -1, 0 or 1 for builds such as `26100.32230`, compared as numbers: as text .7462 would stand above
 * .33296.
 */
export const orderOfBuilds = (one: string, other: string): number => {
  if (one === other) return 0;
  const a = numbersOf(one);
  const b = numbersOf(other);
  return Math.sign(a.major - b.major || a.revision - b.revision);
};

// There are some dozens of builds, and they are compared over and over.
const known = new Map<string, { readonly major: number; readonly revision: number }>();

const numbersOf = (build: string) => {
  const found = known.get(build);
  if (found !== undefined) return found;
  const [major = 0, revision = 0] = build.split('.').map(Number);
  const numbers = { major, revision };
  known.set(build, numbers);
  return numbers;
};

export const majorOf = (build: string): number => Number(build.split('.')[0]);

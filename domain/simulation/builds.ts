/**
 * -1, 0 or 1 for builds such as `26100.32230`, compared as numbers: as text .7462 would stand above
 * .33296.
 */
export const orderOfBuilds = (one: string, other: string): number => {
  const [major = 0, revision = 0] = one.split('.').map(Number);
  const [otherMajor = 0, otherRevision = 0] = other.split('.').map(Number);
  return Math.sign(major - otherMajor || revision - otherRevision);
};

export const majorOf = (build: string): number => Number(build.split('.')[0]);

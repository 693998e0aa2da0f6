/** Numbers with dots between them, such as `1.89.3` or `20348.4294` or `7`. */
export const isVersion = (text: string): boolean => /^\d+(\.\d+)*$/.test(text);

/** Below zero, zero or above; part by part as numbers, a missing part is zero. */
export const compareVersions = (left: string, right: string): number => {
  const [ours, theirs] = [left.split('.'), right.split('.')];
  for (let part = 0; part < Math.max(ours.length, theirs.length); part += 1) {
    const [our, their] = [BigInt(ours[part] ?? '0'), BigInt(theirs[part] ?? '0')];
    if (our !== their) return our < their ? -1 : 1;
  }
  return 0;
};

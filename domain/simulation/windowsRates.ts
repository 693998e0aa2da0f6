import type { Rates } from './scenario.ts';

/**
 * Download: 2.4 GB in 74 s (containerd/containerd#4989, Google Cloud, 2021). Unpack: 2 GB in 140 s
 * on a fast machine (microsoft/Windows-Containers#607, 2025); slower ones are known.
 */
export const windowsRates: Rates = {
  downloadBytesPerSecond: 32_000_000,
  unpackBytesPerSecond: 14_300_000,
};

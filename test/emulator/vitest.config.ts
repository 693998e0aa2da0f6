import { defineConfig } from 'vitest/config';
import { whyNot } from '../../bench/dynamoDbLocal.ts';
import base from '../../vitest.config.ts';

// `npm run test:emulator`: what is tried on AWS's own emulator. Skipped where that cannot run.

const reason = whyNot();
if (reason !== undefined) console.log(`skipped: ${reason}`);

export default defineConfig({
  test: {
    ...base.test,
    root: new URL('../..', import.meta.url).pathname,
    include: reason === undefined ? ['test/emulator/**/*.test.ts'] : [],
    exclude: [],
    passWithNoTests: reason !== undefined,
    // One server a file, and each is a Java machine.
    fileParallelism: false,
  },
});

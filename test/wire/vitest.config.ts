import { defineConfig } from 'vitest/config';
import { whyNot } from '../../bench/dynamoDbLocal.ts';
import base from '../../vitest.config.ts';
import { whyNoMoto } from './moto.ts';

// `npm run test:wire`: the control plane on emulators. Skipped where they cannot run.

const reasons = [whyNot(), whyNoMoto()].filter((reason) => reason !== undefined);
for (const reason of reasons) console.log(`skipped: ${reason}`);

export default defineConfig({
  test: {
    ...base.test,
    root: new URL('../..', import.meta.url).pathname,
    include: reasons.length === 0 ? ['test/wire/**/*.test.ts'] : [],
    exclude: [],
    passWithNoTests: reasons.length > 0,
  },
});

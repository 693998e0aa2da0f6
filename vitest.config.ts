import { defineConfig } from 'vitest/config';

// Set by .ci/run, which counts what passed.
const report = process.env.TEST_REPORT;

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Need Java, and moto: `npm run test:emulator`, `npm run test:wire`.
    exclude: ['test/emulator/**', 'test/wire/**'],
    pool: 'forks',
    // Lines of metrics and of the log would bury the report; tests about them turn them on.
    env: { POWERTOOLS_METRICS_DISABLED: 'true', POWERTOOLS_LOG_LEVEL: 'SILENT' },
    // Generous, because no test asserts a time: a limit only ends what hangs.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    reporters: ['default', ...(report === undefined ? [] : ['json'])],
    ...(report === undefined ? {} : { outputFile: { json: report } }),
  },
});

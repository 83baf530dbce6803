import { defineConfig } from 'vitest/config';

const everyTest = '**/test/**/*.test.{ts,tsx}';
const mediaTest = '**/test/**/*.media.test.ts';
const e2eTest = '**/test/**/*.e2e.test.ts';
const never = ['**/node_modules/**', '**/dist/**'];

/** Real processes on two cores: a test may be slow without being wrong, so only a hang ends it. */
const patience = { testTimeout: 120_000, hookTimeout: 120_000 };
const built = { globalSetup: ['scripts/test-setup.mjs'], ...patience };

export default defineConfig({
  test: {
    maxWorkers: 2,
    // Half of a file's time would be loading what the one before it has loaded.
    isolate: false,
    // onnxruntime reports its use to its maker unless told not to.
    env: { ORT_DISABLE_TELEMETRY: '1' },
    projects: [
      {
        extends: true,
        test: { name: 'unit', include: [everyTest], exclude: [...never, mediaTest, e2eTest] },
      },
      { extends: true, test: { name: 'media', include: [mediaTest], exclude: never, ...built } },
      { extends: true, test: { name: 'e2e', include: [e2eTest], exclude: never, ...built } },
    ],
  },
});

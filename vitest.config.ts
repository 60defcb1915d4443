import { defineConfig } from 'vitest/config'

// No salon's zone and not UTC: whatever leans on the server's own time is seen.
process.env['TZ'] ??= 'Asia/Kolkata'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/support/postgres-for-tests.ts'],
    // Two cores: more workers than that only make the database wait.
    maxWorkers: 2,
    // A worker loads the desk and its models once, not once a file; so no file may leave anything changed behind it.
    isolate: false,
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
})

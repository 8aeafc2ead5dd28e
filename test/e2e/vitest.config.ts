import { defineConfig } from 'vitest/config'

/** Real Flink on real homes: one file at a time, since every file fills the machine. */
export default defineConfig({
  test: {
    include: ['test/e2e/**/*.test.ts'],
    pool: 'forks',
    fileParallelism: false,
    testTimeout: 240_000,
    hookTimeout: 900_000,
    bail: 0,
  },
})

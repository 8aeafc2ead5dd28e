import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['packages/*/test/**/*.test.ts', 'test/*.test.ts'],
    pool: 'threads',
    // A limit against hanging, not a measure: slow machines run all of this side by side.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    maxWorkers: 2,
  },
})

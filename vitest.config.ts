import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['packages/*/test/**/*.test.ts', 'test/*.test.ts'],
    pool: 'threads',
    testTimeout: 20_000,
    maxWorkers: 2,
  },
})

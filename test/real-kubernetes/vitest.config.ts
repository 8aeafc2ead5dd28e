import { defineConfig } from 'vitest/config'

/** Our operator and our node on a real control plane. */
export default defineConfig({
  test: {
    include: ['test/real-kubernetes/**/*.test.ts'],
    pool: 'forks',
    fileParallelism: false,
    testTimeout: 240_000,
    hookTimeout: 120_000,
  },
})

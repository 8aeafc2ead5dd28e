import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: { include: ['sim/test/*.test.ts'], pool: 'threads', testTimeout: 300_000, hookTimeout: 300_000, maxWorkers: 2 },
})

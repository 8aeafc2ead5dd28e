import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: { include: ['sim/test/*.test.ts'], pool: 'threads', testTimeout: 60_000, maxWorkers: 2 },
})

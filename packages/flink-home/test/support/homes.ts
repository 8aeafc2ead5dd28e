/**
 * Real Flink homes of this machine, for tests that need one: the newest of each major version. With `DREY_TEST_FLINK=1` all
 * of them, one is fetched if there is none, and the slow tests run. `DREY_FLINK_DIR` names another folder than the default.
 */
import { addFlink, defaultFlinkDir, listFlink } from '../../src/index.ts'

export const flinkDir = process.env['DREY_FLINK_DIR'] ?? defaultFlinkDir()
export const thorough = process.env['DREY_TEST_FLINK'] === '1'

if (thorough && listFlink(flinkDir).length === 0) await addFlink({ version: '1.20', dir: flinkDir })

const all = listFlink(flinkDir)

/** Oldest first. */
export const newestHomes = ['1.', '2.'].flatMap(
  (major) => all.findLast(({ version }) => version.startsWith(major)) ?? [],
)
export const realHomes = thorough ? all : newestHomes

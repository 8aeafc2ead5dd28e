/** Real Flink homes of this machine, for tests that need one. `DREY_FLINK_DIR` names another folder than the default. */
import { defaultFlinkDir, listFlink } from '../../src/index.ts'

export const flinkDir = process.env['DREY_FLINK_DIR'] ?? defaultFlinkDir()
export const realHomes = listFlink(flinkDir)

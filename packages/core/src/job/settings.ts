/** The options that decide how a job is stopped, resumed and looked after, read once per pass. */
import { options, read, type FlinkConf } from '@drey/api'
import { perObject } from '../memo.ts'
import type { JobSettings } from './view.ts'

const { clusters, flink, snapshots, upgrade } = options

export const jobSettings = perObject((conf: FlinkConf): JobSettings => ({
  savepointDirectory: read(flink.savepointDirectory, conf),
  savepointFormat: String(read(snapshots.savepointFormat, conf)),
  drain: read(upgrade.drainOnSavepointDeletion, conf),
  checkpointTimeoutMs: read(flink.checkpointingTimeout, conf),
  cancelTimeoutMs: read(clusters.flinkClientCancelTimeout, conf),
  clientTimeoutMs: read(clusters.flinkClientTimeout, conf),
  lastStateFallback: read(upgrade.lastStateFallback, conf),
  cancelInLastState: read(upgrade.lastStateCancel, conf),
  checkpointAgeMaxMs: read(upgrade.maxCheckpointAge, conf),
}))

/** Whether a configuration switches high availability on: `high-availability.type` in any spelling, not NONE. */
export const isHaConfigured = (conf: FlinkConf): boolean => {
  const kind = read(flink.highAvailability, conf)
  return String(kind).toUpperCase() !== 'NONE'
}

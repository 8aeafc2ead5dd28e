/**
 * Whether a running job gets anywhere: not too many restarts within a window, and checkpoints that go on completing. The record of what
 * was seen lives in `status.clusterInfo.ClusterHealthInfo`, in upstream's form (ClusterHealthEvaluator).
 */
import { options, read, type FlinkConf } from '@drey/api'

export interface HealthRecord {
  /** epoch ms of the look */
  timeStamp: number
  numRestarts: number
  /** from when restarts are counted */
  numRestartsEvaluationTimeStamp: number
  numCompletedCheckpoints: number
  /** when a checkpoint last completed, as far as seen */
  numCompletedCheckpointsIncreasedTimeStamp: number
  healthResult: { healthy: boolean; error?: string }
}

export const healthKey = 'ClusterHealthInfo'

/** What was recorded before; undefined: nothing, or nothing that can be read. */
export const readHealth = (text: string | undefined): HealthRecord | undefined => {
  try {
    const value = JSON.parse(text ?? 'null') as Partial<HealthRecord> | null
    const numbers = [
      value?.timeStamp,
      value?.numRestarts,
      value?.numRestartsEvaluationTimeStamp,
      value?.numCompletedCheckpoints,
      value?.numCompletedCheckpointsIncreasedTimeStamp,
    ]
    if (!value || !numbers.every(Number.isFinite)) return undefined
    return { ...(value as HealthRecord), healthResult: value.healthResult ?? { healthy: true } }
  } catch {
    return undefined
  }
}

/** The next record; undefined: the metrics say nothing. Counters that went down belong to a new JobManager and count anew. */
export const nextHealth = (
  before: HealthRecord | undefined,
  metrics: Readonly<Record<string, string>>,
  now: number,
  conf: FlinkConf,
): HealthRecord | undefined => {
  const restarts = countOf(metrics['numRestarts']) ?? countOf(metrics['fullRestarts'])
  const checkpoints = countOf(metrics['numberOfCompletedCheckpoints'])
  if (restarts === undefined || checkpoints === undefined) return undefined
  const restarted = judgeRestarts(before, restarts, now, conf)
  const progressed = judgeProgress(before, checkpoints, now, conf)
  const errors = [restarted.error, progressed.error].filter((error) => error !== undefined)
  return {
    timeStamp: now,
    numRestarts: restarted.count,
    numRestartsEvaluationTimeStamp: restarted.since,
    numCompletedCheckpoints: checkpoints,
    numCompletedCheckpointsIncreasedTimeStamp: progressed.since,
    healthResult: errors.length === 0 ? { healthy: true } : { healthy: false, error: errors.join('|') },
  }
}

const judgeRestarts = (
  before: HealthRecord | undefined,
  observed: number,
  now: number,
  conf: FlinkConf,
): { count: number; since: number; error?: string } => {
  const fresh = { count: observed, since: now }
  if (!before || observed < before.numRestarts) return fresh
  const windowMs = read(options.health.healthRestartsWindow, conf)
  const elapsedMs = now - before.numRestartsEvaluationTimeStamp
  const share = elapsedMs > windowMs ? windowMs / elapsedMs : 1
  const within = Math.floor((observed - before.numRestarts) * share)
  const next =
    elapsedMs > windowMs ? fresh : { count: before.numRestarts, since: before.numRestartsEvaluationTimeStamp }
  return within > read(options.health.healthRestartsThreshold, conf)
    ? { ...next, error: `Restart count hit threshold: ${within}` }
    : next
}

const judgeProgress = (
  before: HealthRecord | undefined,
  observed: number,
  now: number,
  conf: FlinkConf,
): { since: number; error?: string } => {
  if (!before || observed !== before.numCompletedCheckpoints) return { since: now }
  const since = before.numCompletedCheckpointsIncreasedTimeStamp
  const windowMs = progressWindowMs(conf)
  return windowMs !== undefined && since + windowMs < now
    ? { since, error: 'Cluster is not able to complete checkpoints' }
    : { since }
}

/** How long no checkpoint may complete; undefined: that is not looked at. */
const progressWindowMs = (conf: FlinkConf): number | undefined => {
  const { health, flink } = options
  if (!read(health.healthCheckpointProgress, conf)) return undefined
  const wantedMs = read(health.healthCheckpointProgressWindow, conf)
  const intervalMs = read(flink.checkpointingInterval, conf)
  if (intervalMs === undefined) return wantedMs
  const leastMs =
    Math.max(intervalMs, read(flink.checkpointingTimeout, conf)) * (read(flink.tolerableFailedCheckpoints, conf) + 2)
  return Math.max(leastMs, wantedMs ?? 0)
}

const countOf = (text: string | undefined): number | undefined => {
  const value = Number(text)
  return text && Number.isFinite(value) ? value : undefined
}

/**
 * What a job that has ended can be resumed from: its newest checkpoint by its last statistics, or what was recorded before. Statistics
 * without any count prove nothing where the adaptive scheduler runs the job: while it waits for resources, and after a cancel in that
 * phase, it shows none at all, whatever the job had completed (recorded: `rest/*-adaptive.jsonl`).
 */
import { options, read, type CheckpointFacts, type FlinkConf, type FlinkJobState } from '@drey/api'
import type { Fact } from '@drey/reconcile'
import { lastStateMark } from './view.ts'

/** What says that a job may have state although its statistics are empty. */
export interface Evidence {
  /** recorded: what it was started from, or the mark of a start from HA metadata */
  path: string | undefined
  /** its HA metadata names a checkpoint */
  haCheckpoint: boolean
  /** this very job was seen running, so it may have completed checkpoints */
  ran: boolean
}

/** The path for its successor; undefined: it has no state, so that an empty start loses nothing. */
export const resumePointOf = (
  state: FlinkJobState | undefined,
  facts: CheckpointFacts,
  conf: FlinkConf,
  evidence: Evidence,
): string | undefined => {
  const { path } = evidence
  if (facts.latest) return facts.latest.path
  // There is a checkpoint, but nobody can say where: an older path must not stand in for it.
  if (facts.notAddressable) return lastStateMark
  if (!facts.counted && isAdaptive(conf)) return mayHaveMore(evidence) ? lastStateMark : path
  // Cancelled without any checkpoint, by full statistics. The mark of an earlier last-state start is no state either.
  return state === 'CANCELED' && path === lastStateMark ? undefined : path
}

/** A job that has not ended, but whose end could not be resumed from now: cancelling it would lose track of its state. */
export const areCheckpointsHidden = (
  state: FlinkJobState | undefined,
  checkpoints: Fact<CheckpointFacts>,
  conf: FlinkConf,
  evidence: Evidence,
): boolean =>
  mayHaveMore(evidence) &&
  // Cancelled before it has restored anything, a job of any scheduler ends with empty statistics.
  (state === 'INITIALIZING' ||
    (state !== 'RUNNING' && isAdaptive(conf) && !(checkpoints.known && checkpoints.value.counted)))

/** State that is newer than a recorded path, or of unknown place. */
const mayHaveMore = (evidence: Evidence): boolean =>
  evidence.ran || evidence.haCheckpoint || evidence.path === lastStateMark

const isAdaptive = (conf: FlinkConf): boolean =>
  read(options.flink.jobManagerScheduler, conf) === 'Adaptive' || read(options.flink.schedulerMode, conf) === 'REACTIVE'

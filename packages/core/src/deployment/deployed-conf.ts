/** The configuration of what is deployed, as far as it still counts: the operator's own keys are those of the target. */
import { options, read, spellings, type FlinkConf, type FlinkDeploymentSpec } from '@drey/api'
import { modeOf } from '../cluster/index.ts'
import { isOperatorKey } from '../config/index.ts'
import { hasFailed } from '../job/stop-with-savepoint.ts'
import { perPair } from '../memo.ts'
import { deploymentDifferences } from '../spec/index.ts'
import type { Draft } from './draft.ts'
import { isFilePath, isMounted } from './mounts.ts'

export const deployedConfOf = (o: {
  deployed: FlinkConf
  wanted: FlinkConf
  spec: FlinkDeploymentSpec
  target: FlinkDeploymentSpec
  before: Draft
}): FlinkConf => {
  const conf = withOperatorKeys(o.deployed, o.wanted)
  return savesElsewhere(o) ? withSavepointDirectory(conf, o.wanted) : conf
}

/** They act at once, without a redeploy (upstream's observe configuration). */
const withOperatorKeys = perPair((deployed: FlinkConf, wanted: FlinkConf): FlinkConf => {
  const result = new Map([...deployed].filter(([key]) => !isOperatorKey(key)))
  for (const [key, value] of wanted) if (isOperatorKey(key)) result.set(key, value)
  return result
})

const { savepointDirectory } = options.flink

/**
 * The running cluster saves where it always did: it may have no file system and no volume for another directory, and what it writes into
 * its own container goes with that (upstream asks it for the new one, and may do so for ever). Once that has failed, the directory that
 * the user has corrected is tried, if the running cluster reaches it, too.
 */
const savesElsewhere = ({ deployed, wanted, spec, target, before }: Parameters<typeof deployedConfOf>[0]): boolean => {
  const [old, next] = [read(savepointDirectory, deployed), read(savepointDirectory, wanted)]
  if (old === next || !next) return false
  if (!old) return true
  return hasFailed(before.job.savepointInfo) && samePods(spec, target) && isReached(next, old, spec)
}

const isReached = (next: string, old: string, spec: FlinkDeploymentSpec): boolean =>
  schemeOf(next) === schemeOf(old) && (!isFilePath(next) || isMounted(next, spec))

const schemeOf = (path: string): string => /^([a-z0-9+.-]+):/i.exec(path)?.[1]?.toLowerCase() ?? ''

const samePods = (spec: FlinkDeploymentSpec, target: FlinkDeploymentSpec): boolean =>
  deploymentDifferences(spec, target, modeOf(spec)).changes.every(({ path }) => !/podTemplate/i.test(path))

const withSavepointDirectory = perPair((deployed: FlinkConf, wanted: FlinkConf): FlinkConf => {
  const keys = spellings(savepointDirectory)
  const result = new Map([...deployed].filter(([key]) => !keys.includes(key)))
  for (const key of keys) {
    const value = wanted.get(key)
    if (value !== undefined) result.set(key, value)
  }
  return result
})

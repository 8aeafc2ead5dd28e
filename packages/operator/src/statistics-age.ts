/**
 * How old what a JobManager tells of checkpoints may be. Since 1.18 there is a cache of its own for them (RestOptions); before, and where
 * that is not configured, they come with the execution graph, kept for `web.refresh-interval` (WebOptions).
 */
import { isAtLeast, isSet, options, read, type FlinkConf } from '@drey/api'

/** `conf`: what the cluster was deployed with. */
export const statisticsAgeMs = (conf: FlinkConf, flinkVersion: string | undefined): number => {
  const { restCheckpointCache, webRefreshInterval } = options.flink
  const own = isAtLeast(flinkVersion, 'v1_18') && isSet(restCheckpointCache, conf)
  return read(own ? restCheckpointCache : webRefreshInterval, conf)
}

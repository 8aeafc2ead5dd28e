/** The rights of commands that look at a resource. Only the resource itself is needed; whatever else is missing is said in one line. */
import type { Need } from '../command.ts'

export const lookNeeds: readonly Need[] = [
  { verb: 'get', resource: 'flinkdeployments.flink.apache.org' },
  { verb: 'get', resource: 'flinksessionjobs.flink.apache.org', optional: true },
  { verb: 'get', resource: 'flinkstatesnapshots.flink.apache.org', optional: true },
  { verb: 'get', resource: 'configmaps', optional: true },
  { verb: 'list', resource: 'events', optional: true },
  { verb: 'list', resource: 'pods', optional: true },
  { verb: 'get', resource: 'services/proxy', optional: true },
  { verb: 'list', resource: 'deployments.apps', optional: true },
]

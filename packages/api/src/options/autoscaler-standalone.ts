/** The standalone autoscaler, a process of its own; the operator does not read these. */
import { duration, integer, oneOf, text } from './codecs.ts'
import { days, seconds } from './duration.ts'
import { optionsOf } from './option.ts'

const option = optionsOf({
  prefix: 'autoscaler.standalone.',
  section: 'Standalone autoscaler',
  scope: 'standalone',
  dynamic: 'start',
})
// The deprecated spellings have no prefix of their own.
const plain = optionsOf({ prefix: '', section: 'Standalone autoscaler', scope: 'standalone', dynamic: 'start' })

export const controlLoopInterval = plain(
  'autoscaler.standalone.control-loop.interval',
  duration,
  seconds(10),
  'How often jobs are looked at.',
  { deprecatedKeys: ['scalingInterval'] },
)
export const controlLoopParallelism = option(
  'control-loop.parallelism',
  integer,
  100,
  'How many jobs are looked at at once.',
)
export const fetcherHost = plain(
  'autoscaler.standalone.fetcher.flink-cluster.host',
  text,
  'localhost',
  'The host of the JobManager.',
  { deprecatedKeys: ['flinkClusterHost'] },
)
export const fetcherPort = plain(
  'autoscaler.standalone.fetcher.flink-cluster.port',
  integer,
  8081,
  'The REST port of the JobManager.',
  { deprecatedKeys: ['flinkClusterPort'] },
)
export const stateStoreType = option(
  'state-store.type',
  oneOf('MEMORY', 'JDBC'),
  'MEMORY',
  'Where the state of scaling is kept.',
)
export const eventHandlerType = option(
  'event-handler.type',
  oneOf('LOGGING', 'JDBC'),
  'LOGGING',
  'Where scaling events go.',
)
export const jdbcUrl = option('jdbc.url', text, undefined, 'The database of state and events.')
export const jdbcUser = option('jdbc.username', text, undefined, 'The user of the database.')
export const jdbcPasswordVariable = option(
  'jdbc.password-env-variable',
  text,
  'JDBC_PWD',
  'The environment variable that holds the password.',
)
export const jdbcEventTtl = option(
  'jdbc.event-handler.ttl',
  duration,
  days(90),
  'How long events are kept; 0 for ever.',
)

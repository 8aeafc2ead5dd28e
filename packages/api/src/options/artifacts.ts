/** Session-job jars and plug-ins. */
import { boolean, list, map, text } from './codecs.ts'
import { optionsOf } from './option.ts'

const option = optionsOf({ prefix: 'kubernetes.operator.', section: 'Artifacts and plug-ins', scope: 'operator' })

export const artifactsBaseDir = option(
  'user.artifacts.base.dir',
  text,
  '/opt/flink/artifacts',
  'Where the jars of session jobs are kept until they are uploaded.',
)
export const artifactsHttpHeaders = option(
  'user.artifacts.http.header',
  map,
  undefined,
  'Headers of http and https downloads; those of the session job win over those of the cluster.',
  { scope: 'resource' },
)
export const artifactsAllowedSchemes = option(
  'user.artifacts.allowed-schemes',
  list,
  ['https'],
  'The URI schemes a session job may name in jarURI.',
)
export const artifactsDisallowRestrictedHosts = option(
  'user.artifacts.disallow-restricted-hosts',
  boolean,
  true,
  'Whether hosts are refused whose address is loopback, link-local, private, unspecified or multicast.',
)
export const listenerClass = option(
  'plugins.listeners.<listener-name>.class',
  text,
  undefined,
  'The class of a resource listener; further keys below the name are handed to it.',
  { dynamic: 'start' },
)

/** How configuration is read again, and which namespaces and resources are looked after. */
import { boolean, duration, integer, text } from './codecs.ts'
import { minutes } from './duration.ts'
import { optionsOf } from './option.ts'

const option = optionsOf({
  prefix: 'kubernetes.operator.',
  section: 'Configuration and watched scope',
  scope: 'operator',
  dynamic: 'start',
})

export const dynamicConfig = option(
  'dynamic.config.enabled',
  boolean,
  true,
  'Whether the configuration files are read again from time to time.',
)
export const dynamicConfigCheckInterval = option(
  'dynamic.config.check.interval',
  duration,
  minutes(5),
  'How often they are read again.',
)
export const configCacheTimeout = option(
  'config.cache.timeout',
  duration,
  minutes(10),
  'How long an unused effective configuration is kept.',
)
export const configCacheSize = option('config.cache.size', integer, 1000, 'How many effective configurations are kept.')
export const watchedNamespaces = option(
  'watched.namespaces',
  text,
  'JOSDK_ALL_NAMESPACES',
  'Namespaces to look after, separated by commas. The environment variable WATCH_NAMESPACES comes first.',
  { dynamic: 'mixed' },
)
export const dynamicNamespaces = option(
  'dynamic.namespaces.enabled',
  boolean,
  false,
  'Whether a changed list of namespaces takes effect without a restart.',
  { dynamic: 'live' },
)
export const labelSelector = option(
  'label.selector',
  text,
  undefined,
  'A Kubernetes label selector; resources it does not match are left alone.',
)

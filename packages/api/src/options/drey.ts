/** What only Drey knows. The keys lie below the operator's own, so that they are neither sent to clusters nor redeploy anything. */
import { boolean } from './codecs.ts'
import { optionsOf } from './option.ts'

const option = optionsOf({
  prefix: 'kubernetes.operator.drey.',
  section: 'Drey',
  scope: 'operator',
  dynamic: 'start',
})

export const history = option(
  'history.enabled',
  boolean,
  true,
  'Whether finished operations of each resource are kept in a ConfigMap beside it, for drey history and drey explain.',
)

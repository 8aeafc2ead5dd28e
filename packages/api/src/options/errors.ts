/** How much of an error is told in a status and in events. */
import { boolean, integer, map } from './codecs.ts'
import { optionsOf } from './option.ts'

const option = optionsOf({ prefix: 'kubernetes.operator.', section: 'Errors in status and events', scope: 'namespace' })

export const exceptionStackTrace = option(
  'exception.stacktrace.enabled',
  boolean,
  false,
  'Whether the error of a status carries a stack trace.',
)
export const exceptionStackTraceLength = option(
  'exception.stacktrace.max.length',
  integer,
  2048,
  'How many characters of the stack trace are kept.',
)
export const exceptionFieldLength = option(
  'exception.field.max.length',
  integer,
  2048,
  'How many characters of each other field are kept.',
)
export const exceptionCauses = option('exception.throwable.list.max.count', integer, 2, 'How many causes are listed.')
export const exceptionLabels = option(
  'exception.label.mapper',
  map,
  {},
  'Regular expression to label: an error whose message matches carries the label.',
)
export const eventStackTraceLines = option(
  'events.exceptions.stacktrace-lines',
  integer,
  5,
  'How many stack-trace lines the event of a job exception shows.',
)
export const eventExceptionLimit = option(
  'events.exceptions.limit-per-reconciliation',
  integer,
  10,
  'How many job exceptions become events in one pass.',
)

/** Exceptions of a job as Events, as upstream words them: the first lines of the trace, then how many are left out. */
import { options, read, type ExceptionEntry, type FlinkConf } from '@drey/api'
import type { Note } from '@drey/reconcile'

/** `entries` are those not yet told, newest first. */
export const exceptionNotes = (entries: readonly ExceptionEntry[], conf: FlinkConf): Note[] => {
  const limit = read(options.errors.eventExceptionLimit, conf)
  const lineLimit = read(options.errors.eventStackTraceLines, conf)
  return entries.slice(0, limit).map((entry) => {
    const lines = entry.stacktrace.split('\n')
    const left = lines.length - lineLimit
    return {
      type: 'Warning',
      reason: 'JobException',
      message: lines.slice(0, lineLimit).join('\n') + (left > 0 ? `\n... (${left} more lines)` : ''),
      component: 'Job',
    }
  })
}

/**
 * `status.error`: a JSON object as text, in the form that upstream writes and other tools parse. The exception names are upstream's
 * too: dashboards and alerts look for them.
 */
import { options, read, type FlinkConf } from '@drey/api'

/** One exception of the chain. */
export interface ErrorEntry {
  type: string
  message?: string
  stackTrace?: string
  /** the Kubernetes reason of a failed deployment */
  reason?: string
  httpResponseCode?: number
}

export interface ErrorLimits {
  fieldLength: number
  stackTraceLength: number
  /** none without it */
  stackTrace: boolean
  causes: number
  /** regular expression to label */
  labels: Readonly<Record<string, string>>
}

export const defaultLimits: ErrorLimits = {
  fieldLength: 2048,
  stackTraceLength: 2048,
  stackTrace: false,
  causes: 2,
  labels: {},
}

/** The limits that a namespace's configuration sets. */
export const errorLimits = (conf: FlinkConf): ErrorLimits => ({
  fieldLength: Math.max(0, read(options.errors.exceptionFieldLength, conf)),
  stackTraceLength: Math.max(0, read(options.errors.exceptionStackTraceLength, conf)),
  stackTrace: read(options.errors.exceptionStackTrace, conf),
  causes: Math.max(0, read(options.errors.exceptionCauses, conf)),
  labels: read(options.errors.exceptionLabels, conf),
})

/** An exception and its causes, nearest first, as the text of `status.error`. */
export const errorText = (
  top: ErrorEntry,
  causes: readonly ErrorEntry[] = [],
  limits: ErrorLimits = defaultLimits,
): string =>
  JSON.stringify({
    ...entryJson(top, causes, limits),
    throwableList: causes.slice(0, limits.causes).map((cause, index) => {
      const { stackTrace: _, ...json } = entryJson(cause, causes.slice(index + 1), limits)
      return json
    }),
  })

/** The operator itself says what is wrong; `type` is the exception's short name, such as `UpgradeFailureException`. */
export const plainError = (type: string, message: string, limits?: ErrorLimits): string =>
  errorText({ type: operatorType(type), message }, [], limits)

/** The spec is not valid. */
export const validationError = (message: string, limits?: ErrorLimits): string =>
  plainError('ValidationException', message, limits)

/** The JobManager cannot start; `reason` is Kubernetes' word for it, such as `CrashLoopBackOff`. */
export const deploymentError = (reason: string, message: string, limits?: ErrorLimits): string =>
  errorText({ type: operatorType('DeploymentFailedException'), message, reason }, [], limits)

export const missingJobManagerError = (message: string, limits?: ErrorLimits): string =>
  plainError('MissingJobManagerException', message, limits)

/** Something unforeseen in a pass, wrapped as upstream wraps it. */
export const reconciliationError = (cause: ErrorEntry, limits?: ErrorLimits): string =>
  errorText(
    {
      type: operatorType('ReconciliationException'),
      message: cause.message === undefined ? cause.type : `${cause.type}: ${cause.message}`,
    },
    [cause],
    limits,
  )

/** A job that failed, from the stack trace Flink gives: its first line is the message, `Caused by:` lines are the causes. */
export const failedJobError = (trace: string, limits?: ErrorLimits): string => {
  const [first = '', ...rest] = trace.split('\n')
  const causes = rest.filter((line) => line.startsWith('Caused by: ')).map((line) => line.slice('Caused by: '.length))
  const entry = (message: string): ErrorEntry => ({ type: 'org.apache.flink.util.SerializedThrowable', message })
  return errorText({ ...entry(first), stackTrace: trace }, causes.map(entry), limits)
}

/** The cluster does not know the job: exactly this text, without JSON; whoever deletes a session job compares with it. */
export const JOB_NOT_FOUND = 'Job Not Found'

/** What a person wants to read of a stored error: the message of the JSON, or the text itself. */
export const errorMessage = (stored: string): string => {
  try {
    const { message, type } = JSON.parse(stored) as Partial<ErrorEntry>
    return message ?? type ?? stored
  } catch {
    return stored
  }
}

const operatorType = (name: string): string => `org.apache.flink.kubernetes.operator.exception.${name}`

const entryJson = (entry: ErrorEntry, causes: readonly ErrorEntry[], limits: ErrorLimits) => {
  const labels = labelsOf([entry, ...causes], limits.labels)
  return {
    type: entry.type.slice(0, limits.fieldLength),
    ...(entry.message === undefined ? {} : { message: entry.message.slice(0, limits.fieldLength) }),
    ...(limits.stackTrace && entry.stackTrace !== undefined
      ? { stackTrace: entry.stackTrace.slice(0, limits.stackTraceLength) }
      : {}),
    additionalMetadata: {
      ...(entry.httpResponseCode === undefined ? {} : { httpResponseCode: entry.httpResponseCode }),
      ...(entry.reason === undefined ? {} : { reason: entry.reason.slice(0, limits.fieldLength) }),
      ...(labels.length === 0 ? {} : { labels }),
    },
  }
}

/** The label of each expression that is found in a message of the chain; expressions that are none are passed over. */
const labelsOf = (chain: readonly ErrorEntry[], mapper: ErrorLimits['labels']): string[] =>
  Object.entries(mapper)
    .filter(([expression]) => {
      try {
        const pattern = new RegExp(expression)
        return chain.some(({ message }) => message !== undefined && pattern.test(message))
      } catch {
        return false
      }
    })
    .map(([, label]) => label)

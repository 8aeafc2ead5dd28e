/** What is wrong with a resource: where, a code for programs, a sentence, and a way out. */

export interface Problem {
  /** `spec.job.upgradeMode`; a Flink key follows `spec.flinkConfiguration.` as it is */
  path: string
  code: string
  message: string
  fix: string
  /** an error refuses the resource; a warning does not */
  severity: 'error' | 'warning'
}

export const error = (path: string, code: string, message: string, fix: string): Problem => ({
  path,
  code,
  message,
  fix,
  severity: 'error',
})
export const warning = (path: string, code: string, message: string, fix: string): Problem => ({
  path,
  code,
  message,
  fix,
  severity: 'warning',
})

/** Whether a resource with these problems may be stored. */
export const isAllowed = (problems: readonly Problem[]): boolean =>
  problems.every(({ severity }) => severity !== 'error')

/** One line for an admission answer, an event or a log. */
export const problemText = ({ path, message, fix }: Problem): string => `${path}: ${message} ${fix}`.trim()

/**
 * One check: silent, or what it found. `rule` is the name that the reference of validation rules gives it (D5, Q2, S4 …), `W` for
 * warnings of our own.
 */
export interface Check<Subject> {
  rule: string
  check(subject: Subject): Problem | readonly Problem[] | undefined
}

/** Every problem that the checks find, in their order. Upstream tells the first only; people fix all at once. */
export const runChecks = <Subject>(checks: readonly Check<Subject>[], subject: Subject): Problem[] =>
  checks.flatMap(({ check }) => check(subject) ?? [])

/** Rules about the autoscaler's options (D33, S7: A1 to A13); silent while the autoscaler is off. */
import { options, type Option } from '@drey/api'
import { keyPath, originOf, strictly, type Configured } from './config-checks.ts'
import { excludedPeriodProblem } from './periods.ts'
import { error, type Check, type Problem } from './problem.ts'

const { autoscaler: scaler, reconciliation } = options

export const autoscalerChecks: readonly Check<Configured>[] = [
  {
    rule: 'A',
    check: (subject) => {
      const on = strictly(scaler.autoscaler, subject)
      return (
        on.problem ??
        (on.value
          ? numbers.flatMap((range) => rangeProblem(range, subject)).concat(periods(subject), metricsWindow(subject))
          : [])
      )
    },
  },
]

interface Range {
  option: Option<number | undefined>
  min: number | Option<number>
  max: number | Option<number>
  /** looked at only while this is on */
  when?: Option<boolean>
}

const numbers: Range[] = [
  { option: scaler.scaleDownMaxFactor, min: 0, max: Infinity },
  { option: scaler.scaleUpMaxFactor, min: 0, max: Infinity },
  { option: scaler.utilizationTarget, min: 0, max: 1 },
  { option: scaler.utilizationBoundary, min: 0, max: Infinity },
  { option: scaler.utilizationMax, min: scaler.utilizationTarget, max: 1 },
  { option: scaler.utilizationMin, min: 0, max: scaler.utilizationTarget },
  { option: scaler.gcPressureThreshold, min: 0, max: 1 },
  { option: scaler.heapUsageThreshold, min: 0, max: 1 },
  { option: scaler.observedScalabilityCoefficientMin, min: 0.01, max: 1, when: scaler.observedScalability },
  { option: scaler.effectivenessThreshold, min: 0, max: 1, when: scaler.effectivenessDetection },
  { option: scaler.memoryTuningOverhead, min: 0, max: 1, when: scaler.memoryTuning },
]

const rangeProblem = ({ option, min, max, when }: Range, subject: Configured): Problem[] => {
  const feature = when && strictly(when, subject)
  if (feature?.problem) return [feature.problem]
  if (feature && !feature.value) return []
  const { value, problem } = strictly(option, subject)
  if (problem)
    return [
      { ...problem, code: 'AUTOSCALER_VALUE', message: `Invalid value in the autoscaler config. ${problem.message}` },
    ]
  const [low, high] = [bound(min, subject), bound(max, subject)]
  if (value === undefined || low === undefined || high === undefined || (!(value < low) && !(value > high))) return []
  const range = high === Infinity ? `${low} or more` : `${low} to ${high}`
  return [
    error(
      keyPath(option.key),
      'AUTOSCALER_VALUE',
      `The AutoScalerOption ${option.key} is ${value}${originOf(subject.layered, option.key)}, and its range is ${range}.`,
      `Choose a value of ${range}, or remove it.`,
    ),
  ]
}

/** A bound that is another option's value; undefined when that cannot be read, which is told at that option. */
const bound = (at: number | Option<number>, subject: Configured): number | undefined =>
  typeof at === 'number' ? at : strictly(at, subject).value

const periods = (subject: Configured): Problem[] => {
  const { value, problem } = strictly(scaler.excludedPeriods, subject)
  if (problem) return [problem]
  return (value ?? []).flatMap((entry) => {
    const why = excludedPeriodProblem(entry)
    if (why === undefined) return []
    return error(
      keyPath(scaler.excludedPeriods.key),
      'AUTOSCALER_PERIOD',
      `Invalid value "${entry}" in the autoscaler config ${scaler.excludedPeriods.key}: ${why}.`,
      'Write entries such as 09:30-17:00, or * * 9-17 ? * MON-FRI, separated by semicolons.',
    )
  })
}

const metricsWindow = (subject: Configured): Problem[] => {
  const window = strictly(scaler.metricsWindow, subject)
  const interval = strictly(reconciliation.reconcileInterval, subject)
  if (window.problem || interval.problem)
    return [window.problem, interval.problem].filter((problem) => problem !== undefined)
  if (window.value >= interval.value) return []
  const print = scaler.metricsWindow.codec.print
  return [
    error(
      keyPath(scaler.metricsWindow.key),
      'AUTOSCALER_WINDOW',
      `The metric window (${print(window.value)}) is shorter than the reconcile interval (${print(interval.value)}), so it would hold fewer than two samples.`,
      `Set ${scaler.metricsWindow.key} to ${print(interval.value)} or more, or lower ${reconciliation.reconcileInterval.key}.`,
    ),
  ]
}

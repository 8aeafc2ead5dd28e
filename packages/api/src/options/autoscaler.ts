/** The autoscaler. Every key also works with `kubernetes.operator.` in front, its older place. */
import { boolean, double, duration, integer, list, memorySize, oneOf, text, type Codec } from './codecs.ts'
import { days, hours, minutes, seconds } from './duration.ts'
import { option as declare, type OptionFacts } from './option.ts'

const option = <T, D extends T | undefined>(
  key: string,
  codec: Codec<T>,
  fallback: D,
  sentence: string,
  facts: Partial<OptionFacts> & { old?: string[] } = {},
) => {
  const { old = [], ...rest } = facts
  return declare<T, D>(PREFIX + key, codec, fallback, sentence, {
    section: 'Autoscaler',
    scope: 'resource',
    deprecatedKeys: old.map((name) => PREFIX + name),
    fallbackKeys: [key, ...old].map((name) => `kubernetes.operator.${PREFIX}${name}`),
    ...rest,
  })
}
const PREFIX = 'job.autoscaler.'

export const autoscaler = option('enabled', boolean, false, 'Whether the autoscaler looks after the job.')
export const scaling = option(
  'scaling.enabled',
  boolean,
  true,
  'Whether it acts; otherwise it measures and advises only.',
)
export const metricsWindow = option(
  'metrics.window',
  duration,
  minutes(15),
  'The window over which metrics are averaged; not shorter than the reconcile interval.',
)
export const busyTimeAggregator = option(
  'metrics.busy-time.aggregator',
  oneOf('AVG', 'MAX', 'MIN'),
  'MAX',
  'How the busy time of subtasks is combined.',
)
export const customEvaluators = option(
  'metrics.custom-evaluators',
  list,
  [],
  'Names of evaluator plug-ins; the first is used.',
)
export const customEvaluatorClass = option(
  'metrics.custom-evaluator.<name>.class',
  text,
  undefined,
  'The class of an evaluator plug-in.',
)
export const customEvaluatorParameter = option(
  'metrics.custom-evaluator.<name>.<parameter>',
  text,
  undefined,
  'A setting handed to an evaluator plug-in.',
)
export const stabilizationInterval = option(
  'stabilization.interval',
  duration,
  minutes(5),
  'How long nothing is scaled after a scaling.',
)
export const excludedPeriods = option(
  'excluded.periods',
  list,
  [],
  'Times without scaling, separated by semicolons: 09:00-17:00, a Quartz cron expression, or one of each joined by &&.',
)
export const utilizationTarget = option(
  'utilization.target',
  double,
  0.7,
  'The wanted utilization of a vertex, 0 to 1.',
  { old: ['target.utilization'] },
)
export const utilizationMax = option(
  'utilization.max',
  double,
  undefined,
  'The highest utilization that is left alone.',
)
export const utilizationMin = option('utilization.min', double, undefined, 'The lowest utilization that is left alone.')
export const utilizationBoundary = option(
  'target.utilization.boundary',
  double,
  0.3,
  'The band around the target when neither maximum nor minimum is given.',
  { deprecated: true },
)
export const scaleDownInterval = option(
  'scale-down.interval',
  duration,
  hours(1),
  'How long scaling down is put off so that several become one; 0 or less for not at all.',
  {
    deprecatedKeys: [`${PREFIX}scale-up.grace-period`],
    fallbackKeys: [
      `kubernetes.operator.${PREFIX}scale-up.grace-period`,
      `kubernetes.operator.${PREFIX}scale-down.interval`,
    ],
  },
)
export const scaleDownMaxFactor = option(
  'scale-down.max-factor',
  double,
  0.6,
  'The largest share that one step takes away.',
)
export const scaleUpMaxFactor = option('scale-up.max-factor', double, 100_000, 'The largest growth in one step.', {
  defaultText: '100000.0',
})
export const vertexMinParallelism = option('vertex.min-parallelism', integer, 1, 'The lowest parallelism of a vertex.')
export const vertexMaxParallelism = option(
  'vertex.max-parallelism',
  integer,
  200,
  'The highest parallelism of a vertex.',
)
export const vertexExcludeIds = option(
  'vertex.exclude.ids',
  list,
  [],
  'Ids of vertices that are never scaled, separated by semicolons.',
)
export const catchUpDuration = option(
  'catch-up.duration',
  duration,
  minutes(30),
  'The time in which a backlog is to be worked off; 0 for ignoring backlogs.',
)
export const restartTime = option('restart.time', duration, minutes(5), 'How long a restart is taken to last.')
export const restartTimeTracking = option(
  'restart.time-tracking.enabled',
  boolean,
  false,
  'Whether the observed time of restarts is used instead.',
)
export const restartTimeTrackingLimit = option(
  'restart.time-tracking.limit',
  duration,
  minutes(15),
  'The most that an observed restart time counts.',
)
export const backlogLagThreshold = option(
  'backlog-processing.lag-threshold',
  duration,
  minutes(5),
  'A lag above this keeps the job from being scaled down.',
)
export const observedRateLagThreshold = option(
  'observed-true-processing-rate.lag-threshold',
  duration,
  seconds(30),
  'The lag from which the observed rate of a source is measured.',
)
export const observedRateSwitchThreshold = option(
  'observed-true-processing-rate.switch-threshold',
  double,
  0.15,
  'The relative error from which the observed rate is preferred.',
)
export const observedRateMinObservations = option(
  'observed-true-processing-rate.min-observations',
  integer,
  2,
  'How many observations that takes.',
)
export const observedScalability = option(
  'observed-scalability.enabled',
  boolean,
  false,
  'Whether the history tells how well the job scales.',
)
export const observedScalabilityMinObservations = option(
  'observed-scalability.min-observations',
  integer,
  3,
  'How many observations that takes.',
)
export const observedScalabilityCoefficientMin = option(
  'observed-scalability.coefficient-min',
  double,
  0.5,
  'The lowest estimate of scalability that is believed.',
)
export const effectivenessDetection = option(
  'scaling.effectiveness.detection.enabled',
  boolean,
  false,
  'Whether scale-ups that gained nothing block further ones.',
)
export const effectivenessThreshold = option(
  'scaling.effectiveness.threshold',
  double,
  0.1,
  'The share of the wanted gain that has to be reached.',
)
export const scalingEventInterval = option(
  'scaling.event.interval',
  duration,
  minutes(30),
  'How often the same scaling event is repeated.',
)
export const parallelismAlignment = option(
  'scaling.parallelism-alignment.mode',
  text,
  'BALANCED',
  'How parallelism is aligned with key groups or partitions: BALANCED, EVENLY_SPREAD, OFF, or the name of a plug-in.',
)
export const parallelismAlignmentClass = option(
  'scaling.parallelism-alignment.mode.<name>.class',
  text,
  undefined,
  'The class of an alignment plug-in.',
)
export const parallelismAlignmentParameter = option(
  'scaling.parallelism-alignment.mode.<name>.<parameter>',
  text,
  undefined,
  'A setting handed to an alignment plug-in.',
)
export const keyGroupAdjustMode = option(
  'scaling.key-group.partitions.adjust.mode',
  oneOf('EVENLY_SPREAD', 'MAXIMIZE_UTILISATION'),
  'EVENLY_SPREAD',
  'The predecessor of the alignment mode.',
  { deprecated: true },
)
export const customExecutors = option(
  'scaling.custom-executors',
  list,
  [],
  'Names of executor plug-ins, run one after the other.',
)
export const customExecutorClass = option(
  'scaling.custom-executor.<name>.class',
  text,
  undefined,
  'The class of an executor plug-in.',
)
export const customExecutorParameter = option(
  'scaling.custom-executor.<name>.<parameter>',
  text,
  undefined,
  'A setting handed to an executor plug-in.',
)
export const gcPressureThreshold = option(
  'memory.gc-pressure.threshold',
  double,
  1,
  'Scaling pauses above this share of time spent in garbage collection.',
)
export const heapUsageThreshold = option(
  'memory.heap-usage.threshold',
  double,
  1,
  'Scaling pauses above this share of heap in use.',
)
export const memoryTuning = option(
  'memory.tuning.enabled',
  boolean,
  false,
  'Whether TaskManager memory follows what is needed.',
)
export const memoryTuningOverhead = option('memory.tuning.overhead', double, 0.2, 'The spare share that is added.')
export const memoryTuningMaximizeManaged = option(
  'memory.tuning.maximize-managed-memory',
  boolean,
  false,
  'Whether memory that is freed becomes managed memory.',
)
export const memoryTuningScaleDownCompensation = option(
  'memory.tuning.scale-down-compensation.enabled',
  boolean,
  true,
  'Whether fewer TaskManagers get more memory each.',
)
export const scalingHistoryCount = option(
  'history.max.count',
  integer,
  3,
  'How many scalings of a vertex are remembered.',
)
export const scalingHistoryAge = option('history.max.age', duration, days(1), 'How long they are remembered.')
export const autoscalerRestTimeout = option(
  'flink.rest-client.timeout',
  duration,
  seconds(10),
  'How long a REST call may take; inside the operator, kubernetes.operator.flink.client.timeout unless set.',
)
export const quotaCpu = option('quota.cpu', double, undefined, 'Never scale beyond this many CPUs.')
export const quotaMemory = option('quota.memory', memorySize, undefined, 'Never scale beyond this much memory.')

/** Tables of the workload kinds. */
import type { KubeObject } from '@drey/reconcile'
import {
  ageColumn,
  at,
  column,
  condition,
  containersColumn,
  count,
  imagesColumn,
  integer,
  labelsText,
  list,
  nameColumn,
  none,
  selectorColumn,
  text,
  type Column,
} from './column.ts'
import { ageOf, shortDuration } from './duration.ts'

const template = [containersColumn(), imagesColumn()]

export const deploymentColumns: readonly Column[] = [
  nameColumn,
  column('Ready', (o) => `${count(o, 'status.readyReplicas')}/${count(o, 'spec.replicas')}`),
  column('Up-to-date', (o) => count(o, 'status.updatedReplicas')),
  column('Available', (o) => count(o, 'status.availableReplicas')),
  ageColumn,
  ...template,
  selectorColumn,
]

export const replicaSetColumns: readonly Column[] = [
  nameColumn,
  integer('Desired', (o) => count(o, 'spec.replicas')),
  integer('Current', (o) => count(o, 'status.replicas')),
  integer('Ready', (o) => count(o, 'status.readyReplicas')),
  ageColumn,
  ...template,
  selectorColumn,
]

export const statefulSetColumns: readonly Column[] = [
  nameColumn,
  column('Ready', (o) => `${count(o, 'status.readyReplicas')}/${count(o, 'spec.replicas')}`),
  ageColumn,
  ...template,
]

export const daemonSetColumns: readonly Column[] = [
  nameColumn,
  integer('Desired', (o) => count(o, 'status.desiredNumberScheduled')),
  integer('Current', (o) => count(o, 'status.currentNumberScheduled')),
  integer('Ready', (o) => count(o, 'status.numberReady')),
  integer('Up-to-date', (o) => count(o, 'status.updatedNumberScheduled')),
  integer('Available', (o) => count(o, 'status.numberAvailable')),
  column('Node Selector', (o) => labelsText(at(o, 'spec.template.spec.nodeSelector'))),
  ageColumn,
  ...template,
  selectorColumn,
]

const jobStatus = (job: KubeObject): string => {
  const holds = (type: string): boolean => condition(job, type)?.['status'] === 'True'
  if (holds('Complete')) return 'Complete'
  if (holds('Failed')) return 'Failed'
  if (job.metadata.deletionTimestamp) return 'Terminating'
  if (holds('Suspended')) return 'Suspended'
  if (holds('FailureTarget')) return 'FailureTarget'
  if (holds('SuccessCriteriaMet')) return 'SuccessCriteriaMet'
  return 'Running'
}

const jobCompletions = (job: KubeObject): string => {
  const done = count(job, 'status.succeeded')
  if (at(job, 'spec.completions') !== undefined) return `${done}/${count(job, 'spec.completions')}`
  const parallelism = count(job, 'spec.parallelism')
  return parallelism > 1 ? `${done}/1 of ${parallelism}` : `${done}/1`
}

const jobDuration = (job: KubeObject, now: number): string => {
  const start = Date.parse(text(job, 'status.startTime'))
  if (Number.isNaN(start)) return ''
  const end = Date.parse(text(job, 'status.completionTime'))
  return shortDuration((Number.isNaN(end) ? now : end) - start)
}

export const jobColumns: readonly Column[] = [
  nameColumn,
  column('Status', jobStatus),
  column('Completions', jobCompletions),
  column('Duration', jobDuration),
  ageColumn,
  ...template,
  selectorColumn,
]

export const cronJobColumns: readonly Column[] = [
  nameColumn,
  column('Schedule', (o) => text(o, 'spec.schedule')),
  column('Timezone', (o) => none(text(o, 'spec.timeZone'))),
  column('Suspend', (o) => (at(o, 'spec.suspend') === true ? 'True' : 'False'), { type: 'boolean' }),
  integer('Active', (o) => list(o, 'status.active').length),
  column('Last Schedule', (o, now) =>
    text(o, 'status.lastScheduleTime') ? ageOf(text(o, 'status.lastScheduleTime'), now) : '<none>',
  ),
  ageColumn,
  containersColumn('spec.jobTemplate.spec.template'),
  imagesColumn('spec.jobTemplate.spec.template'),
  column('Selector', () => '<none>', { priority: 1 }),
]

const controllerOf = (object: KubeObject): string => {
  const owner = object.metadata.ownerReferences?.find((reference) => reference.controller)
  if (!owner) return '<none>'
  const group = owner.apiVersion.includes('/') ? `.${owner.apiVersion.split('/')[0]}` : ''
  return `${owner.kind.toLowerCase()}${group}/${owner.name}`
}

export const controllerRevisionColumns: readonly Column[] = [
  nameColumn,
  column('Controller', controllerOf),
  column('Revision', (o) => count(o, 'revision')),
  ageColumn,
]

export const podDisruptionBudgetColumns: readonly Column[] = [
  nameColumn,
  column('Min Available', (o) => text(o, 'spec.minAvailable') || 'N/A'),
  column('Max Unavailable', (o) => text(o, 'spec.maxUnavailable') || 'N/A'),
  integer('Allowed Disruptions', (o) => count(o, 'status.disruptionsAllowed')),
  ageColumn,
]

const metricText = (spec: Record<string, unknown>, current: Record<string, unknown> | undefined): string => {
  const kind = String(spec['type'] ?? '').toLowerCase()
  const target = at(spec, `${kind}.target`)
  const now = at(current, `${kind}.current`)
  const name = kind === 'resource' ? `${text(spec, 'resource.name')}: ` : ''
  const utilization = at(target, 'averageUtilization')
  if (utilization !== undefined)
    return `${name}${at(now, 'averageUtilization') ?? '<unknown>'}${at(now, 'averageUtilization') === undefined ? '' : '%'}/${utilization}%`
  const average = at(target, 'averageValue')
  if (average !== undefined)
    return `${name}${at(now, 'averageValue') ?? '<unknown>'}/${average}${kind === 'external' ? ' (avg)' : ''}`
  return `${name}${at(now, 'value') ?? '<unknown>'}/${at(target, 'value') ?? '<unknown>'}`
}

export const autoscalerColumns: readonly Column[] = [
  nameColumn,
  column('Reference', (o) => `${text(o, 'spec.scaleTargetRef.kind')}/${text(o, 'spec.scaleTargetRef.name')}`),
  column('Targets', (o) =>
    none(
      list(o, 'spec.metrics')
        .map((metric, index) => metricText(metric, list(o, 'status.currentMetrics')[index]))
        .join(', '),
    ),
  ),
  column('MinPods', (o) => text(o, 'spec.minReplicas') || '<unset>'),
  column('MaxPods', (o) => count(o, 'spec.maxReplicas')),
  column('Replicas', (o) => count(o, 'status.currentReplicas')),
  ageColumn,
]

/** Deployments, ReplicaSets, StatefulSets, DaemonSets, Jobs and CronJobs: defaults and validation. */
import { forbiddenField, invalidValue, required, unsupportedValue, type Cause } from '../errors.ts'
import { equalJson } from '../json.ts'
import { objectSelector } from '../selectors.ts'
import { goLabels, goSelector } from './go-text.ts'
import { validateLabels } from './metadata.ts'
import { notLabel } from './names.ts'
import { podSpecDefaults } from './pod-defaults.ts'
import { validatePodSpec } from './pod-validation.ts'
import type { Draft, Strategy } from './strategy.ts'

type Json = Record<string, any>

const templateDefaults = (spec: Json): void => {
  const template: Json = (spec['template'] ??= {})
  template['metadata'] ??= {}
  podSpecDefaults((template['spec'] ??= {}))
}

const atLeast0 = (spec: Json, field: string): Cause[] =>
  spec[field] !== undefined && spec[field] < 0
    ? [invalidValue(`spec.${field}`, spec[field], 'must be greater than or equal to 0')]
    : []

const validateTemplate = (spec: Json, policies: readonly string[] = ['Always']): Cause[] => {
  const causes: Cause[] = []
  const { selector, template } = spec
  const labels = template?.metadata?.labels
  if (selector === undefined) causes.push(required('spec.selector'))
  else if (!Object.keys(selector.matchLabels ?? {}).length && !selector.matchExpressions?.length)
    causes.push(invalidValue('spec.selector', {}, 'empty selector is invalid for deployment'))
  return [...causes, ...validateBody(selector, labels, template, policies)]
}

const validateBody = (
  selector: Json | undefined,
  labels: Record<string, string> | undefined,
  template: Json | undefined,
  policies: readonly string[],
): Cause[] => {
  const causes: Cause[] = []
  if (!selector || !objectSelector(selector)(labels))
    causes.push({
      reason: 'FieldValueInvalid',
      message: `Invalid value: ${goLabels(labels)}: \`selector\` does not match template \`labels\``,
      field: 'spec.template.metadata.labels',
    })
  causes.push(...validateLabels(labels, 'spec.template.labels'))
  causes.push(...validatePodSpec(template?.['spec'] ?? {}, 'spec.template.spec'))
  const policy = template?.['spec']?.restartPolicy
  if (policy && !policies.includes(policy))
    causes.push(unsupportedValue('spec.template.spec.restartPolicy', policy, policies))
  return causes
}

const immutableSelector = (draft: Draft, old: Json): Cause[] =>
  equalJson(draft['spec']?.selector, old['spec']?.selector)
    ? []
    : [
        {
          reason: 'FieldValueInvalid',
          message: `Invalid value: ${goSelector(draft['spec']?.selector)}: field is immutable`,
          field: 'spec.selector',
        },
      ]

const scalable = { status: true, generation: true } as const

export const deployments: Strategy = {
  ...scalable,
  generation: 'annotations',
  statusDefaults(draft) {
    for (const condition of draft['status']?.conditions ?? []) {
      condition.lastUpdateTime ??= null
      condition.lastTransitionTime ??= null
    }
  },
  defaults(draft) {
    const spec: Json = (draft['spec'] ??= {})
    templateDefaults(spec)
    spec['replicas'] ??= 1
    spec['revisionHistoryLimit'] ??= 10
    spec['progressDeadlineSeconds'] ??= 600
    const strategy: Json = (spec['strategy'] ??= {})
    strategy['type'] ??= 'RollingUpdate'
    if (strategy['type'] === 'RollingUpdate')
      strategy['rollingUpdate'] = { maxUnavailable: '25%', maxSurge: '25%', ...strategy['rollingUpdate'] }
  },
  validate(draft, old) {
    const spec: Json = draft['spec']
    return [
      ...(old ? immutableSelector(draft, old) : []),
      ...atLeast0(spec, 'replicas'),
      ...validateTemplate(spec),
      ...(spec['strategy'].type === 'Recreate' && spec['strategy'].rollingUpdate
        ? [forbiddenField('spec.strategy.rollingUpdate', "may not be specified when strategy `type` is 'Recreate'")]
        : []),
      ...(['Recreate', 'RollingUpdate'].includes(spec['strategy'].type)
        ? []
        : [unsupportedValue('spec.strategy.type', spec['strategy'].type, ['Recreate', 'RollingUpdate'])]),
      ...atLeast0(spec, 'minReadySeconds'),
      ...atLeast0(spec, 'revisionHistoryLimit'),
    ]
  },
}

export const replicaSets: Strategy = {
  ...scalable,
  defaults(draft) {
    const spec: Json = (draft['spec'] ??= {})
    templateDefaults(spec)
    spec['replicas'] ??= 1
  },
  create(draft) {
    draft['status'] = { replicas: 0 }
  },
  validate: (draft, old) => [
    ...(old ? immutableSelector(draft, old) : []),
    ...atLeast0(draft['spec'], 'replicas'),
    ...validateTemplate(draft['spec']),
  ],
}

const statefulSetUpdate =
  "updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden"

export const statefulSets: Strategy = {
  ...scalable,
  defaults(draft) {
    const spec: Json = (draft['spec'] ??= {})
    templateDefaults(spec)
    spec['replicas'] ??= 1
    spec['revisionHistoryLimit'] ??= 10
    spec['podManagementPolicy'] ??= 'OrderedReady'
    spec['updateStrategy'] ??= {}
    spec['updateStrategy'].type ??= 'RollingUpdate'
    if (spec['updateStrategy'].type === 'RollingUpdate')
      spec['updateStrategy'].rollingUpdate = { partition: 0, ...spec['updateStrategy'].rollingUpdate }
    spec['persistentVolumeClaimRetentionPolicy'] = {
      whenDeleted: 'Retain',
      whenScaled: 'Retain',
      ...spec['persistentVolumeClaimRetentionPolicy'],
    }
    for (const claim of spec['volumeClaimTemplates'] ?? []) {
      claim.apiVersion ??= 'v1'
      claim.kind ??= 'PersistentVolumeClaim'
      claim.spec ??= {}
      claim.spec.volumeMode ??= 'Filesystem'
      claim.status = { phase: 'Pending' }
    }
  },
  create(draft) {
    draft['status'] = { replicas: 0, availableReplicas: 0 }
  },
  validate(draft, old) {
    const free = [
      'replicas',
      'ordinals',
      'template',
      'updateStrategy',
      'revisionHistoryLimit',
      'persistentVolumeClaimRetentionPolicy',
      'minReadySeconds',
    ]
    const fixed = (object: Json): Json =>
      Object.fromEntries(Object.entries(object['spec'] as Json).filter(([key]) => !free.includes(key)))
    if (old && !equalJson(fixed(draft), fixed(old))) return [forbiddenField('spec', statefulSetUpdate)]
    return [...atLeast0(draft['spec'], 'replicas'), ...validateTemplate(draft['spec'])]
  },
}

export const daemonSets: Strategy = {
  ...scalable,
  defaults(draft) {
    const spec: Json = (draft['spec'] ??= {})
    templateDefaults(spec)
    spec['revisionHistoryLimit'] ??= 10
    spec['updateStrategy'] ??= {}
    spec['updateStrategy'].type ??= 'RollingUpdate'
    if (spec['updateStrategy'].type === 'RollingUpdate')
      spec['updateStrategy'].rollingUpdate = { maxUnavailable: 1, maxSurge: 0, ...spec['updateStrategy'].rollingUpdate }
    draft.metadata.annotations = { 'deprecated.daemonset.template.generation': '1', ...draft.metadata.annotations }
  },
  create(draft) {
    draft['status'] = { currentNumberScheduled: 0, numberMisscheduled: 0, desiredNumberScheduled: 0, numberReady: 0 }
  },
  update(draft, old) {
    const generation = Number(old.metadata.annotations?.['deprecated.daemonset.template.generation'] ?? '1')
    const raised = equalJson(draft['spec']?.template, (old['spec'] as Json | undefined)?.['template'])
      ? generation
      : generation + 1
    draft.metadata.annotations = {
      ...draft.metadata.annotations,
      'deprecated.daemonset.template.generation': String(raised),
    }
  },
  validate: (draft, old) => [...(old ? immutableSelector(draft, old) : []), ...validateTemplate(draft['spec'])],
}

const jobPolicies = ['OnFailure', 'Never']

const jobSpecDefaults = (spec: Json): void => {
  templateDefaults(spec)
  if (spec['completions'] === undefined && spec['parallelism'] === undefined) spec['completions'] = 1
  spec['parallelism'] ??= 1
  spec['backoffLimit'] ??= 6
  spec['completionMode'] ??= 'NonIndexed'
  spec['suspend'] ??= false
  spec['manualSelector'] ??= false
  spec['podReplacementPolicy'] ??= spec['podFailurePolicy'] ? 'Failed' : 'TerminatingOrFailed'
}

const validateJobSpec = (spec: Json, at: string): Cause[] => {
  const policy = spec['template']?.spec?.restartPolicy
  return [
    ...validatePodSpec(spec['template']?.spec ?? {}, `${at}.template.spec`),
    ...(policy === undefined || policy === 'Always'
      ? [required(`${at}.template.spec.restartPolicy`, 'valid values: "OnFailure", "Never"')]
      : []),
    ...(policy !== undefined && policy !== 'Always' && !jobPolicies.includes(policy)
      ? [unsupportedValue(`${at}.template.spec.restartPolicy`, policy, jobPolicies)]
      : []),
  ]
}

export const jobs: Strategy = {
  ...scalable,
  defaults: (draft) => jobSpecDefaults((draft['spec'] ??= {})),
  create(draft) {
    const spec: Json = draft['spec']
    if (spec['manualSelector']) return
    const { uid, name } = draft.metadata
    const own = {
      'batch.kubernetes.io/controller-uid': uid!,
      'batch.kubernetes.io/job-name': name,
      'controller-uid': uid!,
      'job-name': name,
    }
    const template: Json = spec['template']
    template['metadata'].labels = { ...template['metadata'].labels, ...own }
    draft.metadata.labels ??= { ...template['metadata'].labels }
    spec['selector'] = { matchLabels: { 'batch.kubernetes.io/controller-uid': uid! } }
    draft['status'] = {}
  },
  validate(draft, old) {
    const causes = validateJobSpec(draft['spec'], 'spec')
    if (!old) return causes
    const was = old['spec'] as Json
    for (const field of ['selector', 'completionMode', 'podFailurePolicy'])
      if (!equalJson(draft['spec'][field], was[field]))
        causes.push(invalidValue(`spec.${field}`, draft['spec'][field], 'field is immutable'))
    const template = (spec: Json): unknown => (was['suspend'] ? null : spec['template'])
    if (!equalJson(template(draft['spec']), template(was)))
      causes.push(invalidValue('spec.template', draft['spec'].template, 'field is immutable'))
    return causes
  },
}

export const cronJobs: Strategy = {
  ...scalable,
  defaults(draft) {
    const spec: Json = (draft['spec'] ??= {})
    spec['concurrencyPolicy'] ??= 'Allow'
    spec['suspend'] ??= false
    spec['successfulJobsHistoryLimit'] ??= 3
    spec['failedJobsHistoryLimit'] ??= 1
    spec['jobTemplate'] ??= {}
    spec['jobTemplate'].metadata ??= {}
    const job: Json = (spec['jobTemplate'].spec ??= {})
    templateDefaults(job)
  },
  create(draft) {
    draft['status'] = {}
  },
  validate(draft) {
    const spec: Json = draft['spec']
    const causes: Cause[] = []
    if (!spec['schedule']) causes.push(required('spec.schedule'))
    else if (!/^(@\w+|@every .+|(\S+\s+){4}\S+)$/.test(spec['schedule']))
      causes.push(
        invalidValue(
          'spec.schedule',
          spec['schedule'],
          `expected exactly 5 fields, found ${spec['schedule'].trim().split(/\s+/).length}: [${spec['schedule'].trim()}]`,
        ),
      )
    return [...causes, ...validateJobSpec(spec['jobTemplate'].spec, 'spec.jobTemplate.spec')]
  },
  name: (name, prefix) => notLabel(name, prefix) && `must be no more than 52 characters`,
}

/** Disruption budgets, autoscalers and webhook configurations. */
import { invalidValue, required } from '../errors.ts'
import type { Strategy } from './strategy.ts'

type Json = Record<string, any>

export const disruptionBudgets: Strategy = {
  versionRequired: true,
  status: true,
  generation: true,
  create(draft) {
    draft['status'] = { disruptionsAllowed: 0, currentHealthy: 0, desiredHealthy: 0, expectedPods: 0 }
  },
}

export const autoscalers: Strategy = {
  status: true,
  defaults(draft) {
    const spec: Json = (draft['spec'] ??= {})
    spec['minReplicas'] ??= 1
    spec['metrics'] ??= [
      { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 80 } } },
    ]
  },
  create(draft) {
    draft['status'] = { currentMetrics: null, desiredReplicas: 0 }
  },
  validate: (draft) => [
    ...(draft['spec'].maxReplicas >= 1
      ? []
      : [invalidValue('spec.maxReplicas', draft['spec'].maxReplicas ?? 0, 'must be greater than 0')]),
    ...(draft['spec'].scaleTargetRef?.kind ? [] : [required('spec.scaleTargetRef.kind')]),
    ...(draft['spec'].scaleTargetRef?.name ? [] : [required('spec.scaleTargetRef.name')]),
  ],
}

export const webhooks: Strategy = {
  versionRequired: true,
  generation: true,
  defaults(draft) {
    for (const hook of (draft['webhooks'] ?? []) as Json[]) {
      hook['failurePolicy'] ??= 'Fail'
      hook['matchPolicy'] ??= 'Equivalent'
      hook['namespaceSelector'] ??= {}
      hook['objectSelector'] ??= {}
      hook['timeoutSeconds'] ??= 10
      if (draft.kind === 'MutatingWebhookConfiguration') hook['reinvocationPolicy'] ??= 'Never'
      for (const rule of hook['rules'] ?? []) rule.scope ??= '*'
      if (hook['clientConfig']?.service) hook['clientConfig'].service.port ??= 443
    }
  },
  validate: (draft) =>
    ((draft['webhooks'] ?? []) as Json[]).flatMap((hook, index) => [
      ...(hook['name'] ? [] : [required(`webhooks[${index}].name`)]),
      ...(hook['sideEffects']
        ? []
        : [required(`webhooks[${index}].sideEffects`, 'must specify one of None, NoneOnDryRun')]),
      ...(hook['admissionReviewVersions']?.length
        ? []
        : [required(`webhooks[${index}].admissionReviewVersions`, 'must specify one of v1, v1beta1')]),
      ...(hook['clientConfig']?.url || hook['clientConfig']?.service
        ? []
        : [required(`webhooks[${index}].clientConfig`, 'exactly one of url or service is required')]),
    ]),
}

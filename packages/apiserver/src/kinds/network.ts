/** Ingresses, network policies and endpoints. */
import { invalidValue, required, unsupportedValue, type Cause } from '../errors.ts'
import type { Strategy } from './strategy.ts'

type Json = Record<string, any>

export const ingresses: Strategy = {
  status: true,
  generation: true,
  create(draft, { store }) {
    draft['status'] = { loadBalancer: {} }
    if (draft['spec']?.ingressClassName !== undefined || draft.metadata.annotations?.['kubernetes.io/ingress.class'])
      return
    const chosen = store
      .list('ingressclasses.networking.k8s.io')
      .find((one) => one.metadata.annotations?.['ingressclass.kubernetes.io/is-default-class'] === 'true')
    if (chosen) draft['spec'].ingressClassName = chosen.metadata.name
  },
  validate(draft) {
    const spec: Json = draft['spec'] ?? {}
    const causes: Cause[] = []
    if (!spec['rules']?.length && !spec['defaultBackend'])
      causes.push({
        reason: 'FieldValueInvalid',
        message: 'Invalid value: []networking.IngressRule(nil): either `defaultBackend` or `rules` must be specified',
        field: 'spec',
      })
    for (const [i, rule] of (spec['rules'] ?? []).entries())
      for (const [j, path] of (rule.http?.paths ?? []).entries()) {
        const at = `spec.rules[${i}].http.paths[${j}]`
        if (!path.pathType) causes.push(required(`${at}.pathType`, 'pathType must be specified'))
        else if (!['Exact', 'Prefix', 'ImplementationSpecific'].includes(path.pathType))
          causes.push(unsupportedValue(`${at}.pathType`, path.pathType, ['Exact', 'ImplementationSpecific', 'Prefix']))
        else if (path.pathType !== 'ImplementationSpecific' && !String(path.path ?? '').startsWith('/'))
          causes.push(invalidValue(`${at}.path`, path.path ?? '', 'must be an absolute path'))
        const service = path.backend?.service
        if (!service && !path.backend?.resource)
          causes.push(invalidValue(`${at}.backend`, '', 'cannot set both resource and service backends'))
        else if (service && !service.name) causes.push(required(`${at}.backend.service.name`))
        else if (service && service.port?.number === undefined && !service.port?.name)
          causes.push(required(`${at}.backend.service.port`, 'port name or number is required'))
      }
    return causes
  },
}

export const networkPolicies: Strategy = {
  generation: true,
  defaults(draft) {
    const spec: Json = (draft['spec'] ??= {})
    spec['policyTypes'] ??= ['Ingress', ...(spec['egress'] ? ['Egress'] : [])]
  },
}

export const endpoints: Strategy = {
  defaults(draft) {
    for (const subset of (draft['subsets'] ?? []) as Json[])
      for (const port of subset['ports'] ?? []) port.protocol ??= 'TCP'
  },
}

export const endpointSlices: Strategy = {
  generation: true,
  defaults(draft) {
    for (const port of (draft['ports'] ?? []) as Json[]) {
      port['name'] ??= ''
      port['protocol'] ??= 'TCP'
    }
    for (const one of (draft['endpoints'] ?? []) as Json[]) one['conditions'] ??= {}
  },
}

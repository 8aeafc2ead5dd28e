/** Validation of custom resources: schema, replica counts, CEL rules — in the wording of `@drey/schema`. */
import type { KubeObject } from '@drey/reconcile'
import { validate, validateStatus, type Problem } from '@drey/schema'
import type { Cause } from './errors.ts'
import type { Kind } from './resources.ts'

export const validateCustom = (kind: Kind, object: KubeObject, old: KubeObject | undefined, subresource?: string): Cause[] => {
  if (kind.origin !== 'crd' || !kind.structural) return []
  const problems =
    subresource === 'status'
      ? validateStatus(kind.structural, object, old)
      : validate(kind.structural, object, { old, scale: kind.scale && { specReplicasPath: kind.scale.specReplicas } })
  return problems.map(causeOf)
}

const causeOf = (problem: Problem): Cause => ({ reason: problem.type, message: problem.body, field: problem.path })

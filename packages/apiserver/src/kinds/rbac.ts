/** Roles and bindings. */
import { required, unsupportedValue, type Cause } from '../errors.ts'
import { equalJson } from '../json.ts'
import { notPathSegment } from './names.ts'
import type { Strategy } from './strategy.ts'

type Json = Record<string, any>

const rbac = 'rbac.authorization.k8s.io'

export const roles: Strategy = {
  name: notPathSegment,
  defaults(draft) {
    draft['rules'] ??= null
  },
  validate: (draft) =>
    ((draft['rules'] ?? []) as Json[]).flatMap((rule, index) =>
      rule['verbs']?.length ? [] : [required(`rules[${index}].verbs`, 'verbs must contain at least one value')],
    ),
}

export const bindings: Strategy = {
  name: notPathSegment,
  defaults(draft) {
    draft['roleRef'] ??= {}
    draft['roleRef'].apiGroup ??= rbac
    for (const subject of (draft['subjects'] ?? []) as Json[])
      if (subject['kind'] !== 'ServiceAccount') subject['apiGroup'] ??= rbac
  },
  validate(draft, old) {
    const ref = draft['roleRef'] as Json
    const causes: Cause[] = []
    if (!ref['name']) causes.push(required('roleRef.name'))
    if (!['Role', 'ClusterRole'].includes(ref['kind']))
      causes.push(unsupportedValue('roleRef.kind', ref['kind'], ['ClusterRole', 'Role']))
    if (old && !equalJson(ref, old['roleRef']))
      causes.push({
        reason: 'FieldValueInvalid',
        message: `Invalid value: rbac.RoleRef{APIGroup:"${ref['apiGroup']}", Kind:"${ref['kind']}", Name:"${ref['name']}"}: cannot change roleRef`,
        field: 'roleRef',
      })
    for (const [index, subject] of ((draft['subjects'] ?? []) as Json[]).entries()) {
      if (!subject['name']) causes.push(required(`subjects[${index}].name`))
      if (subject['kind'] === 'ServiceAccount' && !subject['namespace'])
        causes.push(required(`subjects[${index}].namespace`))
    }
    return causes
  },
}

/** Events, under both of their names, and Leases. */
import type { KubeObject } from '@drey/reconcile'
import { invalidValue, type Cause } from '../errors.ts'
import { anyName } from './names.ts'
import type { Strategy } from './strategy.ts'

type Json = Record<string, any>

export const leases: Strategy = {
  versionRequired: true,
  defaults(draft) {
    draft['spec'] ??= {}
  },
  validate(draft) {
    const { leaseDurationSeconds, leaseTransitions } = draft['spec'] as Json
    return [
      ...(leaseDurationSeconds !== undefined && leaseDurationSeconds <= 0
        ? [invalidValue('spec.leaseDurationSeconds', leaseDurationSeconds, 'must be greater than 0')]
        : []),
      ...(leaseTransitions !== undefined && leaseTransitions < 0
        ? [invalidValue('spec.leaseTransitions', leaseTransitions, 'must be greater than or equal to 0')]
        : []),
    ]
  },
}

export const events: Strategy = {
  name: anyName,
  defaults(draft) {
    draft['involvedObject'] ??= {}
    draft['source'] ??= {}
    draft['firstTimestamp'] ??= null
    draft['lastTimestamp'] ??= null
    draft['eventTime'] ??= null
    draft['reportingComponent'] ??= ''
    draft['reportingInstance'] ??= ''
  },
  validate: (draft) => aboutOwnNamespace(draft['involvedObject'] as Json, draft.metadata.namespace),
}

/** The same under `events.k8s.io/v1`. */
export const newEvents: Strategy = {
  name: anyName,
  defaults(draft) {
    draft['regarding'] ??= {}
    draft['eventTime'] ??= null
    draft['deprecatedSource'] ??= {}
    draft['deprecatedFirstTimestamp'] ??= null
    draft['deprecatedLastTimestamp'] ??= null
  },
  validate: (draft) => aboutOwnNamespace(draft['regarding'] as Json, draft.metadata.namespace),
}

/** Events live beside what they are about; those about cluster-scoped objects live in `default`. */
const aboutOwnNamespace = (about: Json, namespace: string | undefined): Cause[] =>
  (about['namespace'] ?? 'default') === namespace
    ? []
    : [invalidValue('involvedObject.namespace', about['namespace'] ?? '', 'does not match event.namespace')]

/** `events.k8s.io/v1` names for what `v1` stores. */
const eventNames: readonly (readonly [string, string])[] = [
  ['involvedObject', 'regarding'],
  ['message', 'note'],
  ['source', 'deprecatedSource'],
  ['count', 'deprecatedCount'],
  ['firstTimestamp', 'deprecatedFirstTimestamp'],
  ['lastTimestamp', 'deprecatedLastTimestamp'],
  ['reportingComponent', 'reportingController'],
]

export const eventAsNew = (event: KubeObject): KubeObject => renamed(event, 'events.k8s.io/v1', eventNames)

export const eventAsStored = (event: KubeObject): KubeObject => ({
  reportingComponent: '',
  reportingInstance: '',
  ...renamed(
    event,
    'v1',
    eventNames.map(([a, b]) => [b, a] as const),
  ),
})

const renamed = (event: KubeObject, apiVersion: string, names: readonly (readonly [string, string])[]): KubeObject => {
  const copy: KubeObject = { ...event, apiVersion }
  for (const [from] of names) delete copy[from]
  for (const [from, to] of names) {
    const value = event[from]
    const absent = value === undefined || (apiVersion !== 'v1' && value === '')
    if (!absent) copy[to] = value
  }
  if (apiVersion !== 'v1' && copy['reportingInstance'] === '') delete copy['reportingInstance']
  return copy
}

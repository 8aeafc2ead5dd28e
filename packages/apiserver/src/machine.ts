/** What the write path works with: the machine, one write, and what its parts need to know about it. */
import type { KubeObject } from '@drey/reconcile'
import type { Admission } from './admission.ts'
import type { Draft, WriteContext } from './kinds/strategy.ts'
import type { WriteOptions } from './options.ts'
import { emptySet, type FieldSet, parseSet } from './patch/field-set.ts'
import type { Writer } from './patch/managed-fields.ts'
import type { Kind } from './resources.ts'
import { isMap } from './shape.ts'
import type { Store } from './store.ts'
import type { UserInfo } from './types.ts'

export interface Machine {
  store: Store
  now: () => number
  random: () => number
  admission: Admission
}

export interface Write {
  kind: Kind
  namespace?: string
  /** absent for a POST: the body names it */
  name?: string
  subresource?: string
  options: WriteOptions
  user: UserInfo
  warnings: string[]
}

export interface Written {
  object: KubeObject
  created: boolean
}

/** RFC 3339 in whole seconds, as metav1.Time. */
export const timeOf = (ms: number): string => {
  const second = Math.floor(ms / 1000)
  if (second !== lastTime.second) lastTime = { second, text: new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z') }
  return lastTime.text
}

/** Many objects are written in the same second. */
let lastTime = { second: Number.NaN, text: '' }

const statusFields = parseSet({ 'f:status': {} })
const everythingButStatus = (object: KubeObject): FieldSet =>
  parseSet({
    ...Object.fromEntries(
      Object.keys(object)
        .filter((key) => key !== 'status' && key !== 'metadata')
        .map((key) => [`f:${key}`, {}]),
    ),
    'f:metadata': {},
  })

/** Fields that a write through this endpoint cannot own. */
export const ignoredFields = (kind: Kind, subresource: string | undefined, object: KubeObject): FieldSet => {
  if (subresource === 'status') return kind.origin === 'crd' ? everythingButStatus(object) : parseSet({ 'f:spec': {} })
  return hasStatus(kind) ? statusFields : emptySet
}

export const hasStatus = (kind: Kind): boolean => kind.subresources.some((one) => one.name === 'status')

export const contextOf = (machine: Machine, write: Write): WriteContext => ({
  store: machine.store,
  now: machine.now(),
  time: timeOf(machine.now()),
  random: machine.random,
  warnings: write.warnings,
  dryRun: write.options.dryRun,
})

export const writerOf = (machine: Machine, write: Write): Writer => ({
  manager: write.options.manager,
  apiVersion: write.kind.apiVersion,
  subresource: write.subresource ?? '',
  // the real server gives entries of scale no time
  time: write.subresource === 'scale' ? '' : timeOf(machine.now()),
})

/** `[]` or `[{}]` asks to forget all owners. */
export const cleanManaged = (managed: unknown): unknown =>
  Array.isArray(managed) && managed.every((one) => isMap(one) && Object.keys(one).length === 0) ? undefined : managed

export const setManaged = (draft: Draft, managed: unknown): void => {
  if (Array.isArray(managed) && managed.length) draft.metadata.managedFields = managed
  else delete draft.metadata.managedFields
}

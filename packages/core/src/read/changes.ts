/** Changes of a spec in words, and who made them. */
import { isSecretKey } from '@drey/api'
import type { KubeObject } from '@drey/reconcile'
import type { Change } from '@drey/schema'
import { masks } from './mask.ts'

/** `image: orders:41 → orders:42`; what may be secret is not shown. */
export const changeText = ({ path, old, new: now }: Change): string => {
  const secret = isSecretKey(path)
  const text = (value: unknown): string =>
    value === null || value === undefined
      ? 'unset'
      : secret
        ? '******'
        : masks()
            .text(typeof value === 'string' ? value : JSON.stringify(masks().value(value)))
            .slice(0, 80)
  return `${path}: ${text(old)} → ${text(now)}`
}

/** Who changed the spec last, by the API server's own books. */
export const lastManager = ({ metadata }: KubeObject): string | undefined => {
  const entries = (metadata.managedFields ?? []) as {
    manager?: string
    time?: string
    subresource?: string
    fieldsV1?: object
  }[]
  return entries
    .filter(({ subresource, fieldsV1 }) => !subresource && fieldsV1 !== undefined && 'f:spec' in fieldsV1)
    .toSorted((a, b) => (a.time ?? '').localeCompare(b.time ?? ''))
    .at(-1)?.manager
}

/** Label selectors of specs, as plain functions. */
import type { LabelSelector } from 'kubernetes-types/meta/v1.d.ts'

export type Labels = Readonly<Record<string, string>>

/** An empty selector matches everything, an absent one nothing. */
export const matches = (selector: LabelSelector | undefined, labels: Labels = {}): boolean => {
  if (!selector) return false
  if (!hasAll(selector.matchLabels, labels)) return false
  return (selector.matchExpressions ?? []).every(({ key, operator, values }) => {
    const value = labels[key]
    switch (operator) {
      case 'In':
        return value !== undefined && (values ?? []).includes(value)
      case 'NotIn':
        return value === undefined || !(values ?? []).includes(value)
      case 'Exists':
        return value !== undefined
      case 'DoesNotExist':
        return value === undefined
      default:
        return false
    }
  })
}

export const hasAll = (wanted: Labels | undefined, labels: Labels = {}): boolean =>
  Object.entries(wanted ?? {}).every(([key, value]) => labels[key] === value)

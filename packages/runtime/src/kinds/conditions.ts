/** Conditions in the workload controllers' manner: a list with at most one entry per type. */

interface Condition {
  type: string
  status: string
  reason?: string
  message?: string
  lastTransitionTime?: string
}

export const findCondition = <C extends Condition>(list: readonly C[] | undefined, type: string): C | undefined =>
  list?.find((condition) => condition.type === type)

/**
 * The list with this condition in it. Same status: the time of transition stays. Same status and reason: everything stays,
 * so that nothing is written.
 */
export const withCondition = <C extends Condition>(list: readonly C[], next: C): C[] => {
  const have = findCondition(list, next.type)
  if (have && have.status === next.status && have.reason === next.reason) return [...list]
  const merged =
    have && have.status === next.status && have.lastTransitionTime
      ? { ...next, lastTransitionTime: have.lastTransitionTime }
      : next
  return [...withoutCondition(list, next.type), merged]
}

export const withoutCondition = <C extends Condition>(list: readonly C[], type: string): C[] =>
  list.filter((condition) => condition.type !== type)

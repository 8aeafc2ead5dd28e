/** How long until the next look, by what is expected to happen meanwhile. */

/** When nothing urgent is expected: upstream's kubernetes.operator.reconcile.interval. */
export const restMs = 60_000
/** While something is under way that Kubernetes tells us about by itself. */
export const progressMs = 10_000
/** While Flink works on something that only asking reveals: short at first, see `patience`. */
export const eagerMs = 500

/** Asks often while something is young and ever more rarely as it ages: from twice a second to every ten seconds. */
export const patience = (now: number, since: number): number =>
  Math.min(progressMs, Math.max(eagerMs, (now - since) / 10))

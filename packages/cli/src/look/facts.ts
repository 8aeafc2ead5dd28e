/** One look at a source: what it said, or why it could not be seen, naming the right that is missing. */
import { known, KubeError, unknown, type Fact } from '@drey/reconcile'

export const factOf = async <T>(right: string, look: () => Promise<T>): Promise<Fact<T>> => {
  try {
    return known(await look())
  } catch (error) {
    return unknown(whyOf(error, right))
  }
}

const whyOf = (error: unknown, right: string): string => {
  if (error instanceof KubeError && (error.code === 403 || error.code === 401)) return `no right to ${right}`
  const text = (error as Error)?.message ?? String(error)
  return text.split('\n', 1)[0] ?? ''
}

/** Network namespaces: see below. */
import type { PodNetwork } from './isolation.ts'

export const namespacePodNetwork = async (
  _dir: string,
  _apiServer: { host: string; port: number },
): Promise<PodNetwork> => {
  throw new Error('not yet')
}
export const sweepNetwork = async (_dir: string): Promise<void> => {}

/** The network a choice stands for. */
import type { NetworkMode, PodNetwork } from './isolation.ts'
import { loopbackPodNetwork } from './loopback.ts'
import { namespacePodNetwork } from './netns.ts'

export const openNetwork = async (
  dir: string,
  mode: NetworkMode,
  apiServer: { host: string; port: number },
): Promise<PodNetwork> =>
  mode === 'loopback' ? loopbackPodNetwork(dir, apiServer) : namespacePodNetwork(dir, apiServer)

/** Whether a configuration switches high availability on, and whether it is the Kubernetes kind. */
import type { Settings } from '../input.ts'
import { textOf } from './read.ts'

const KUBERNETES_FACTORY = 'org.apache.flink.kubernetes.highavailability.KubernetesHaServicesFactory'

const haType = (config: Settings): string =>
  textOf(config, 'high-availability.type', 'high-availability', 'high-availability.mode', 'recovery.mode') ?? 'NONE'

/** Any kind of HA: anything but `NONE` (and the ancient `standalone`) is on. */
export const haIsOn = (config: Settings): boolean => !['none', 'standalone'].includes(haType(config).toLowerCase())

export const kubernetesHaIsOn = (config: Settings): boolean =>
  [KUBERNETES_FACTORY.toLowerCase(), 'kubernetes'].includes(haType(config).toLowerCase())

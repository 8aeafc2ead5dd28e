/** The configuration of a cluster: its ConfigMap, and the volume through which pods see it. */
import type { KubeObject } from '@drey/reconcile'
import type { Desired } from '../desired.ts'
import { dependentMeta } from './metadata.ts'
import type { Additions } from './pod.ts'

export const configMapName = (name: string): string => `flink-config-${name}`

const LOG_FILES = ['logback-console.xml', 'log4j-console.properties'] as const

export const configMap = (desired: Desired): KubeObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: dependentMeta(desired, configMapName(desired.name)),
  data: {
    ...Object.fromEntries(presentLogFiles(desired).map((file) => [file, desired.logFiles[file]!])),
    [desired.configFile.name]: desired.configFile.text,
  },
})

/** Only the listed files are visible in the pod: the mount covers the image's whole configuration directory. */
export const configVolume = (desired: Desired): Additions => ({
  volumes: [
    {
      name: 'flink-config-volume',
      configMap: {
        name: configMapName(desired.name),
        items: [...presentLogFiles(desired), desired.configFile.name].map((file) => ({ key: file, path: file })),
      },
    },
  ],
  volumeMounts: [
    { name: 'flink-config-volume', mountPath: desired.config['kubernetes.flink.conf.dir'] ?? '/opt/flink/conf' },
  ],
})

const presentLogFiles = (desired: Desired): (typeof LOG_FILES)[number][] =>
  LOG_FILES.filter((file) => desired.logFiles[file] !== undefined)

/** The TaskManager template of a native cluster: a ConfigMap that only the JobManager reads when it starts TaskManager pods. */
import type { KubeObject } from '@drey/reconcile'
import { stringify } from 'yaml'
import type { Desired } from '../desired.ts'
import { dependentMeta } from './metadata.ts'
import type { Additions } from './pod.ts'

export const templateMapName = (name: string): string => `pod-template-${name}`

const FILE = 'taskmanager-pod-template.yaml'

export const templateMap = (desired: Desired): KubeObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: dependentMeta(desired, templateMapName(desired.name)),
  data: {
    [FILE]: stringify(desired.taskManager.template, { lineWidth: 0, singleQuote: true, aliasDuplicateObjects: false }),
  },
})

/** The path is fixed in Flink's resource manager. */
export const templateVolume = (desired: Desired): Additions => ({
  volumes: [
    {
      name: 'pod-template-volume',
      configMap: { name: templateMapName(desired.name), items: [{ key: FILE, path: FILE }] },
    },
  ],
  volumeMounts: [{ name: 'pod-template-volume', mountPath: '/opt/flink/pod-template' }],
})

/** The TaskManager Deployment of a standalone cluster. (Native TaskManagers are pods that the JobManager asks for.) */
import type { KubeObject } from '@drey/reconcile'
import type { Desired } from '../desired.ts'
import { intOf } from '../flink-config/read.ts'
import { configVolume } from './config-volume.ts'
import { deploymentOwners, podSelector, roleAnnotations, roleLabels } from './metadata.ts'
import { hadoopMount, secretEnv, secretMounts } from './mounts.ts'
import { appended, containerResources, containersOf, joinAdditions, logDirEnv, plainEnv, scheduling } from './pod.ts'
import { mainContainerName } from './pod-template.ts'

export const taskManagerName = (name: string): string => `${name}-taskmanager`

export const taskManagerDeployment = (desired: Desired): KubeObject => {
  const { config, taskManager } = desired
  const template = taskManager.template ?? {}
  const { main, others } = containersOf(template)
  const spec = template.spec ?? {}
  const labels = roleLabels(desired, 'taskmanager')
  const annotations = roleAnnotations(desired, 'taskmanager')
  const account = config['kubernetes.taskmanager.service-account'] ?? config['kubernetes.service-account'] ?? 'default'
  const additions = joinAdditions([
    { env: plainEnv(config, 'containerized.taskmanager.env.') },
    { env: logDirEnv(config) },
    secretEnv(config),
    secretMounts(config),
    hadoopMount(config, false),
    configVolume(desired),
  ])
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: {
      name: taskManagerName(desired.name),
      namespace: desired.namespace,
      labels,
      ...(Object.keys(annotations).length > 0 ? { annotations } : {}),
      ownerReferences: deploymentOwners(desired),
    },
    spec: {
      replicas: intOf(config, 1, 'kubernetes.internal.taskmanager.replicas'),
      selector: { matchLabels: podSelector(desired, 'taskmanager') },
      template: {
        metadata: {
          ...template.metadata,
          labels: { ...(template.metadata?.['labels'] as object | undefined), ...labels },
          ...(Object.keys(annotations).length > 0 || template.metadata?.['annotations']
            ? { annotations: { ...(template.metadata?.['annotations'] as object | undefined), ...annotations } }
            : {}),
        },
        spec: {
          ...spec,
          serviceAccount: account,
          serviceAccountName: account,
          ...scheduling(spec, config, 'taskmanager'),
          containers: [
            ...others,
            {
              ...main,
              name: mainContainerName,
              image: taskManager.image,
              imagePullPolicy: taskManager.pullPolicy,
              command: [config['kubernetes.entry.path'] ?? '/docker-entrypoint.sh'],
              args: ['taskmanager'],
              ...appended('ports', main['ports'], [
                { name: 'taskmanager-rpc', containerPort: intOf(config, 6122, 'taskmanager.rpc.port') },
              ]),
              ...appended('env', main['env'], additions.env),
              ...appended('volumeMounts', main['volumeMounts'], additions.volumeMounts),
              resources: containerResources(main, config, 'taskmanager', taskManager),
            },
          ],
          ...appended('volumes', spec.volumes, additions.volumes),
        },
      },
    },
  }
}

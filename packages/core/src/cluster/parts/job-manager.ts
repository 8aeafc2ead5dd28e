/** The JobManager's Deployment and its pod: template, options, command line. */
import type { KubeObject } from '@drey/reconcile'
import type { Desired } from '../desired.ts'
import { booleanOf, intOf } from '../flink-config/read.ts'
import { jobManagerCommand } from './command-line.ts'
import { configVolume } from './config-volume.ts'
import { deploymentOwners, podSelector, roleAnnotations, roleLabels } from './metadata.ts'
import { hadoopMount, secretEnv, secretMounts } from './mounts.ts'
import {
  appended,
  containerResources,
  containersOf,
  joinAdditions,
  logDirEnv,
  plainEnv,
  podNetwork,
  scheduling,
  type Additions,
} from './pod.ts'
import { mainContainerName } from './pod-template.ts'
import { blobPort, restPort, rpcPort } from './services.ts'
import { templateVolume } from './template-map.ts'

export const jobManagerDeployment = (desired: Desired): KubeObject => {
  const { config, jobManager } = desired
  const template = jobManager.template
  const { main, others } = containersOf(template)
  const spec = template.spec ?? {}
  const command = jobManagerCommand(desired, main)
  const additions = joinAdditions([
    { env: plainEnv(config, 'containerized.master.env.') },
    podAddress,
    { env: logDirEnv(config) },
    userArtifacts(config['user.artifacts.base-dir'] ?? '/opt/flink/artifacts'),
    secretEnv(config),
    secretMounts(config),
    hadoopMount(config, desired.mode === 'native'),
    configVolume(desired),
    ...(desired.taskManager.template && desired.mode === 'native' ? [templateVolume(desired)] : []),
    ...(needsUserLib(desired, main) ? [userLib] : []),
  ])
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: {
      name: desired.name,
      namespace: desired.namespace,
      labels: roleLabels(desired, 'jobmanager'),
      annotations: roleAnnotations(desired, 'jobmanager'),
      ownerReferences: deploymentOwners(desired),
    },
    spec: {
      replicas: intOf(config, 1, 'kubernetes.jobmanager.replicas'),
      selector: { matchLabels: podSelector(desired, 'jobmanager') },
      template: {
        metadata: {
          ...template.metadata,
          labels: {
            ...(template.metadata?.['labels'] as object | undefined),
            ...roleLabels(desired, 'jobmanager'),
          },
          annotations: {
            ...(template.metadata?.['annotations'] as object | undefined),
            ...roleAnnotations(desired, 'jobmanager'),
          },
        },
        spec: {
          ...spec,
          ...serviceAccount(desired),
          ...podNetwork(config, spec),
          ...scheduling(spec, config, 'jobmanager'),
          containers: [
            ...others,
            {
              ...main,
              name: mainContainerName,
              image: jobManager.image,
              imagePullPolicy: jobManager.pullPolicy,
              ...command,
              ...ports(desired, main['ports']),
              ...appended('env', main['env'], additions.env),
              ...appended('volumeMounts', main['volumeMounts'], additions.volumeMounts),
              resources: containerResources(main, config, 'jobmanager', jobManager),
            },
          ],
          ...appended('volumes', spec.volumes, additions.volumes),
        },
      },
    },
  }
}

const podAddress: Additions = {
  env: [{ name: '_POD_IP_ADDRESS', valueFrom: { fieldRef: { apiVersion: 'v1', fieldPath: 'status.podIP' } } }],
}

const userArtifacts = (path: string): Additions => ({
  volumes: [{ name: 'user-artifacts-volume', emptyDir: {} }],
  volumeMounts: [{ name: 'user-artifacts-volume', mountPath: path }],
})

// Empty on purpose: its presence makes the standalone entry point load user code from `pipeline.classpaths`.
const userLib: Additions = {
  volumes: [{ name: 'user-lib-dir', emptyDir: {} }],
  volumeMounts: [{ name: 'user-lib-dir', mountPath: '/opt/flink/usrlib' }],
}

const needsUserLib = ({ mode, kind, config }: Desired, main: Record<string, unknown>): boolean =>
  mode === 'standalone' &&
  kind === 'application' &&
  config['pipeline.classpaths'] !== undefined &&
  !((main['volumeMounts'] ?? []) as { mountPath?: string }[]).some((mount) =>
    mount.mountPath?.startsWith('/opt/flink/usrlib'),
  )

/** The option, else what the template says, else the namespace's default account. */
const serviceAccount = ({ config, jobManager }: Desired): { serviceAccount: string; serviceAccountName: string } => {
  const spec = jobManager.template.spec ?? {}
  const name =
    config['kubernetes.jobmanager.service-account'] ??
    config['kubernetes.service-account'] ??
    (spec['serviceAccount'] as string | undefined) ??
    (spec['serviceAccountName'] as string | undefined) ??
    'default'
  return { serviceAccount: name, serviceAccountName: name }
}

/** Host network has no container ports: they would be host ports. */
const ports = (desired: Desired, own: unknown): { ports?: unknown[] } =>
  booleanOf(desired.config, false, 'kubernetes.hostnetwork.enabled')
    ? appended('ports', own, [])
    : appended('ports', own, [
        { name: 'rest', containerPort: restPort(desired) },
        { name: 'jobmanager-rpc', containerPort: rpcPort(desired) },
        { name: 'blobserver', containerPort: blobPort(desired) },
      ])

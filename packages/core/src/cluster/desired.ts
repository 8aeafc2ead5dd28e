/** From the input of a rendering to plain data that says everything about the cluster: which mode, which settings, which pods. */
import type { OwnerReference } from '@drey/reconcile'
import { haIsOn } from './flink-config/ha.ts'
import { configFile, type ConfigFile } from './flink-config/file.ts'
import { applyLayers, deployLayers, specLayers } from './flink-config/layers.ts'
import { booleanOf, doubleOf, intOf, textOf } from './flink-config/read.ts'
import { jobManagerMemory, taskManagerCpu, taskManagerMemory } from './flink-config/process-memory.ts'
import type { IngressSpec, LogFiles, PodTemplate, RenderInput, Settings } from './input.ts'
import { modeOf, modes, type Mode, type ModeFacts } from './modes.ts'
import { containersOf } from './parts/pod.ts'
import { jobManagerTemplate, taskManagerTemplate } from './parts/pod-template.ts'
import { refuse } from './problem.ts'
import { refuseLocalFiles } from './local-files.ts'
import type { FlinkVersionFacts } from '@drey/api'
import { flinkVersionOf } from './versions.ts'

export interface Desired {
  name: string
  namespace: string
  version: FlinkVersionFacts
  mode: Mode
  modeFacts: ModeFacts
  kind: 'application' | 'session'
  haIsOn: boolean
  owner: Pick<OwnerReference, 'apiVersion' | 'kind' | 'name' | 'uid'>
  deploymentUid: string | undefined
  /** the settings of the cluster, without those that speak to the operator */
  config: Settings
  /** which layer set each key; absent: it came with the effective configuration */
  setBy: Readonly<Record<string, string>>
  configFile: ConfigFile
  logFiles: LogFiles
  programArgs: readonly string[]
  jobManager: { template: PodTemplate; image: string; pullPolicy: string; memory: number; cpu: number }
  taskManager: { template: PodTemplate | undefined; image: string; pullPolicy: string; memory: number; cpu: number }
  ingress: IngressSpec | undefined
  /** the autoscaler is off, so that its memory starts out empty */
  autoscalerIsOff: boolean
}

/** Refuses (see problem.ts) what cannot become a running cluster. */
export const desiredOf = (input: RenderInput): Desired => {
  const { metadata, spec } = input.resource
  refuseLocalFiles(input)
  refuseName(metadata.name)
  const version = flinkVersionOf(spec.flinkVersion)
  const mode = modeOf(spec)
  const kind = spec.job ? 'application' : 'session'
  const full = applyLayers(input, specLayers)
  const { config, setBy } = applyLayers(input, deployLayers, full)
  const programArgs = spec.job?.args ?? []
  refuseStandbysWithoutHa(config)
  refuseLimitsBelowRequests(config)
  if (mode === 'native' && kind === 'application') refuseMissingJar(config, programArgs)
  const templates = {
    jobManager: jobManagerTemplate(spec, full.config),
    taskManager: taskManagerTemplate(spec, full.config),
  }
  return {
    name: metadata.name,
    namespace: metadata.namespace ?? 'default',
    version,
    mode,
    modeFacts: modes[mode],
    kind,
    haIsOn: haIsOn(config),
    owner: {
      apiVersion: input.resource.apiVersion ?? 'flink.apache.org/v1beta1',
      kind: input.resource.kind ?? 'FlinkDeployment',
      name: metadata.name,
      uid: metadata.uid ?? '',
    },
    deploymentUid: input.deploymentUid,
    config,
    setBy,
    configFile: configFile(version, config, spec.job ? programArgs : undefined),
    logFiles: spec.logConfiguration ? knownLogFiles(spec.logConfiguration) : (input.operator.logFiles ?? {}),
    programArgs,
    jobManager: {
      template: templates.jobManager,
      ...imageOf(input, config, templates.jobManager),
      memory: jobManagerMemory(config),
      cpu: doubleOf(config, 'kubernetes.jobmanager.cpu.amount', 'kubernetes.jobmanager.cpu') ?? 1,
    },
    taskManager: {
      template: templates.taskManager,
      ...imageOf(input, config, undefined),
      memory: taskManagerMemory(config),
      cpu: taskManagerCpu(config),
    },
    ingress:
      spec.ingress && booleanOf(full.config, true, 'kubernetes.operator.ingress.manage') ? spec.ingress : undefined,
    autoscalerIsOff: !booleanOf(
      full.config,
      false,
      'job.autoscaler.enabled',
      'kubernetes.operator.job.autoscaler.enabled',
    ),
  }
}

/** The option, else the template's (JobManager only), else a default. */
const imageOf = (
  input: RenderInput,
  config: Settings,
  template: PodTemplate | undefined,
): { image: string; pullPolicy: string } => {
  const { main } = containersOf(template)
  const policy = textOf(config, 'kubernetes.container.image.pull-policy')
  if (policy !== undefined && !PULL_POLICIES.includes(policy))
    refuse(
      'CONFIG_VALUE_UNREADABLE',
      `"${policy}" is not a pull policy.`,
      `Set imagePullPolicy to ${PULL_POLICIES.join(', ')}.`,
    )
  return {
    image:
      textOf(config, 'kubernetes.container.image.ref', 'kubernetes.container.image') ??
      (main['image'] as string | undefined) ??
      input.operator.defaultImage ??
      'apache/flink:1.20.4-scala_2.12',
    pullPolicy: policy ?? (main['imagePullPolicy'] as string | undefined) ?? 'IfNotPresent',
  }
}

const PULL_POLICIES = ['IfNotPresent', 'Always', 'Never']

const knownLogFiles = (files: Readonly<Record<string, string>>): LogFiles => ({
  ...(files['log4j-console.properties'] === undefined
    ? {}
    : { 'log4j-console.properties': files['log4j-console.properties'] }),
  ...(files['logback-console.xml'] === undefined ? {} : { 'logback-console.xml': files['logback-console.xml'] }),
})

/** Names of the objects are longer than the cluster's; Flink allows 45. */
const refuseName = (name: string): void => {
  if (name.length > 45)
    refuse(
      'NAME_TOO_LONG',
      `The name "${name}" has ${name.length} characters; a Flink cluster may have 45.`,
      'Choose a shorter metadata.name.',
    )
}

const refuseStandbysWithoutHa = (config: Settings): void => {
  const replicas = intOf(config, 1, 'kubernetes.jobmanager.replicas')
  if (replicas > 1 && !haIsOn(config))
    refuse(
      'HA_NEEDED_FOR_STANDBYS',
      'High availability should be enabled when starting standby JobManagers.',
      'Set high-availability.type: kubernetes and high-availability.storageDir, or jobManager.replicas: 1.',
    )
}

/** For native TaskManagers too, though it is the JobManager that would fail to start them, much later. */
const refuseLimitsBelowRequests = (config: Settings): void => {
  for (const role of ['jobmanager', 'taskmanager'])
    for (const what of ['cpu', 'memory']) {
      const key = `kubernetes.${role}.${what}.limit-factor`
      const factor = doubleOf(config, key) ?? 1
      if (factor < 1)
        refuse(
          'LIMIT_BELOW_REQUEST',
          `${key} is ${factor}; a limit below the request cannot be scheduled.`,
          `Set ${key} to at least 1.`,
        )
    }
}

const refuseMissingJar = (config: Settings, args: readonly string[]): void => {
  const python =
    /\.Python(Driver|GatewayServer)$/.test(config['$internal.application.main'] ?? '') ||
    args.some((arg) => PYTHON_ARGS.has(arg))
  if (config['pipeline.jars'] === undefined && !python)
    refuse(
      'JAR_MISSING',
      'A native application needs a jar: spec.job.jarURI is not set.',
      'Set spec.job.jarURI, for example local:///opt/flink/usrlib/job.jar.',
    )
}

const PYTHON_ARGS = new Set([
  '-py',
  '-pym',
  '-pyfs',
  '-pyarch',
  '-pyexec',
  '-pyclientexec',
  '-pyreq',
  '--python',
  '--pyModule',
])

/** From the input of a rendering to plain data that says everything about the cluster: which mode, which settings, which pods. */
import type { FlinkVersionFacts } from '@drey/api'
import type { OwnerReference } from '@drey/reconcile'
import { refuseUnrunnable } from './checks.ts'
import { haIsOn } from './flink-config/ha.ts'
import { configFile, type ConfigFile } from './flink-config/file.ts'
import { applyLayers, deployLayers, specLayers } from './flink-config/layers.ts'
import { booleanOf, doubleOf, textOf } from './flink-config/read.ts'
import { jobManagerMemory, taskManagerCpu, taskManagerMemory } from './flink-config/process-memory.ts'
import type { IngressSpec, LogFiles, PodTemplate, RenderInput, Settings } from './input.ts'
import { notesOn } from './notes.ts'
import { modeOf, modes, type Mode, type ModeFacts } from './modes.ts'
import { containersOf } from './parts/pod.ts'
import { jobManagerTemplate, taskManagerTemplate } from './parts/pod-template.ts'
import { refuse } from './problem.ts'
import { refuseLocalFiles } from './local-files.ts'
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
  /** what the author should know, though the cluster can be made */
  notes: readonly string[]
}

/** Refuses (see problem.ts) what cannot become a running cluster. */
export const desiredOf = (input: RenderInput): Desired => {
  const { metadata, spec } = input.resource
  refuseLocalFiles(input)
  const version = flinkVersionOf(spec.flinkVersion)
  const mode = modeOf(spec)
  const kind = spec.job ? 'application' : 'session'
  const full = applyLayers(input, specLayers)
  const { config, setBy } = applyLayers(input, deployLayers, full)
  const programArgs = spec.job?.args ?? []
  refuseUnrunnable(input, config)
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
    notes: notesOn(spec, config, version),
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

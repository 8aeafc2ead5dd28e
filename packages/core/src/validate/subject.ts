/** A resource as checks see it: its readable spec, its effective configuration, and what was recorded before. Total on any input. */
import { nearest, type FlinkConf, type FlinkDeploymentSpec, type FlinkSessionJobSpec } from '@drey/api'
import { effectiveConfig, valuesOf, type LayeredConf } from '../config/index.ts'
import {
  deploymentLayout,
  isJson,
  lookAtRecord,
  readSpec,
  sessionJobLayout,
  type Json,
  type Layout,
  type RecordLook,
  type Unreadable,
} from '../spec/index.ts'
import type { ValidationContext } from './context.ts'
import { error, type Problem } from './problem.ts'

export interface Named {
  name: string
  namespace: string | undefined
}

export interface DeploymentSubject extends Named {
  spec: FlinkDeploymentSpec
  layered: LayeredConf
  conf: FlinkConf
  record: RecordLook<FlinkDeploymentSpec>
  /** the spec acted upon before; undefined for a creation */
  before: FlinkDeploymentSpec | undefined
  unreadable: readonly Unreadable[]
}

export interface SessionJobSubject extends Named {
  spec: FlinkSessionJobSpec
  layered: LayeredConf
  conf: FlinkConf
  record: RecordLook<FlinkSessionJobSpec>
  before: FlinkSessionJobSpec | undefined
  unreadable: readonly Unreadable[]
  /** undefined: not known */
  cluster: (Named & { spec: FlinkDeploymentSpec }) | undefined
  /** the operator's own configuration; some options no resource may change */
  operatorConf: FlinkConf
  addressOf: ValidationContext['addressOf']
  loopbackJars: boolean
}

export const deploymentSubject = (resource: unknown, context: ValidationContext): DeploymentSubject => {
  const named = namedOf(resource)
  const { spec, unreadable } = readSpec<FlinkDeploymentSpec>(specOf(resource), deploymentLayout)
  const layered = effectiveConfig(context.operator, { ...spec, namespace: named.namespace })
  const record = recordOf('FlinkDeployment', resource, context.old)
  return {
    ...named,
    spec,
    unreadable,
    layered,
    conf: valuesOf(layered),
    record,
    before: specBefore(record, context.old, deploymentLayout),
  }
}

export const sessionJobSubject = (resource: unknown, context: ValidationContext): SessionJobSubject => {
  const named = namedOf(resource)
  const { spec, unreadable } = readSpec<FlinkSessionJobSpec>(specOf(resource), sessionJobLayout)
  const found = spec.deploymentName
    ? context.resource?.('FlinkDeployment', named.namespace, spec.deploymentName)
    : undefined
  const cluster =
    found === undefined || found === null
      ? undefined
      : { ...namedOf(found), spec: readSpec<FlinkDeploymentSpec>(specOf(found), deploymentLayout).spec }
  const layered = effectiveConfig(context.operator, {
    namespace: named.namespace,
    flinkVersion: cluster?.spec.flinkVersion,
    flinkConfiguration: spec.flinkConfiguration,
    cluster: { name: cluster?.name ?? '', flinkConfiguration: cluster?.spec.flinkConfiguration },
  })
  const record = recordOf('FlinkSessionJob', resource, context.old)
  return {
    ...named,
    spec,
    unreadable,
    layered,
    conf: valuesOf(layered),
    record,
    before: specBefore(record, context.old, sessionJobLayout),
    cluster,
    operatorConf: valuesOf(context.operator.base),
    addressOf: context.addressOf,
    loopbackJars: context.loopbackJars ?? false,
  }
}

/** `metadata.name` and `.namespace`, texts whatever stands there. */
export const namedOf = (resource: unknown): Named => {
  const metadata = isJson(resource) && isJson(resource['metadata']) ? resource['metadata'] : {}
  const { name, generateName, namespace } = metadata
  // The API server appends five characters to a generated name.
  const given = typeof name === 'string' ? name : typeof generateName === 'string' ? `${generateName}xxxxx` : ''
  return { name: given, namespace: typeof namespace === 'string' ? namespace : undefined }
}

export const specOf = (resource: unknown): unknown => (isJson(resource) ? resource['spec'] : undefined)

/** A canary tells whether the operator is alive; it is never deployed, so nothing about it can be wrong. */
export const isCanary = (resource: unknown): boolean => {
  const metadata = isJson(resource) ? resource['metadata'] : undefined
  const labels = isJson(metadata) && isJson(metadata['labels']) ? metadata['labels'] : {}
  const label = labels['flink.apache.org/canary']
  return label === true || (typeof label === 'string' && label.toLowerCase() === 'true')
}

/** Members that could not be read, as problems. */
export const unreadableProblems = (unreadable: readonly Unreadable[], resource: unknown): Problem[] =>
  unreadable.map(({ path, expected }) => {
    const value = valueAt(resource, path)
    const words = expected.startsWith('one of ') ? expected.slice('one of '.length).split(', ') : []
    const near = typeof value === 'string' ? nearest(value, words, 2) : undefined
    const isConfiguration = path.endsWith('.flinkConfiguration')
    return error(
      path,
      'FIELD_UNREADABLE',
      `${path} is ${shownValue(value)}, and ${expected} is needed.`,
      isConfiguration
        ? 'Write the options as keys below flinkConfiguration, such as taskmanager.numberOfTaskSlots: "2".'
        : near !== undefined
          ? `Did you mean ${near}?`
          : `Write ${expected}, or remove the field.`,
    )
  })

/**
 * The problems that stand on their own: nothing about a member that was left out because it could not be read, and no warning about
 * what an error says already.
 */
export const withoutFollowUps = (problems: readonly Problem[], unreadable: readonly Unreadable[]): Problem[] => {
  const errors = new Set(
    problems.filter(({ severity }) => severity === 'error').map(({ path, code }) => `${code} ${path}`),
  )
  return problems.filter(
    ({ path, code, severity }) =>
      !unreadable.some(
        (one) => path === one.path || path.startsWith(`${one.path}.`) || one.path.startsWith(`${path}.`),
      ) &&
      (severity === 'error' || !errors.has(`${code} ${path}`)),
  )
}

const recordOf = <K extends 'FlinkDeployment' | 'FlinkSessionJob'>(kind: K, resource: unknown, old: unknown) => {
  const own = lookAtRecord(kind, recordedText(resource))
  return own.found === 'nothing' ? lookAtRecord(kind, recordedText(old)) : own
}

const recordedText = (resource: unknown): string | undefined => {
  const status = isJson(resource) && isJson(resource['status']) ? resource['status'] : {}
  const bookkeeping = isJson(status['reconciliationStatus']) ? status['reconciliationStatus'] : {}
  const text = bookkeeping['lastReconciledSpec']
  return typeof text === 'string' ? text : undefined
}

const specBefore = <Spec>(record: RecordLook<Spec>, old: unknown, layout: Layout): Spec | undefined => {
  if (record.found === 'spec') return record.record.spec
  return record.found === 'nothing' && isJson(old) ? readSpec<Spec>(specOf(old), layout).spec : undefined
}

const valueAt = (resource: unknown, path: string): unknown =>
  path.split('.').reduce<unknown>((value, name) => (isJson(value) ? (value as Json)[name] : undefined), resource)

/** A value in a sentence; an object that came from outside may not even turn into text. */
export const shownValue = (value: unknown): string => {
  if (Array.isArray(value)) return 'a list'
  if (value !== null && typeof value === 'object') return 'an object'
  return typeof value === 'string' ? JSON.stringify(value.slice(0, 60)) : String(value)
}

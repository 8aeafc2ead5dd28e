/** The recorded cases: what upstream's operator made of a resource, and what we make of it, as comparable leaves. */
import { readdirSync, readFileSync } from 'node:fs'
import type { KubeObject } from '@drey/reconcile'
import { parse } from 'yaml'
import {
  effectiveConfig,
  operatorSideOf,
  readOperatorConfig,
  renderCluster,
  valuesOf,
  type ClusterResource,
  type Rendering,
} from '../../src/index.ts'
import { isAllowed, validateResource } from '../../src/validate/index.ts'

export interface RecordedCase {
  name: string
  what: string
  /** name of the operator's configuration directory */
  operator: string
  /** `DEPLOYED`, `error`, `no status` … */
  outcome: string
  error?: string
  resource: ClusterResource
  /** as sent to the API server, in order */
  objects: KubeObject[]
}

const fixtures = new URL('./fixtures/', import.meta.url)

// The fifteen module flags of the chart's defaults stand in nearly every file.
const MODULE_FLAGS = [
  ...['java.base/sun.net.util', 'java.rmi/sun.rmi.registry', 'java.security.jgss/sun.security.krb5'].map(
    (name) => `--add-exports=${name}`,
  ),
  ...[
    'lang',
    'net',
    'io',
    'nio',
    'sun.nio.ch',
    'lang.reflect',
    'text',
    'time',
    'util',
    'util.concurrent',
    'util.concurrent.atomic',
    'util.concurrent.locks',
  ].map((name) => `--add-opens=java.base/${name.startsWith('sun') ? name : `java.${name}`}`),
]
  .map((flag) => `${flag}=ALL-UNNAMED`)
  .join(' ')

export const recordedCases = (): RecordedCase[] =>
  readdirSync(new URL('recorded/', fixtures))
    .sort()
    .map((file) => ({
      name: file.replace(/\.yaml$/, ''),
      ...(parse(
        readFileSync(new URL(`recorded/${file}`, fixtures), 'utf8').replaceAll('<MODULE_FLAGS>', MODULE_FLAGS),
        { maxAliasCount: -1 },
      ) as Omit<RecordedCase, 'name'>),
    }))

/** The files of a recorded operator configuration. */
export const operatorFiles = (name: string): Record<string, string> => {
  const directory = new URL(`operator/${name}/`, fixtures)
  return Object.fromEntries(
    readdirSync(directory).map((file) => [file, readFileSync(new URL(file, directory), 'utf8')]),
  )
}

/** Renders a resource as the operator with that configuration would for a first deployment. */
export const renderWith = (operator: string, resource: ClusterResource): Rendering => {
  const files = operatorFiles(operator)
  const operatorConfig = readOperatorConfig(files)
  const { metadata, spec } = resource
  const savepointPath = spec.job?.initialSavepointPath
  return renderCluster({
    resource,
    config: Object.fromEntries(
      valuesOf(
        effectiveConfig(operatorConfig, {
          namespace: metadata.namespace,
          flinkVersion: spec.flinkVersion,
          flinkConfiguration: spec.flinkConfiguration,
        }),
      ),
    ),
    operator: {
      ...operatorSideOf(files, operatorConfig),
      kubernetesVersion: '1.33',
      // the client version of the recorded build
      defaultImage: 'apache/flink:1.20.0-scala_2.12',
    },
    restore: { jobId: '<JOB_ID>', deploymentId: '<UID>', ...(savepointPath ? { savepointPath } : {}) },
    deploymentUid: '<UID>',
  })
}

/** Every leaf of every object, by path; configuration files opened, namespaces that go without saying left out. */
export const leavesOf = (objects: readonly KubeObject[], namespace: string): Map<string, unknown> => {
  const leaves = new Map<string, unknown>()
  leaves.set('(order)', objects.map((object) => `${object.kind}/${object.metadata.name}`).join(' '))
  for (const object of objects) {
    const { namespace: own, ...metadata } = object.metadata
    addLeaves(
      leaves,
      `${object.kind}/${object.metadata.name}`,
      opened({ ...object, metadata: own === namespace || own === undefined ? metadata : object.metadata }),
    )
  }
  return leaves
}

const opened = (object: KubeObject): unknown => {
  if (object.kind !== 'ConfigMap' || !object['data']) return object
  return {
    ...object,
    data: Object.fromEntries(
      Object.entries(object['data'] as Record<string, string>).map(([file, text]) => [
        file,
        file === 'flink-conf.yaml' ? linesOf(text) : file.endsWith('.yaml') ? parse(text, { version: '1.2' }) : text,
      ]),
    ),
  }
}

const linesOf = (text: string): Record<string, string> =>
  Object.fromEntries(
    text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => {
        const at = line.indexOf(': ')
        return at < 0 ? [line, ''] : [line.slice(0, at), unordered(line.slice(0, at), line.slice(at + 2))]
      }),
  )

const addLeaves = (into: Map<string, unknown>, path: string, value: unknown): void => {
  if (typeof value === 'object' && value !== null && Object.keys(value).length > 0)
    for (const [key, inner] of Object.entries(value))
      addLeaves(into, Array.isArray(value) ? `${path}[${key}]` : `${path} ${key}`, inner)
  else into.set(path, typeof value === 'string' ? unordered(path, value) : value)
}

/** Map-valued settings have no order. */
const unordered = (key: string, value: string): string =>
  /owner.reference$|annotations$|labels$/.test(key.replaceAll(' ', '.')) && !key.includes('metadata ')
    ? value
        .split(/[[\]{},]\s*/)
        .filter(Boolean)
        .sort()
        .join(',')
    : value

export interface Difference {
  path: string
  recorded: unknown
  ours: unknown
}

export const differencesOf = (recorded: Map<string, unknown>, ours: Map<string, unknown>): Difference[] =>
  [...new Set([...recorded.keys(), ...ours.keys()])]
    .filter((path) => !same(recorded.get(path), ours.get(path)))
    .map((path) => ({ path, recorded: recorded.get(path), ours: ours.get(path) }))

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b)

// Recorded is the innermost of upstream's nested messages.
const sameError = (recorded: string | undefined, ours: string): Difference[] =>
  recorded !== undefined && ours.endsWith(recorded) ? [] : [{ path: '(error)', recorded, ours }]

/** What one case gives: differences by path; `(outcome)` where one side made objects and the other did not. */
export const compare = (recorded: RecordedCase): Difference[] => {
  const child = recorded.objects.find((object) => object.kind === 'FlinkDeployment')
  const resource = (child ?? recorded.resource) as ClusterResource
  const objects = recorded.objects.filter((object) => object.kind !== 'FlinkDeployment')
  if (resource.kind !== 'FlinkDeployment')
    return objects.length === 0 ? [] : [{ path: '(outcome)', recorded: 'objects', ours: 'none' }]
  const operator = readOperatorConfig(operatorFiles(recorded.operator))
  if (!isAllowed(validateResource(resource, { operator })))
    return objects.length === 0 ? [] : [{ path: '(outcome)', recorded: 'objects', ours: 'refused by validation' }]
  const ours = renderWith(recorded.operator, {
    ...resource,
    metadata: { generation: 1, ...resource.metadata, uid: '<UID>' },
  })
  if (!ours.ok)
    return objects.length === 0
      ? sameError(recorded.error, ours.problem.message)
      : [{ path: '(outcome)', recorded: 'objects', ours: `${ours.problem.code}: ${ours.problem.message}` }]
  const namespace = resource.metadata.namespace ?? ''
  if (objects.length === 0)
    return [{ path: '(outcome)', recorded: recorded.error ?? recorded.outcome, ours: 'objects' }]
  return differencesOf(leavesOf(objects, namespace), leavesOf(ours.objects, namespace))
}

/** `drey explain-config`: the effective Flink configuration of a resource, and which layer set each key. */
import {
  builtIn,
  clusterConfig,
  effectiveConfig,
  over,
  readSpec,
  deploymentLayout,
  sessionJobConfig,
  sessionJobLayout,
  shown,
  stack,
  valuesOf,
  type ClusterSpec,
  type LayeredConf,
  type Setting,
} from '@drey/core'
import type { FlinkDeploymentSpec, FlinkSessionJobSpec } from '@drey/api'
import { command, exit, Problem } from '../command.ts'
import { readDocuments, type Document } from '../documents.ts'
import { nothingIn } from '../manifests.ts'
import { lookIn, operatorAt, type Operator } from '../offline/world.ts'

export const explainConfig = command({
  name: 'explain-config',
  group: 'Prepare',
  summary: 'Print the effective Flink configuration of a resource and what set each key.',
  flags: {
    filename: { short: 'f', type: 'list', value: 'FILE', summary: 'manifests: files, folders or - for standard input' },
    operatorConfig: { type: 'text', value: 'DIR', summary: "the operator's configuration directory, as it is mounted" },
    resources: { type: 'list', value: 'FILE', summary: 'session clusters of session jobs' },
    namespace: {
      short: 'n',
      type: 'text',
      value: 'NAME',
      summary: 'namespace of manifests that name none',
      default: 'default',
    },
    defaults: { type: 'boolean', summary: 'print options of the operator that nobody set, too' },
    showSecrets: { type: 'boolean', summary: 'print values of keys that look secret' },
    output: {
      short: 'o',
      type: 'text',
      value: 'FORMAT',
      summary: 'text, or json: one line per resource',
      choices: ['text', 'json'],
      default: 'text',
    },
  },
  effect: 'read',
  examples: [
    'drey explain-config -f orders.yaml',
    'drey explain-config -f orders.yaml --operator-config ./conf --output json',
  ],
  run: async ({ flags, cwd, stdout, stderr }) => {
    const files = (flags['filename'] ?? []) as readonly string[]
    if (files.length === 0)
      throw new Problem('FILE_MISSING', 'There is nothing to explain.', {
        fix: 'drey explain-config -f FILE',
        exitCode: exit.usage,
      })
    const namespace = String(flags['namespace'] ?? 'default')
    const documents = await readDocuments(files, cwd)
    if (documents.length === 0) throw nothingIn(files)
    const others = await readDocuments((flags['resources'] ?? []) as readonly string[], cwd)
    const desk: Desk = {
      ...operatorAt({ flags, cwd }),
      find: lookIn([...others, ...documents], namespace),
      namespace,
    }
    for (const warning of desk.config.warnings) stderr(`warning: operator configuration: ${warning}\n`)
    const explained = documents
      .flatMap((document) => explain(document, desk, stderr))
      .map((one) => (flags['defaults'] === true ? withDefaults(one) : one))
    for (const one of explained)
      stdout(
        flags['output'] === 'json'
          ? asJson(one, flags['showSecrets'] === true)
          : asText(one, flags['showSecrets'] === true),
      )
    return explained.length === 0 ? exit.no : exit.ok
  },
})

interface Desk extends Operator {
  find: ReturnType<typeof lookIn>
  namespace: string
}

interface Explained {
  kind: string
  name: string
  settings: LayeredConf
}

type Resource = { kind?: string; metadata?: { name?: string; namespace?: string }; spec?: unknown }

const explain = ({ value, file }: Document, desk: Desk, stderr: (text: string) => void): Explained[] => {
  const resource = resourceIn(value)
  const named = { kind: resource.kind ?? '', name: resource.metadata?.name ?? '' }
  const explained = explainers.get(named.kind)?.(resource, desk)
  if (explained === undefined) {
    stderr(`skipped: ${file}: a ${named.kind || 'document without a kind'} has no Flink configuration\n`)
    return []
  }
  if (explained.warning) stderr(`warning: ${file}: ${named.name}: ${explained.warning}\n`)
  return [{ ...named, settings: explained.settings }]
}

/** A document as a resource: what should be text is, or is not there. */
const resourceIn = (document: unknown): Resource => {
  const { kind, metadata, spec } = (document ?? {}) as { kind?: unknown; metadata?: unknown; spec?: unknown }
  const { name, namespace } = (metadata ?? {}) as { name?: unknown; namespace?: unknown }
  const text = <K extends string>(key: K, given: unknown): { [key in K]?: string } =>
    typeof given === 'string' ? ({ [key]: given } as { [key in K]?: string }) : {}
  return { ...text('kind', kind), metadata: { ...text('name', name), ...text('namespace', namespace) }, spec }
}

/** Every option that nobody set, below all that somebody did. */
const withDefaults = (explained: Explained): Explained => ({
  ...explained,
  settings: new Map([...stack(builtIn), ...explained.settings]),
})

interface Outcome {
  settings: LayeredConf
  warning?: string
}

/** The child that is created first; the other differs in its name only. */
const ofBlueGreen = (resource: Resource, desk: Desk): Outcome => {
  const { template } = (resource.spec ?? {}) as { template?: { spec?: unknown } }
  return ofDeployment(
    { metadata: { ...resource.metadata, name: `${resource.metadata?.name ?? ''}-blue` }, spec: template?.spec },
    desk,
  )
}

const ofDeployment = (resource: Resource, desk: Desk): Outcome => {
  const { spec } = readSpec<FlinkDeploymentSpec>(resource.spec, deploymentLayout)
  const namespace = resource.metadata?.namespace ?? desk.namespace
  const base = effectiveConfig(desk.config, { ...spec, namespace })
  const metadata = { ...resource.metadata, name: resource.metadata?.name ?? '', namespace }
  return derived(
    base,
    clusterConfig({
      resource: { metadata, spec: spec as ClusterSpec },
      config: Object.fromEntries(valuesOf(base)),
      operator: desk.side,
    }),
  )
}

const ofSessionJob = (resource: Resource, desk: Desk): Outcome => {
  const { spec } = readSpec<FlinkSessionJobSpec>(resource.spec, sessionJobLayout)
  const namespace = resource.metadata?.namespace ?? desk.namespace
  const known = desk.find('FlinkDeployment', namespace, spec.deploymentName ?? '')
  const found = known === undefined ? undefined : resourceIn(known)
  const cluster = readSpec<FlinkDeploymentSpec>(found?.spec, deploymentLayout).spec
  const base = effectiveConfig(desk.config, {
    namespace,
    flinkVersion: cluster.flinkVersion,
    flinkConfiguration: spec.flinkConfiguration,
    cluster: { name: spec.deploymentName ?? '', flinkConfiguration: cluster.flinkConfiguration },
  })
  if (!found || !spec.job)
    return {
      settings: base,
      warning: found ? 'it has no job' : `its session cluster ${spec.deploymentName ?? ''} was not given (--resources)`,
    }
  const metadata = { ...found.metadata, name: found.metadata?.name ?? '', namespace }
  return derived(
    base,
    sessionJobConfig({
      resource: { metadata, spec: cluster as ClusterSpec },
      config: Object.fromEntries(valuesOf(base)),
      operator: desk.side,
      name: resource.metadata?.name ?? '',
      job: spec.job as never,
    }),
  )
}

const explainers: ReadonlyMap<string, (resource: Resource, desk: Desk) => Outcome> = new Map([
  ['FlinkDeployment', ofDeployment],
  ['FlinkSessionJob', ofSessionJob],
  ['FlinkBlueGreenDeployment', ofBlueGreen],
])

/** What typed fields of the spec add, on top; keys they take away stay with the operator and are not sent. */
const derived = (base: LayeredConf, result: ReturnType<typeof clusterConfig>): Outcome => {
  if (!result.ok) return { settings: base, warning: `${result.problem.message} ${result.problem.fix}` }
  const { config, setBy } = result.value
  const layers = Object.entries(setBy).map(([key, from]) => ({
    name: 'derived' as const,
    from,
    entries: [[key, config[key] ?? '']] as [string, string][],
  }))
  return { settings: over(base, ...layers) }
}

const sorted = ({ settings }: Explained): [string, Setting][] => [...settings].toSorted(([a], [b]) => (a < b ? -1 : 1))
const valueOf = (key: string, value: string, secrets: boolean): string => (secrets ? value : shown(key, value))
const layerText = ({ layer, from }: Setting): string => (from === undefined ? layer : `${layer} ${from}`)

const onOneLine = (text: string): string => text.replaceAll('\n', '\\n')

const asText = (explained: Explained, secrets: boolean): string =>
  `# ${explained.kind} ${explained.name}\n` +
  sorted(explained)
    .map(([key, setting]) => {
      const covered = coveredBy(setting).map(
        (one) => `${layerText(one)}: ${onOneLine(valueOf(key, one.value, secrets))}`,
      )
      return `${key} = ${onOneLine(valueOf(key, setting.value, secrets))}  ${layerText(setting)}${covered.length === 0 ? '' : ` (over ${covered.join(', ')})`}\n`
    })
    .join('')

const asJson = (explained: Explained, secrets: boolean): string =>
  `${JSON.stringify({
    kind: explained.kind,
    name: explained.name,
    settings: sorted(explained).map(([key, setting]) => {
      const entry = ({ value, layer, from }: Setting) => ({
        value: valueOf(key, value, secrets),
        layer,
        ...(from === undefined ? {} : { from }),
      })
      const covered = coveredBy(setting)
      return { key, ...entry(setting), ...(covered.length === 0 ? {} : { over: covered.map(entry) }) }
    }),
  })}\n`

/** The covered settings, nearest first. */
const coveredBy = ({ over: covered }: Setting): Setting[] =>
  covered === undefined ? [] : [covered, ...coveredBy(covered)]

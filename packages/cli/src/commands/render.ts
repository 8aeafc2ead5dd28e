/** `drey render`: the Kubernetes objects that the operator would create for a FlinkDeployment, without a cluster. */
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import {
  effectiveConfig,
  idFor,
  noOperatorConfig,
  operatorSideOf,
  problemText,
  readOperatorConfig,
  renderCluster,
  validateResource,
  valuesOf,
  type ClusterResource,
  type OperatorConfig,
  type OperatorSide,
} from '@drey/core'
import type { KubeObject } from '@drey/reconcile'
import { parseAllDocuments, stringify } from 'yaml'
import { command, exit, Problem, type Context } from '../command.ts'

export const render = command({
  name: 'render',
  group: 'Prepare',
  summary: 'Print the Kubernetes objects that a FlinkDeployment becomes.',
  flags: {
    filename: { short: 'f', type: 'list', value: 'FILE', summary: 'manifests to render; - reads standard input' },
    operatorConfig: {
      type: 'text',
      value: 'DIR',
      summary: "the operator's configuration directory (flink-conf.yaml or config.yaml, log files)",
    },
    namespace: {
      short: 'n',
      type: 'text',
      value: 'NAME',
      summary: 'namespace of manifests that name none',
      default: 'default',
    },
    kubernetesVersion: { type: 'text', value: 'VERSION', summary: 'version of the cluster, such as 1.33' },
    fromSavepoint: { type: 'text', value: 'PATH', summary: 'render a start from this savepoint' },
    output: {
      short: 'o',
      type: 'text',
      value: 'FORMAT',
      summary: 'yaml or json',
      choices: ['yaml', 'json'],
      default: 'yaml',
    },
  },
  effect: 'read',
  examples: ['drey render -f orders.yaml', 'drey render -f orders.yaml --operator-config ./conf --output json'],
  run: (context) => {
    const files = (context.flags['filename'] ?? []) as readonly string[]
    if (files.length === 0)
      throw new Problem('FILE_MISSING', 'There is no manifest to render.', {
        fix: 'drey render -f FILE',
        exitCode: exit.usage,
      })
    const operator = operatorAt(context)
    for (const warning of operator.config.warnings) context.stderr(`warning: ${warning}\n`)
    const objects = files.flatMap((file) =>
      manifestsOf(context, file).flatMap((manifest) => objectsOf(context, operator, manifest)),
    )
    context.stdout(
      context.flags['output'] === 'json'
        ? `${JSON.stringify(objects, undefined, 2)}\n`
        : objects.map((object) => stringify(object, { lineWidth: 0, aliasDuplicateObjects: false })).join('---\n'),
    )
    return exit.ok
  },
})

interface Operator {
  config: OperatorConfig
  side: OperatorSide
}

interface Manifest {
  /** for messages: the file, and which document of it */
  where: string
  object: unknown
}

const objectsOf = ({ flags, stderr }: Context, operator: Operator, { where, object }: Manifest): KubeObject[] => {
  const { kind, metadata, spec } = object as Partial<ClusterResource>
  if (kind !== 'FlinkDeployment') {
    stderr(`skipped: ${where} is a ${kind ?? 'document without a kind'}, which becomes no objects of its own\n`)
    return []
  }
  if (!metadata?.name || !spec)
    throw new Problem('MANIFEST_INCOMPLETE', 'A FlinkDeployment needs metadata.name and spec.', {
      where,
      exitCode: exit.usage,
    })
  refuseInvalid({ stderr }, operator.config, where, object)
  const namespace = metadata.namespace ?? String(flags['namespace'])
  const savepointPath = flags['fromSavepoint'] ?? spec.job?.initialSavepointPath
  const resource: ClusterResource = {
    ...(object as ClusterResource),
    // What only a live resource knows; the names of the stand-ins say so.
    metadata: { uid: '<uid of the FlinkDeployment>', generation: 1, ...metadata, namespace },
    spec,
  }
  const scope = { namespace, flinkVersion: spec.flinkVersion, flinkConfiguration: spec.flinkConfiguration }
  const rendering = renderCluster({
    resource,
    config: Object.fromEntries(valuesOf(effectiveConfig(operator.config, scope))),
    operator: operator.side,
    restore: {
      jobId: idFor(namespace, metadata.name, 'render'),
      ...(typeof savepointPath === 'string' && savepointPath !== '' ? { savepointPath } : {}),
    },
  })
  if (!rendering.ok)
    throw new Problem(rendering.problem.code, rendering.problem.message, {
      where,
      fix: rendering.problem.fix,
      exitCode: exit.refused,
    })
  for (const note of rendering.notes) stderr(`warning: ${where}: ${note}\n`)
  return rendering.objects
}

/** The operator would not render what validation refuses, so neither do we; all problems are told, the first one as the reason. */
const refuseInvalid = (
  { stderr }: Pick<Context, 'stderr'>,
  operator: OperatorConfig,
  where: string,
  resource: unknown,
): void => {
  const problems = validateResource(resource, { operator })
  const [first] = problems.filter(({ severity }) => severity === 'error')
  for (const problem of problems)
    if (problem !== first) stderr(`${problem.severity}: ${where}: ${problemText(problem)}\n`)
  if (first)
    throw new Problem(first.code, `${first.path}: ${first.message}`, { where, fix: first.fix, exitCode: exit.refused })
}

const operatorAt = ({ flags, cwd }: Context): Operator => {
  const kubernetesVersion = flags['kubernetesVersion']
  const more = typeof kubernetesVersion === 'string' ? { kubernetesVersion } : {}
  if (typeof flags['operatorConfig'] !== 'string') return { config: noOperatorConfig, side: more }
  const directory = resolve(cwd, flags['operatorConfig'])
  const files = reading(directory, () =>
    Object.fromEntries(
      readdirSync(directory)
        .filter((name) => statSync(join(directory, name)).isFile())
        .map((name) => [name, readFileSync(join(directory, name), 'utf8')]),
    ),
  )
  const config = readOperatorConfig(files)
  return { config, side: { ...operatorSideOf(files, config), ...more } }
}

const manifestsOf = ({ cwd }: Context, file: string): Manifest[] => {
  const path = file === '-' ? 0 : resolve(cwd, file)
  const text = reading(file, () => readFileSync(path, 'utf8'))
  const name = file === '-' ? 'standard input' : basename(file)
  const documents = parseAllDocuments(text)
  return [...documents].flatMap((document, i) => {
    const where = documents.length > 1 ? `${name}, document ${i + 1}` : name
    const [error] = document.errors
    if (error)
      throw new Problem('YAML_INVALID', error.message.split('\n')[0] ?? error.message, { where, exitCode: exit.usage })
    const object = document.toJS({ maxAliasCount: 100 }) as unknown
    return object === null || object === undefined ? [] : [{ where, object }]
  })
}

const reading = <T>(what: string, read: () => T): T => {
  try {
    return read()
  } catch (error) {
    throw new Problem('FILE_UNREADABLE', `${what} cannot be read: ${(error as Error).message}`, {
      exitCode: exit.notFound,
    })
  }
}

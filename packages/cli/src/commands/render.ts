/** `drey render`: the Kubernetes objects that the operator would create for a FlinkDeployment, without a cluster. */
import {
  effectiveConfig,
  idFor,
  problemText,
  renderCluster,
  validateResource,
  valuesOf,
  type ClusterResource,
  type OperatorConfig,
} from '@drey/core'
import type { KubeObject } from '@drey/reconcile'
import { stringify } from 'yaml'
import { command, exit, Problem, type Context } from '../command.ts'
import { readDocuments, type Document } from '../documents.ts'
import { nothingIn } from '../manifests.ts'
import { operatorAt, type Operator } from '../offline/world.ts'

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
  run: async (context) => {
    const files = (context.flags['filename'] ?? []) as readonly string[]
    if (files.length === 0)
      throw new Problem('FILE_MISSING', 'There is no manifest to render.', {
        fix: 'drey render -f FILE',
        exitCode: exit.usage,
      })
    const { kubernetesVersion } = context.flags
    const { config, side } = operatorAt(context)
    const operator: Operator = {
      config,
      side: typeof kubernetesVersion === 'string' ? { ...side, kubernetesVersion } : side,
    }
    for (const warning of operator.config.warnings) context.stderr(`warning: ${warning}\n`)
    const documents = await readDocuments(files, context.cwd)
    if (documents.length === 0) throw nothingIn(files)
    const objects = documents.flatMap((document) => objectsOf(context, operator, document))
    context.stdout(
      context.flags['output'] === 'json'
        ? `${JSON.stringify(objects, undefined, 2)}\n`
        : objects.map((object) => stringify(object, { lineWidth: 0, aliasDuplicateObjects: false })).join('---\n'),
    )
    return exit.ok
  },
})

const objectsOf = ({ flags, stderr }: Context, operator: Operator, document: Document): KubeObject[] => {
  const { value: object } = document
  const { line } = document.positionOf('')
  const where = `${document.file}:${line}`
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

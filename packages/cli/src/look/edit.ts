/** What an object would be after an edit: a manifest applied to it, or single fields set. */
import { definitionOfKind, objectSchema } from '@drey/api'
import { apiVersionOf, KubeError, pathOf, type KubeObject, type ResourceType } from '@drey/reconcile'
import { prune, withDefaults } from '@drey/schema'
import { parse } from 'yaml'
import { exit, Problem } from '../command.ts'
import type { Target } from '../target.ts'

type Json = Record<string, unknown>
const isJson = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value)

const lastApplied = 'kubectl.kubernetes.io/last-applied-configuration'

/**
 * As `kubectl apply` would leave it where that made the object, else as `drey apply` would, asked of the server itself; whoever may
 * not ask gets the manifest's spec as it stands.
 */
export const applied = async (
  target: Target,
  type: ResourceType,
  manifest: KubeObject,
  before: KubeObject | undefined,
): Promise<{ object: KubeObject; assumed?: string }> => {
  if (before === undefined)
    return { object: stored(type, { ...manifest, metadata: { ...manifest.metadata, generation: 1 } }) }
  const last = parsed(before.metadata.annotations?.[lastApplied])
  if (last) return { object: edited(type, before, mergedSpec(last['spec'], manifest['spec'], before['spec'])) }
  try {
    const { name, namespace } = before.metadata
    const object = await target.client.send<KubeObject>({
      method: 'PATCH',
      path: pathOf(type, { namespace, name }),
      query: { dryRun: 'All', fieldManager: 'drey-cli', force: 'true' },
      contentType: 'application/apply-patch+yaml',
      body: manifest,
    })
    return { object: edited(type, before, object['spec']) }
  } catch (error) {
    if (!(error instanceof KubeError)) throw error
    // A refusal is told with its place by the rules; a missing right is no reason not to plan.
    return {
      object: edited(type, before, manifest['spec']),
      ...(error.code === 403
        ? { assumed: 'no right to try it on the server: the spec of the manifest is taken as it stands' }
        : {}),
    }
  }
}

/** `--set spec.job.parallelism=16`, `--config KEY=VALUE`; `null` takes a field away. */
export const withFields = (
  type: ResourceType,
  before: KubeObject,
  sets: readonly string[],
  configs: readonly string[],
): KubeObject => {
  const spec = structuredClone(before['spec'] ?? {}) as Json
  for (const set of sets) {
    const [path, value] = pairOf(set, '--set')
    const steps = path.replace(/^\.?spec\./, '').split('.')
    put(spec, steps, scalar(value, set), path)
  }
  for (const config of configs) {
    const [key, value] = pairOf(config, '--config')
    const flat = (spec['flinkConfiguration'] ??= {}) as Json
    if (value === 'null') delete flat[key]
    else flat[key] = value
  }
  return edited(type, before, spec)
}

const pairOf = (text: string, flag: string): [string, string] => {
  const at = text.indexOf('=')
  if (at > 0) return [text.slice(0, at).trim(), text.slice(at + 1)]
  throw new Problem('USAGE', `${flag} ${text} has no value.`, {
    fix: flag === '--set' ? '--set spec.job.parallelism=16' : '--config taskmanager.numberOfTaskSlots=2',
    exitCode: exit.usage,
  })
}

const scalar = (text: string, whole: string): unknown => {
  try {
    return parse(text) as unknown
  } catch (error) {
    throw new Problem('USAGE', `--set ${whole} has a value that cannot be read.`, {
      cause: (error as Error).message.split('\n', 1)[0] ?? '',
      fix: 'a number, true, false, a text, or JSON',
      exitCode: exit.usage,
    })
  }
}

const put = (spec: Json, steps: readonly string[], value: unknown, path: string): void => {
  let at = spec
  for (const step of steps.slice(0, -1)) {
    const below = (at[step] ??= {})
    if (!isJson(below))
      throw new Problem('USAGE', `--set ${path}: ${step} is no object.`, {
        fix: 'edit the manifest instead, and plan with -f',
        exitCode: exit.usage,
      })
    at = below
  }
  const last = steps.at(-1) ?? ''
  if (value === null) delete at[last]
  else at[last] = value
}

/** The object with another spec; a changed one has another generation. */
const edited = (type: ResourceType, before: KubeObject, spec: unknown): KubeObject => {
  const next = stored(type, { ...before, spec })
  const same = canonical(next['spec']) === canonical(stored(type, before)['spec'])
  const generation = before.metadata.generation ?? 1
  return { ...next, metadata: { ...next.metadata, generation: same ? generation : generation + 1 } }
}

/** Unknown fields gone, defaults filled in, as the API server stores it. */
const stored = (type: ResourceType, object: KubeObject): KubeObject => {
  const definition = definitionOfKind(type.kind)
  const named = { ...object, apiVersion: apiVersionOf(type), kind: type.kind }
  if (definition === undefined) return named
  const schema = objectSchema(definition)
  const { status: _, metadata: __, ...rest } = named as KubeObject & { status?: unknown }
  const clean = withDefaults(schema, prune(schema, rest).value) as KubeObject
  return { ...named, ...clean, ...('status' in named ? { status: named['status'] } : {}), metadata: object.metadata }
}

/** A three-way merge as kubectl makes it for custom resources: maps by key, lists as a whole. */
const mergedSpec = (last: unknown, now: unknown, live: unknown): unknown => {
  if (!isJson(now)) return now ?? live
  const before = isJson(last) ? last : {}
  const result: Json = isJson(live) ? { ...live } : {}
  for (const key of Object.keys(before)) if (!(key in now)) delete result[key]
  for (const [key, value] of Object.entries(now)) {
    if (value === null) delete result[key]
    else result[key] = isJson(value) ? mergedSpec(before[key], value, result[key]) : value
  }
  return result
}

const parsed = (text: string | undefined): Json | undefined => {
  try {
    const value = JSON.parse(text ?? '') as unknown
    return isJson(value) ? value : undefined
  } catch {
    return undefined
  }
}

const canonical = (value: unknown): string =>
  JSON.stringify(value ?? null, (_, one: unknown) =>
    isJson(one) ? Object.fromEntries(Object.entries(one).toSorted(([a], [b]) => (a < b ? -1 : 1))) : one,
  )

/** The whole judgement of a document: by the CRD, as the API server would, and by the operator's rules. */
import { definitionOfKind, nearest, objectSchema } from '@drey/api'
import { isAllowed, lookAtRecord, validateResource, type Problem, type ValidationContext } from '@drey/core'
import { prune, validate as validateSchema, withDefaults, type Problem as SchemaProblem } from '@drey/schema'
import { metadataFields, metadataProblems } from './metadata.ts'

export interface Judgement {
  /** false: no Flink resource, so nothing was looked at */
  judged: boolean
  kind: string
  name: string
  allowed: boolean
  problems: readonly Problem[]
}

type Json = Record<string, any>

export const judge = (value: unknown, context: ValidationContext): Judgement => {
  const object = isJson(value) ? asStored(value, context.old) : {}
  const kind = typeof object['kind'] === 'string' ? object['kind'] : ''
  const problems = problemsOf(object, kind, context)
  return { judged: kind === '' || isOurs(object), kind, name: nameOf(object), allowed: isAllowed(problems), problems }
}

/**
 * A creation loses whatever stands in `status`; only where that is no status at all (a placeholder in a sample) does it matter, since
 * snapshots taken from a cluster are judged with theirs.
 */
const asStored = (object: Json, old: unknown): Json => {
  const recorded = object['status']?.['reconciliationStatus']?.['lastReconciledSpec']
  if (old !== undefined || typeof recorded !== 'string') return object
  const look = lookAtRecord('FlinkDeployment', recorded)
  return look.found === 'unreadable' ? { ...object, status: {} } : object
}

/** `metadata.name`, or what it will begin with. */
export const nameOf = (object: Json): string => {
  const { name, generateName } = isJson(object['metadata']) ? object['metadata'] : {}
  return typeof name === 'string' ? name : typeof generateName === 'string' ? generateName : ''
}

/** Namespaces, ConfigMaps and the like are none of our business. */
export const isOurs = (object: Json): boolean => {
  const apiVersion = textOf(object['apiVersion'])
  return (
    apiVersion.startsWith('flink.apache.org/') ||
    (apiVersion === '' && definitionOfKind(textOf(object['kind'])) !== undefined)
  )
}

const problemsOf = (object: Json, kind: string, context: ValidationContext): Problem[] => {
  if (kind === '')
    return [
      problem(
        'kind',
        'KIND_MISSING',
        'The document has no kind, so it is no Kubernetes object.',
        'Add apiVersion, kind and metadata.name.',
      ),
    ]
  const apiVersion = textOf(object['apiVersion'])
  if (!isOurs(object)) return []
  if (apiVersion !== 'flink.apache.org/v1beta1')
    return [
      problem('apiVersion', 'API_VERSION', `The apiVersion is "${apiVersion}".`, 'Write flink.apache.org/v1beta1.'),
    ]
  const bySchema = schemaProblems(object, kind, context.old)
  const byRules = withHints(validateResource(object, context), object, context)
  const byMetadata = metadataProblems(object)
  const told = new Set(byRules.filter(({ severity }) => severity === 'error').map(({ path }) => path))
  const unreadable = byRules.filter(({ code }) => code === 'FIELD_UNREADABLE').map(({ path }) => `${path}.`)
  return [
    ...byMetadata,
    // What both know is told once, by the rules, which know the way out.
    ...bySchema.filter(({ path }) => !told.has(path) && !unreadable.some((above) => path.startsWith(above))),
    ...byRules.filter(
      ({ path }) =>
        !path.startsWith('metadata.') ||
        !byMetadata.some((one) => path === one.path || path.startsWith(`${one.path}.`)),
    ),
  ]
}

/** Jars of this machine: a home takes them, the operator of a cluster never would. */
const withHints = (problems: Problem[], object: Json, context: ValidationContext): Problem[] => {
  const isRefused = problems.some(({ path, severity }) => path === 'spec.job.jarURI' && severity === 'error')
  if (!isRefused || context.loopbackJars) return problems
  const onHome = new Set(validateResource(object, { ...context, loopbackJars: true }).map(({ code }) => code))
  return problems.map((one) =>
    onHome.has(one.code) ? one : { ...one, fix: `${one.fix} A home takes it: add --name default to judge for one.` },
  )
}

const schemaProblems = (object: Json, kind: string, old: unknown): Problem[] => {
  const definition = definitionOfKind(kind)
  if (definition === undefined) return []
  const schema = objectSchema(definition)
  // Whoever writes a resource does not write its status: the API server passes over it.
  const { status: _, ...sent } = object
  const { value, unknown: dropped } = prune(schema, sent)
  const stored = withDefaults(schema, value)
  const before = isJson(old) ? { old: withDefaults(schema, prune(schema, old).value) } : {}
  const refused = validateSchema(schema, stored, { ...before, scale: definition.scale }).map(fromSchema)
  // What lies inside a value of the wrong type is not worth a word.
  const unknown = dropped.filter((path) => !refused.some((one) => path.startsWith(`${one.path}.`)))
  return [
    ...refused,
    ...unknown.map((path): Problem => {
      if (!path.includes('.'))
        return problem(
          path,
          'FIELD_UNKNOWN',
          `The manifest has an unknown field "${path}" beside spec.`,
          'Indent it below spec, or remove it.',
        )
      const near = nearest(path.split('.').at(-1) ?? '', siblingsOf(schema, path), 3)
      return {
        path,
        code: 'FIELD_UNKNOWN',
        message: `There is an unknown field "${path}": kubectl apply and server-side apply refuse it, from other requests it is dropped.`,
        fix: near === undefined ? 'Remove it, or check its place and spelling.' : `Did you mean ${near}?`,
        severity: 'warning',
      }
    }),
  ]
}

const fromSchema = ({ path, body, type }: SchemaProblem): Problem => {
  const at = path.replace(/^\./, '').replace(/^<nil>$/, 'spec')
  const [, found, expected] = /^Invalid value: "(\w+)": .* must be of type ([\w,]+)/.exec(body) ?? []
  const isType = type === 'FieldValueTypeInvalid' && found !== undefined && expected !== undefined
  return {
    path: at,
    code: 'SCHEMA',
    message: isType
      ? `${at} is of type ${found}, and ${expected.replaceAll(',', ' or ')} is needed; the API server refuses it.`
      : `The API server refuses it: ${sentence(body)}`,
    fix: isType
      ? (fixes[expected] ?? `Write ${expected.replaceAll(',', ' or ')}.`)
      : 'Write a value that the schema allows.',
    severity: 'error',
  }
}

const fixes: Readonly<Record<string, string>> = {
  string: 'Put the text into quotes.',
  integer: 'Write a whole number without quotes.',
  number: 'Write a number without quotes.',
  boolean: 'Write true or false without quotes.',
  array: 'Write a list: items that begin with a dash.',
  object: 'Write fields below it, or {} for none.',
}

const siblingsOf = (schema: { properties?: any; items?: any }, path: string): string[] => {
  if (path.startsWith('metadata.')) return metadataFields
  const parents = path
    .replaceAll(/\[\d+\]/g, '')
    .split('.')
    .slice(0, -1)
  const parent = parents.reduce<any>((at, name) => {
    const below = at?.properties?.[name]
    return below?.items ?? below
  }, schema)
  return Object.keys(parent?.properties ?? {})
}

const problem = (path: string, code: string, message: string, fix: string): Problem => ({
  path,
  code,
  message,
  fix,
  severity: 'error',
})
const textOf = (value: unknown): string => (typeof value === 'string' ? value : '')
const sentence = (text: string): string => (/[.!?]$/.test(text) ? text : `${text}.`)
const isJson = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value)

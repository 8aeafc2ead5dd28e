/** The whole judgement of a document: by the CRD, as the API server would, and by the operator's rules. */
import { definitionOfKind, nearest, objectSchema } from '@drey/api'
import { isAllowed, validateResource, type Problem, type ValidationContext } from '@drey/core'
import {
  nameProblems,
  prune,
  validate as validateSchema,
  withDefaults,
  type Problem as SchemaProblem,
} from '@drey/schema'

export interface Judgement {
  kind: string
  name: string
  allowed: boolean
  problems: readonly Problem[]
}

type Json = Record<string, any>

export const judge = (value: unknown, context: ValidationContext): Judgement => {
  const object = isJson(value) ? value : {}
  const kind = typeof object['kind'] === 'string' ? object['kind'] : ''
  const problems = problemsOf(object, kind, context)
  return { kind, name: nameOf(object), allowed: isAllowed(problems), problems }
}

/** `metadata.name`, or what it will begin with. */
export const nameOf = (object: Json): string => {
  const { name, generateName } = isJson(object['metadata']) ? object['metadata'] : {}
  return typeof name === 'string' ? name : typeof generateName === 'string' ? generateName : ''
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
  const apiVersion = String(object['apiVersion'] ?? '')
  // Namespaces, ConfigMaps and the like are none of our business.
  if (!apiVersion.startsWith('flink.apache.org/') && !(apiVersion === '' && definitionOfKind(kind))) return []
  if (apiVersion !== 'flink.apache.org/v1beta1')
    return [
      problem('apiVersion', 'API_VERSION', `The apiVersion is "${apiVersion}".`, 'Write flink.apache.org/v1beta1.'),
    ]
  const bySchema = schemaProblems(object, kind, context.old)
  const byRules = validateResource(object, context)
  const told = new Set(byRules.filter(({ severity }) => severity === 'error').map(({ path }) => path))
  // What both know is told once, by the rules, which know the way out.
  return [...bySchema.filter(({ path }) => !told.has(path)), ...byRules]
}

const schemaProblems = (object: Json, kind: string, old: unknown): Problem[] => {
  const definition = definitionOfKind(kind)
  if (definition === undefined) return []
  const schema = objectSchema(definition)
  const { value, unknown } = prune(schema, object)
  const stored = withDefaults(schema, value)
  const before = isJson(old) ? { old: withDefaults(schema, prune(schema, old).value) } : {}
  const names =
    typeof object['metadata']?.['name'] === 'string' && kind !== 'FlinkDeployment'
      ? nameProblems(object['metadata']['name'])
      : []
  return [
    ...[...names, ...validateSchema(schema, stored, { ...before, scale: definition.scale })].map(fromSchema),
    ...unknown.map((path): Problem => {
      const near = nearest(path.split('.').at(-1) ?? '', siblingsOf(schema, path), 3)
      return {
        path,
        code: 'FIELD_UNKNOWN',
        message: `There is no field ${path}; it would be dropped.`,
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
      ? 'Write numbers and true or false without quotes, texts with them.'
      : 'Write a value that the schema allows.',
    severity: 'error',
  }
}

const siblingsOf = (schema: { properties?: any; items?: any }, path: string): string[] => {
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
const sentence = (text: string): string => (/[.!?]$/.test(text) ? text : `${text}.`)
const isJson = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value)

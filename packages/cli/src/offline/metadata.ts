/** What stands in `metadata`, judged as the API server judges it for every kind of object: types, names, labels, annotations. */
import { definitionOfKind } from '@drey/api'
import type { Problem } from '@drey/core'
import { nameProblems } from '@drey/schema'

type Json = Record<string, any>

/** What a person may write there. */
export const metadataFields = [
  'name',
  'generateName',
  'namespace',
  'labels',
  'annotations',
  'finalizers',
  'ownerReferences',
]

export const metadataProblems = (object: Json): Problem[] => {
  const metadata: unknown = object['metadata']
  if (metadata === undefined || metadata === null)
    return [problem('metadata.name', 'The resource has no name.', 'Add metadata with a name.')]
  if (!isJson(metadata)) return [typeProblem('metadata', metadata, 'fields such as name and namespace')]
  return [
    ...texts.flatMap((field) => textProblem(`metadata.${field}`, metadata[field])),
    ...nameOf(object, metadata),
    ...namespaceOf(metadata['namespace']),
    ...pairs('labels', metadata['labels'], labelProblem),
    ...pairs('annotations', metadata['annotations'], () => undefined),
    ...finalizersOf(metadata['finalizers']),
  ]
}

const texts = ['name', 'generateName', 'namespace']

const textProblem = (path: string, value: unknown): Problem[] =>
  value === undefined || value === null || typeof value === 'string' ? [] : [typeProblem(path, value, 'text')]

const nameOf = ({ kind }: Json, { name, generateName }: Json): Problem[] => {
  if (name === undefined || name === null || name === '')
    return typeof generateName === 'string' && generateName !== ''
      ? []
      : [problem('metadata.name', 'The resource has no name.', 'Set metadata.name.')]
  // FlinkDeployments have a stricter rule of their own, which tells more.
  if (typeof name !== 'string' || kind === 'FlinkDeployment' || definitionOfKind(kind) === undefined) return []
  return nameProblems(name).map(({ body }) =>
    problem('metadata.name', `The API server refuses it: ${body}.`, 'Choose a name such as my-name or abc-123.'),
  )
}

const namespaceOf = (namespace: unknown): Problem[] =>
  typeof namespace !== 'string' ||
  namespace === '' ||
  (/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(namespace) && namespace.length <= 63)
    ? []
    : [
        problem(
          'metadata.namespace',
          `No namespace can be called "${namespace}": it has at most 63 lower case letters, digits and "-".`,
          'Write the name of the namespace as kubectl get namespaces prints it.',
        ),
      ]

const NAME_PART = /^([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$/
const DNS_NAME = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/

const pairs = (field: string, value: unknown, valueProblem: (text: string) => string | undefined): Problem[] => {
  const path = `metadata.${field}`
  if (value === undefined || value === null) return []
  if (!isJson(value)) return [typeProblem(path, value, 'a map of texts')]
  return Object.entries(value).flatMap(([key, one]): Problem[] => {
    const at = `${path}.${key}`
    if (one === null) return []
    if (typeof one !== 'string') return [typeProblem(at, one, 'text')]
    const why = keyProblem(field === 'labels' ? key : key.toLowerCase()) ?? valueProblem(one)
    return why === undefined
      ? []
      : [problem(at, `${at} is not valid: ${why}.`, 'Use letters, digits, "-", "_" and ".".')]
  })
}

const keyProblem = (key: string): string | undefined => {
  const slash = key.indexOf('/')
  const [prefix, name] = slash < 0 ? [undefined, key] : [key.slice(0, slash), key.slice(slash + 1)]
  if (prefix !== undefined && (!DNS_NAME.test(prefix) || prefix.length > 253))
    return 'what stands before "/" must be a DNS name'
  return NAME_PART.test(name) && name.length <= 63
    ? undefined
    : 'a key has at most 63 letters, digits, "-", "_" and "." and begins and ends with a letter or digit'
}

const labelProblem = (value: string): string | undefined =>
  value === '' || (NAME_PART.test(value) && value.length <= 63)
    ? undefined
    : 'a label value has at most 63 letters, digits, "-", "_" and "." and begins and ends with a letter or digit'

const finalizersOf = (value: unknown): Problem[] =>
  value === undefined || value === null
    ? []
    : !Array.isArray(value)
      ? [typeProblem('metadata.finalizers', value, 'a list of texts')]
      : value.flatMap((one, index) => textProblem(`metadata.finalizers[${index}]`, one))

const typeProblem = (path: string, value: unknown, wanted: string): Problem =>
  problem(
    path,
    `${path} is ${shown(value)}, and ${wanted} is needed; the API server cannot read the manifest.`,
    wanted === 'text' ? 'Put it into quotes.' : `Write ${wanted}.`,
  )

const shown = (value: unknown): string =>
  Array.isArray(value) ? 'a list' : isJson(value) ? 'an object' : `the ${typeof value} ${String(value)}`

const problem = (path: string, message: string, fix: string): Problem => ({
  path,
  code: 'METADATA',
  message,
  fix,
  severity: 'error',
})

const isJson = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value)

/** What a client wants to read (Accept) and what it sent (Content-Type): chosen and decoded here, once. */
import { parseDocument } from 'yaml'
import { isProtobuf, decodeEnvelope } from './protobuf/envelope.ts'

/** The shape of an answer: the object itself, a Table, or metadata only. `type` is the media type on the wire. */
export interface Wanted {
  as: 'object' | 'table' | 'metadata'
  version: string
  type: 'application/json' | 'application/yaml'
}

const plain: Wanted = { as: 'object', version: 'v1', type: 'application/json' }

/**
 * The first entry of `accept` that we can serve; nothing: 406. Absent and wildcards mean JSON. Answers that are computed and
 * not stored (reviews) have no Table and no metadata: `plainOnly`.
 */
export const wantedOf = (accept: string | undefined, plainOnly = false): Wanted | undefined => {
  if (!accept || accept === 'application/json' || accept === '*/*') return plain
  for (const entry of parseAccept(accept)) {
    const type = entry.type === '*/*' || entry.type === 'application/*' ? 'application/json' : entry.type
    if (type !== 'application/json' && type !== 'application/yaml') continue
    const as = entry.params['as']
    if (!as) return { ...plain, type }
    if (plainOnly || entry.params['g'] !== 'meta.k8s.io') continue
    const version = entry.params['v'] ?? 'v1'
    if (version !== 'v1' && version !== 'v1beta1') continue
    if (as === 'Table') return { as: 'table', version, type }
    if (as === 'PartialObjectMetadata' || as === 'PartialObjectMetadataList') return { as: 'metadata', version, type }
  }
  return undefined
}

/** Media types in order of preference (`q`, then order of appearance), with their parameters. */
export const parseAccept = (accept: string): { type: string; params: Record<string, string> }[] =>
  accept
    .split(',')
    .map((text) => {
      const [type = '', ...rest] = text.split(';').map((part) => part.trim())
      return { type: type.toLowerCase(), params: Object.fromEntries(rest.map(parameter)) }
    })
    .map((entry, index) => ({ entry, index, q: Number(entry.params['q'] ?? 1) }))
    .sort((a, b) => b.q - a.q || a.index - b.index)
    .map(({ entry }) => entry)

const parameter = (text: string): [string, string] => {
  const at = text.indexOf('=')
  return at < 0 ? [text, ''] : [text.slice(0, at).trim(), text.slice(at + 1).trim()]
}

/** A body that cannot be read; becomes a 400, 413 or 415 Status. */
export class BodyError extends Error {
  readonly code: 400 | 413 | 415
  constructor(code: 400 | 413 | 415, message: string) {
    super(message)
    this.code = code
  }
}

export const acceptedRequestTypes = ['application/json', 'application/yaml', 'application/vnd.kubernetes.protobuf']

/**
 * The JSON value in a request body. Understands JSON, YAML and Kubernetes protobuf; patches are JSON (an apply patch may
 * be YAML). Returns nothing for an empty body.
 */
export const decodeBody = (bytes: Buffer, contentType: string): unknown => {
  if (!bytes.length) return undefined
  if (isProtobuf(bytes)) return decodeProtobuf(bytes)
  switch (contentType) {
    case 'application/json':
    case '':
    case 'application/json-patch+json':
    case 'application/merge-patch+json':
    case 'application/strategic-merge-patch+json':
      return parseJson(bytes)
    case 'application/yaml':
    case 'application/apply-patch+yaml':
    case 'application/x-yaml':
    case 'text/yaml':
      return parseJsonOrYaml(bytes)
    case 'application/vnd.kubernetes.protobuf':
      throw new BodyError(400, 'provided data does not appear to be a protobuf message')
    default:
      throw new BodyError(
        415,
        `the body of the request was in an unknown format - accepted media types include: ${acceptedRequestTypes.join(', ')}`,
      )
  }
}

const decodeProtobuf = (bytes: Buffer): unknown => {
  try {
    return decodeEnvelope(bytes)
  } catch (error) {
    throw new BodyError(400, (error as Error).message)
  }
}

const parseJson = (bytes: Buffer): unknown => {
  try {
    return withoutPrototypeKeys(bytes, JSON.parse(bytes.toString('utf8')))
  } catch (error) {
    throw new BodyError(400, `couldn't get version/kind; json parse error: ${(error as Error).message}`)
  }
}

/** Most YAML bodies are JSON; some only look like it (trailing commas). */
const parseJsonOrYaml = (bytes: Buffer): unknown => {
  if (bytes[0] === 0x7b) {
    try {
      return withoutPrototypeKeys(bytes, JSON.parse(bytes.toString('utf8')))
    } catch {
      // YAML then
    }
  }
  return parseYaml(bytes.toString('utf8'))
}

/** Kubernetes reads YAML 1.1 (`0644` is 420, `yes` is true), but without its times and base-60 numbers. */
const parseYaml = (text: string): unknown => {
  const document = parseDocument(text, {
    version: '1.1',
    merge: true,
    // the last one counts; strict clients are told by `duplicateFields`
    uniqueKeys: false,
    customTags: (tags) =>
      tags.filter(
        (tag) =>
          typeof tag === 'string' ||
          !(tag.tag.endsWith(':timestamp') || (tag as { format?: string }).format === 'TIME'),
      ),
  })
  const problem = document.errors[0]
  if (problem) throw new BodyError(400, `error converting YAML to JSON: ${problem.message}`)
  return document.toJS({ maxAliasCount: 100 })
}

/** `__proto__` as a key must stay data: looked for only where the bytes contain it. */
const withoutPrototypeKeys = (bytes: Buffer, value: unknown): unknown => {
  if (bytes.includes('__proto__')) dropPrototypeKeys(value)
  return value
}

const dropPrototypeKeys = (value: unknown): void => {
  if (typeof value !== 'object' || value === null) return
  if (Object.hasOwn(value, '__proto__')) delete (value as Record<string, unknown>)['__proto__']
  for (const child of Object.values(value)) dropPrototypeKeys(child)
}

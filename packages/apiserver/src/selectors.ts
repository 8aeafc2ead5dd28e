/** Label and field selectors: their grammar, in the API server's reading, and the predicates they stand for. */
import type { KubeObject } from '@drey/reconcile'
import { badRequest } from './errors.ts'

export type Labels = Readonly<Record<string, string>>

interface Requirement {
  key: string
  op: '=' | '!=' | 'in' | 'notin' | 'exists' | '!' | '>' | '<'
  values: readonly string[]
}

/** `a=b,c!=d,e in (f,g),h notin (i),j,!k,l>1` as a predicate over labels; throws 400. Empty: everything. */
export const labelSelector = (
  text: string | null | undefined,
): ((labels: Labels | undefined) => boolean) | undefined => {
  if (!text?.trim()) return undefined
  const requirements = parse(text)
  return (labels) => requirements.every((r) => meets(r, labels?.[r.key]))
}

/** A `LabelSelector` object (`matchLabels`, `matchExpressions`); absent selects nothing, empty everything. */
export const objectSelector = (
  selector:
    | {
        matchLabels?: Labels
        matchExpressions?: readonly { key: string; operator: string; values?: readonly string[] }[]
      }
    | undefined
    | null,
): ((labels: Labels | undefined) => boolean) => {
  if (!selector) return () => false
  const requirements: Requirement[] = [
    ...Object.entries(selector.matchLabels ?? {}).map(([key, value]) => ({ key, op: '=' as const, values: [value] })),
    ...(selector.matchExpressions ?? []).map(({ key, operator, values }) => ({
      key,
      op: operators[operator] ?? ('in' as const),
      values: values ?? [],
    })),
  ]
  return (labels) => requirements.every((r) => meets(r, labels?.[r.key]))
}
const operators: Record<string, Requirement['op']> = { In: 'in', NotIn: 'notin', Exists: 'exists', DoesNotExist: '!' }

const meets = ({ op, values }: Requirement, value: string | undefined): boolean => {
  switch (op) {
    case '=':
      return value === values[0]
    case '!=':
      return value !== values[0]
    case 'in':
      return value !== undefined && values.includes(value)
    case 'notin':
      return value === undefined || !values.includes(value)
    case 'exists':
      return value !== undefined
    case '!':
      return value === undefined
    case '>':
      return value !== undefined && Number(value) > Number(values[0])
    case '<':
      return value !== undefined && Number(value) < Number(values[0])
  }
}

const token = /\s*(!=|==|=|>|<|!|\(|\)|,|[A-Za-z0-9](?:[-A-Za-z0-9_./]*[A-Za-z0-9])?)\s*/y

const parse = (text: string): Requirement[] => {
  const tokens: string[] = []
  token.lastIndex = 0
  while (token.lastIndex < text.length) {
    const from = token.lastIndex
    const match = token.exec(text)
    if (!match) throw unable(text, from)
    tokens.push(match[1]!)
  }
  const found: Requirement[] = []
  let at = 0
  const isWord = (t: string | undefined): t is string => t !== undefined && /^[A-Za-z0-9]/.test(t)
  const list = (): string[] => {
    if (tokens[at++] !== '(') throw unable(text, at)
    const values: string[] = []
    while (tokens[at] !== ')') {
      if (tokens[at] === ',') {
        at++
        continue
      }
      if (!isWord(tokens[at])) throw unable(text, at)
      values.push(tokens[at++]!)
    }
    at++
    return values
  }
  while (at < tokens.length) {
    const negated = tokens[at] === '!' && ++at > 0
    const key = tokens[at++]
    if (!isWord(key)) throw unable(text, at)
    const op = tokens[at]
    if (negated) found.push({ key, op: '!', values: [] })
    else if (op === undefined || op === ',') found.push({ key, op: 'exists', values: [] })
    else if (op === '=' || op === '==' || op === '!=' || op === '>' || op === '<') {
      at++
      const value = isWord(tokens[at]) ? tokens[at++]! : ''
      found.push({ key, op: op === '==' ? '=' : op, values: [value] })
    } else if (op === 'in' || op === 'notin') {
      at++
      found.push({ key, op, values: list() })
    } else throw unable(text, at)
    if (at < tokens.length && tokens[at++] !== ',') throw unable(text, at)
  }
  return found
}

const unable = (text: string, at: number) =>
  badRequest(`unable to parse requirement: found unexpected token in selector ${JSON.stringify(text)} near ${at}`)

export type FieldReader = (object: KubeObject) => string

/** `metadata.name=a,status.phase!=Running` as a predicate; a field that `readers` lacks is refused with 400. */
export const fieldSelector = (
  text: string | null | undefined,
  readers: Readonly<Record<string, FieldReader>>,
): { matches: (object: KubeObject) => boolean; name?: string } | undefined => {
  if (!text) return undefined
  const terms = splitTerms(text).map((term) => {
    const match = /^(.*?)(!=|==|=)(.*)$/.exec(term)
    if (!match) throw badRequest(`invalid selector: '${text}'; can't understand '${term}'`)
    const [, field = '', op, value = ''] = match
    const read = Object.hasOwn(readers, field) ? readers[field] : undefined
    if (!read) throw badRequest(`field label not supported: ${field}`)
    return { field, equal: op !== '!=', value: value.replace(/\\([\\,=])/g, '$1'), read }
  })
  const name = terms.find((t) => t.field === 'metadata.name' && t.equal)?.value
  return {
    matches: (object) => terms.every((t) => (t.read(object) === t.value) === t.equal),
    ...(name === undefined ? {} : { name }),
  }
}

const splitTerms = (text: string): string[] => text.split(/(?<!\\),/).filter((term) => term !== '')

/** A reader for a simple path (`.spec.nodeName`, `involvedObject.uid`): absent is the empty string. */
export const fieldAt = (path: string): FieldReader => {
  const steps = path.replace(/^\./, '').split('.')
  return (object) => {
    let value: unknown = object
    for (const step of steps) value = (value as Record<string, unknown> | undefined | null)?.[step]
    return value === undefined || value === null ? '' : String(value)
  }
}

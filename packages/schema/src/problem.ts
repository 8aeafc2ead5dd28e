/** What is wrong with a value, in the API server's own words, so that people find the sentence they know. */

/** The machine-readable reason, as it appears in `status.details.causes[].reason`. */
export type ProblemType =
  | 'FieldValueRequired'
  | 'FieldValueInvalid'
  | 'FieldValueTypeInvalid'
  | 'FieldValueNotSupported'
  | 'FieldValueForbidden'
  | 'FieldValueDuplicate'
  | 'FieldValueTooLong'
  | 'FieldValueTooMany'

export interface Problem {
  /** full field path: `spec.job.args[0]`; `<nil>` where the API server itself names no field */
  readonly path: string
  readonly type: ProblemType
  /** the sentence without the path, as in `causes[].message` */
  readonly body: string
  /** `path: body`, as in the message of a 422 answer */
  readonly message: string
}

const words: Record<ProblemType, string> = {
  FieldValueRequired: 'Required value',
  FieldValueInvalid: 'Invalid value',
  FieldValueTypeInvalid: 'Invalid value',
  FieldValueNotSupported: 'Unsupported value',
  FieldValueForbidden: 'Forbidden',
  FieldValueDuplicate: 'Duplicate value',
  FieldValueTooLong: 'Too long',
  FieldValueTooMany: 'Too many',
}
const withoutValue: ReadonlySet<ProblemType> = new Set([
  'FieldValueRequired',
  'FieldValueForbidden',
  'FieldValueTooLong',
])

/** Builds one problem. `value` is what the API server quotes; types that quote nothing ignore it. */
export const problem = (type: ProblemType, path: string, value: unknown, detail = ''): Problem => {
  const quoted = withoutValue.has(type)
    ? words[type]
    : `${words[type]}: ${typeof value === 'string' ? quote(value) : goText(value, true)}`
  const body = detail ? `${quoted}: ${detail}` : quoted
  const at = path === '' ? '<nil>' : path
  return { path: at, type, body, message: `${at}: ${body}` }
}

export const required = (path: string, detail = ''): Problem => problem('FieldValueRequired', path, undefined, detail)
export const invalid = (path: string, value: unknown, detail: string): Problem =>
  problem('FieldValueInvalid', path, value, detail)
export const typeInvalid = (path: string, value: unknown, detail: string): Problem =>
  problem('FieldValueTypeInvalid', path, value, detail)
export const forbidden = (path: string, detail: string): Problem =>
  problem('FieldValueForbidden', path, undefined, detail)
export const duplicate = (path: string, value: unknown, detail = ''): Problem =>
  problem('FieldValueDuplicate', path, value, detail)
export const tooLong = (path: string, max: number): Problem =>
  problem('FieldValueTooLong', path, undefined, `may not be more than ${max} bytes`)
export const tooMany = (path: string, actual: number, max: number): Problem =>
  problem('FieldValueTooMany', path, actual, `must have at most ${max} items`)
export const notSupported = (path: string, value: unknown, allowed: readonly unknown[]): Problem =>
  problem(
    'FieldValueNotSupported',
    path,
    value,
    `supported values: ${allowed.map((one) => quote(typeof one === 'string' ? one : JSON.stringify(one))).join(', ')}`,
  )

/** The message of a 422 answer: one problem alone, several in brackets. */
export const sentenceOf = (problems: readonly Problem[]): string =>
  problems.length === 1 ? problems[0]!.message : `[${problems.map((one) => one.message).join(', ')}]`

/** A text as Go's %q prints it; JSON's notation agrees but for the escapes of control characters. */
export const quote = (text: string): string => JSON.stringify(text).replace(/\\u00([0-9a-f]{2})/g, '\\x$1')

/** A value as Go prints it: numbers and booleans plainly, composites in Go's syntax, as in the API server's messages. */
const goText = (value: unknown, top = false): string => {
  if (value === null || value === undefined) return top ? '"null"' : 'interface {}(nil)'
  if (typeof value === 'string') return quote(value)
  if (typeof value === 'number') return goNumber(value)
  if (Array.isArray(value)) return `[]interface {}{${value.map((one) => goText(one)).join(', ')}}`
  if (typeof value === 'object')
    return `map[string]interface {}{${Object.keys(value)
      .sort()
      .map((key) => `${quote(key)}:${goText((value as Record<string, unknown>)[key])}`)
      .join(', ')}}`
  return String(value)
}

// A whole number that fits 64 bits came over the wire as one.
const goNumber = (value: number): string =>
  Number.isInteger(value) && Math.abs(value) < 2 ** 63 ? BigInt(value).toString() : goDouble(value)

/** A double as Go prints it: the shortest text, scientific below 10^-4 and from 10^6 on. */
export const goDouble = (value: number): string => {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'NaN' : value > 0 ? '+Inf' : '-Inf'
  const [mantissa = '', exponent = ''] = value.toExponential().split('e')
  const power = Number(exponent)
  if (power >= -4 && power < 6) return String(value)
  return `${mantissa}e${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`
}

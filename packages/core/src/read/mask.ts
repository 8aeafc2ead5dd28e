/**
 * Stars in place of secrets, in everything that leaves the process. Equal secrets get equal stars and different ones different stars
 * (`******`, `******2` …), so that what was decided because of a difference can be decided again without the values.
 */
import { isSecretKey } from '@drey/api'

export interface Mask {
  /** any JSON-like value; functions, `undefined` members and metadata nobody decides by are left out */
  value(value: unknown): unknown
  text(text: string): string
}

const stars = '******'
/** Longer texts are exceptions and the like; no decision looks so far. */
const textMax = 8_192

export const masks = (): Mask => {
  const known = new Map<string, string>()
  const hidden = (secret: string): string => {
    if (secret === '' || /^\*{6}\d*$/.test(secret)) return secret
    const mark = known.get(secret) ?? (known.size === 0 ? stars : `${stars}${known.size + 1}`)
    known.set(secret, mark)
    return mark
  }
  const text = (from: string): string => {
    const record = recordOf(from)
    // Any other JSON is somebody's data: there a member may be a secret by its name.
    if (record !== undefined) return JSON.stringify('spec' in record ? value(record) : value(record, ''))
    const short = from.length > textMax ? `${from.slice(0, textMax)}…` : from
    if (!suspicious.test(short)) return short
    return short
      .replaceAll(inAddress, (_, before: string, secret: string) => `${before}${hidden(secret)}@`)
      .replaceAll(tokenInAddress, (_, secret: string) => `://${hidden(secret)}@`)
      .replaceAll(
        assigned,
        (_, before: string, quote: string | undefined, quoted: string | undefined, bare: string | undefined) =>
          `${before}${quote ?? ''}${hidden(quoted ?? bare ?? '')}${quote ?? ''}`,
      )
      .replaceAll(complained, (whole, before: string, secret: string, between: string, key: string) =>
        isSecret(key) ? `${before}${hidden(secret)}${between}${key}` : whole,
      )
  }
  const leaf = (secret: unknown): unknown =>
    secret === null || typeof secret === 'boolean'
      ? secret
      : hidden(typeof secret === 'string' ? secret : String(secret))

  /** `path`: the dotted key inside a Flink configuration; undefined elsewhere. */
  const value = (from: unknown, path?: string): unknown => {
    if (typeof from === 'string') return path !== undefined && isSecret(path) ? hidden(from) : text(from)
    if (typeof from !== 'object' || from === null) return path !== undefined && isSecret(path) ? leaf(from) : from
    if (from instanceof Map) return [...from].map(([key, one]) => [key, value(one, String(key))])
    if (Array.isArray(from)) return path === undefined ? list(from) : from.map((one) => value(one, path))
    return Object.fromEntries(
      Object.entries(from)
        .filter(([key, one]) => one !== undefined && typeof one !== 'function' && !unread.has(key))
        .map(([key, one]) => {
          if (key === 'env' && Array.isArray(one)) return [key, one.map(variable)]
          const isConfiguration = key === 'flinkConfiguration' || key === 'configuration'
          return [key, value(one, isConfiguration ? '' : path === undefined ? undefined : `${path}.${key}`)]
        }),
    )
  }
  /** Of arguments, the one after `--password` is a password. */
  const list = (from: readonly unknown[]): unknown[] =>
    from.map((one, index) => {
      const before = from[index - 1]
      const follows = typeof before === 'string' && /^--?[\w.-]+$/.test(before) && isSecret(before)
      return typeof one === 'string' && follows && !one.startsWith('-') ? hidden(one) : value(one)
    })
  /** What containers get in their environment is nobody's business, whatever it is called. */
  const variable = (one: unknown): unknown =>
    typeof one === 'object' && one !== null && 'value' in one
      ? { ...one, value: leaf((one as { value: unknown }).value) }
      : value(one)

  return { value: (from) => value(from), text }
}

/** Beyond Flink's own list: headers with which jars are fetched. */
const isSecret = (key: string): boolean =>
  isSecretKey(key) || /credential|passwd|passphrase|private.?key|http[.-]header|^--?(pass|pwd?)$/i.test(key)

/** Members that repeat a spec as text, or say who wrote what; no decision reads them. */
const unread = new Set(['managedFields', 'kubectl.kubernetes.io/last-applied-configuration'])

const words =
  'password|passwd|passphrase|secret|token|api-?key|credential|private.?key|service-key|account\\.key|signature|[?&]sig(?==)'
const suspicious = new RegExp(`:\\/\\/[^/\\s]*@|${words}|jaas|authorization`, 'i')
/** `https://user:secret@host` */
const inAddress = /(:\/\/[^/\s:@]{0,200}:)([^/\s@]{1,500})@/g
/** `https://token@host`; no user's name is so long */
const tokenInAddress = /:\/\/([^/\s:@]{20,500})@/g
/** `-Dx.password=secret`, `--token=secret`, `"password": "se cret"`, `&sig=secret`, `Authorization: Bearer secret` */
const assigned = new RegExp(
  `((?:[\\w.-]{0,80}(?:${words})[\\w.-]{0,80}["']?\\s{0,4}[=:]\\s{0,4}|authorization["']?\\s*[=:]\\s*["']?(?:\\w+\\s+)?))` +
    `(?:(["'])([^"']{1,2000})\\2|["']?([^\\s"',;&}\\]]+))`,
  'gi',
)
/** `Could not parse value 'secret' for key 'x.password'` */
const complained = /(value ['"])([^'"]{1,2000})(['"] for key ['"])([\w.-]{1,200})/gi

/** Recorded specs are objects as texts. */
const recordOf = (text: string): object | undefined => {
  if (!text.startsWith('{')) return undefined
  try {
    return JSON.parse(text) as object
  } catch {
    return undefined
  }
}

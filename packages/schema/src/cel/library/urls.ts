/** `url('https://…')` and its parts, read as Go's url.ParseRequestURI reads them. */
import { CelError, isCustom, type Value } from '../value.ts'
import { custom, text, type Fn, type Methods } from './args.ts'

interface Url {
  readonly scheme: string
  readonly host: string
  readonly path: string
  readonly query: string
}

const parseUrl = (value: string): Url | undefined => {
  // Go refuses control characters anywhere and spaces in the host; an absolute path needs no scheme.
  // oxlint-disable-next-line no-control-regex
  if (/[\u0000-\u001f\u007f]/.test(value)) return undefined
  const absolute = /^([A-Za-z][A-Za-z0-9+.-]*):(\/\/([^/?#]*))?([^?]*)(?:\?(.*))?$/.exec(value)
  if (absolute) {
    const host = absolute[3] ?? ''
    const address = host.slice(host.lastIndexOf('@') + 1)
    if (!/^(\[[0-9a-fA-F:.%]+\]|[^[\]: ]*)(:\d*)?$/.test(address)) return undefined
    return { scheme: absolute[1]!.toLowerCase(), host: address, path: absolute[4]!, query: absolute[5] ?? '' }
  }
  if (!value.startsWith('/')) return undefined
  const [path = '', ...query] = value.split('?')
  return { scheme: '', host: '', path, query: query.join('?') }
}

const read = (value: Value | undefined): Url => custom(value, 'url') as Url
const hostname = (host: string): string => host.replace(/:\d*$/, '').replace(/^\[(.*)\]$/, '$1')

export const urlFunctions: Record<string, Fn> = {
  url: (value) => {
    const parsed = parseUrl(text(value))
    if (!parsed)
      throw new CelError(
        `URL parse error during conversion from string: parse ${JSON.stringify(value)}: invalid URI for request`,
      )
    return { is: 'url', of: parsed }
  },
  isURL: (value) => parseUrl(text(value)) !== undefined,
}

export const urlMethods: Methods = {
  on: (value) => isCustom(value, 'url'),
  methods: {
    getScheme: (value) => read(value).scheme,
    getHost: (value) => read(value).host,
    getHostname: (value) => hostname(read(value).host),
    getPort: (value) => /:(\d+)$/.exec(read(value).host)?.[1] ?? '',
    getEscapedPath: (value) => read(value).path,
    getQuery: (value) => {
      const query = new Map<Value, Value>()
      for (const [key, one] of new URLSearchParams(read(value).query))
        query.set(key, [...((query.get(key) as string[] | undefined) ?? []), one])
      return query
    },
  },
}

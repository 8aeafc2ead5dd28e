/** URIs by the rules of RFC 2396 as `java.net.URI` applies them: what upstream calls a URI, its scheme and its host. */
import { parsed, unreadable, type Parsed } from '@drey/api'
import { parseAddress } from './address.ts'

export interface Uri {
  scheme?: string
  /** absent when there is none, or when it is not a host by RFC 2396 (`my_host`, `1.2`) */
  host?: string
}

export const parseUri = (text: string): Parsed<Uri> => {
  const bad = /[\s"<>\\^`{|}]|\p{Cc}|%(?![0-9a-fA-F]{2})|#.*#/u.exec(text)
  if (bad) return unreadable(`"${bad[0].slice(0, 1)}" may not stand in a URI`)
  const beforePath = text.split(/[/?#]/, 1)[0] as string
  const colon = beforePath.indexOf(':')
  if (colon < 0) return parsed(text.startsWith('//') ? hostOnly(authorityOf(text.slice(2))) : {})
  const scheme = beforePath.slice(0, colon)
  if (!/^[a-z][a-z0-9+.-]*$/i.test(scheme)) return unreadable(`"${scheme}" is not a scheme`)
  const rest = text.slice(colon + 1)
  if (rest === '' || rest.startsWith('#')) return unreadable('nothing follows the scheme')
  if (!rest.startsWith('//')) return parsed({ scheme })
  const authority = authorityOf(rest.slice(2))
  if (rest === '//') return unreadable('nothing follows "//"')
  if (authority.includes('[') && parseAddress(authority.replace(/^.*@/, '').replace(/:\d*$/, ''))?.length !== 16)
    return unreadable(`"${authority}" is not an IPv6 address in brackets`)
  return parsed({ scheme, ...hostOnly(authority) })
}

const authorityOf = (text: string): string => text.split(/[/?#]/, 1)[0] as string

const hostOnly = (authority: string): { host?: string } => {
  const [, host] = /^(?:[^@]*@)?(\[[^\]]*\]|[^:[\]]*)(?::\d*)?$/.exec(authority) ?? []
  return host && isHost(host) ? { host } : {}
}

const isHost = (host: string): boolean => {
  if (host.startsWith('[') || parseAddress(host)) return true
  const labels = host.replace(/\.$/, '').split('.')
  const last = labels.at(-1) as string
  return (
    labels.every((label) => /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/i.test(label)) &&
    (labels.length === 1 || /^[a-z]/i.test(last))
  )
}

/** Who is speaking: client certificates, static tokens, ServiceAccount tokens, or nobody (anonymous). */
import { timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { TLSSocket } from 'node:tls'
import type { ServiceAccountTokens } from './tokens.ts'
import type { UserInfo } from './types.ts'

export const anonymous: UserInfo = { name: 'system:anonymous', groups: ['system:unauthenticated'] }

export interface StaticToken {
  token: string
  user: UserInfo
}

export interface AuthOptions {
  tokens?: readonly StaticToken[]
  serviceAccounts?: ServiceAccountTokens
}

/** The user behind a request, `anonymous` without credentials, nothing when the credentials are wrong (401). */
export type Authenticate = (request: IncomingMessage) => Promise<UserInfo | undefined> | UserInfo | undefined

export const authenticator =
  (options: AuthOptions): Authenticate =>
  (request) => {
    const fromCertificate = certificateUser(request.socket as TLSSocket)
    if (fromCertificate === 'invalid') return undefined
    if (fromCertificate) return fromCertificate
    const header = request.headers.authorization
    const token = header && /^bearer\s+(\S+)/i.exec(header)?.[1]
    if (!token) return header ? undefined : anonymous
    for (const known of options.tokens ?? []) if (sameText(known.token, token)) return withAuthenticated(known.user)
    return options.serviceAccounts?.verify(token).then((verified) => (verified.ok ? verified.user : undefined))
  }

const users = new WeakMap<TLSSocket, UserInfo | 'invalid' | 'none'>()

/** CN is the user, every O a group. A certificate that our CA did not sign, or that expired, is an error. Asked once per connection. */
const certificateUser = (socket: TLSSocket): UserInfo | 'invalid' | undefined => {
  const known = users.get(socket) ?? readCertificate(socket)
  users.set(socket, known)
  return known === 'none' ? undefined : known
}

const readCertificate = (socket: TLSSocket): UserInfo | 'invalid' | 'none' => {
  const subject = socket.getPeerCertificate()?.subject as unknown as Record<string, string | string[]> | undefined
  if (!subject) return 'none'
  const name = [subject['CN'] ?? []].flat()[0]
  return socket.authorized && name ? withAuthenticated({ name, groups: [subject['O'] ?? []].flat() }) : 'invalid'
}

const withAuthenticated = (user: UserInfo): UserInfo =>
  user.groups.includes('system:authenticated') ? user : { ...user, groups: [...user.groups, 'system:authenticated'] }

const sameText = (a: string, b: string): boolean => {
  const left = Buffer.from(a)
  const right = Buffer.from(b)
  return left.length === right.length && timingSafeEqual(left, right)
}

/** ServiceAccount tokens: signed JWTs that say which account, and for pods which pod, is speaking. */
import { createPrivateKey, createPublicKey, randomUUID, createHash, type KeyObject } from 'node:crypto'
import { exportJWK, jwtVerify, SignJWT, type JWTPayload } from 'jose'
import type { KubeObject } from '@drey/reconcile'
import type { UserInfo } from './types.ts'

export interface BoundObject {
  kind: string
  apiVersion?: string
  name: string
  uid: string
  /** of a pod */
  nodeName?: string
}

export interface TokenWish {
  namespace: string
  name: string
  /** of the ServiceAccount */
  uid: string
  audiences?: readonly string[]
  expirationSeconds: number
  boundTo?: BoundObject
}

export type Verified = { ok: true; user: UserInfo; audiences: readonly string[] } | { ok: false; because: string }

export interface ServiceAccountTokens {
  issuer: string
  issue(wish: TokenWish): Promise<{ token: string; expires: Date }>
  /** Checks signature, time, audience, and that the account and the bound pod still exist with the same uid. */
  verify(token: string, audiences?: readonly string[]): Promise<Verified>
  /** the public key as a JSON Web Key Set */
  keys(): Promise<Record<string, unknown>>
}

export interface TokenOptions {
  /** PEM of an EC P-256 private key */
  signingKey: string
  issuer?: string
  now(): number
  /** the current object, for the check that accounts and pods are still there; `resource` is plural */
  find(
    resource: 'serviceaccounts' | 'pods' | 'secrets' | 'nodes',
    namespace: string,
    name: string,
  ): KubeObject | undefined
}

export const defaultIssuer = 'https://kubernetes.default.svc.cluster.local'

export const serviceAccountTokens = (options: TokenOptions): ServiceAccountTokens => {
  const issuer = options.issuer ?? defaultIssuer
  const privateKey = createPrivateKey(options.signingKey)
  const publicKey: KeyObject = createPublicKey(options.signingKey)
  const keyId = createHash('sha256')
    .update(publicKey.export({ type: 'spki', format: 'der' }))
    .digest('base64url')

  // signatures are checked once per token; time, account and pod every time
  const seen = new Map<string, JWTPayload>()
  const remember = (token: string, payload: JWTPayload): void => {
    if (seen.size >= 1000) seen.delete(seen.keys().next().value!)
    seen.set(token, payload)
  }

  return {
    issuer,
    issue: async (wish) => {
      const issued = Math.floor(options.now() / 1000)
      const expires = issued + wish.expirationSeconds
      const bound = wish.boundTo
      const claims: JWTPayload = {
        'kubernetes.io': {
          namespace: wish.namespace,
          serviceaccount: { name: wish.name, uid: wish.uid },
          ...(bound ? { [bound.kind.toLowerCase()]: { name: bound.name, uid: bound.uid } } : {}),
          ...(bound?.nodeName ? { node: { name: bound.nodeName } } : {}),
        },
      }
      const token = await new SignJWT(claims)
        .setProtectedHeader({ alg: 'ES256', kid: keyId })
        .setIssuer(issuer)
        .setSubject(`system:serviceaccount:${wish.namespace}:${wish.name}`)
        .setAudience([...(wish.audiences?.length ? wish.audiences : [issuer])])
        .setIssuedAt(issued)
        .setNotBefore(issued)
        .setExpirationTime(expires)
        .setJti(randomUUID())
        .sign(privateKey)
      return { token, expires: new Date(expires * 1000) }
    },
    verify: async (token, audiences) => {
      const wanted = audiences?.length ? audiences : [issuer]
      let payload = seen.get(token)
      if (payload && (payload.exp ?? 0) * 1000 <= options.now()) payload = undefined
      try {
        payload ??= (
          await jwtVerify(token, publicKey, { issuer, algorithms: ['ES256'], currentDate: new Date(options.now()) })
        ).payload
      } catch (error) {
        return { ok: false, because: (error as Error).message }
      }
      remember(token, payload)
      const has = [payload.aud ?? []].flat()
      const common = wanted.filter((audience) => has.includes(audience))
      if (!common.length)
        return {
          ok: false,
          because: `token audiences ${JSON.stringify(has)} is invalid for the target audiences ${JSON.stringify(wanted)}`,
        }
      return subjectOf(payload, common, options.find)
    },
    keys: async () => ({ keys: [{ ...(await exportJWK(publicKey)), use: 'sig', kid: keyId, alg: 'ES256' }] }),
  }
}

interface PrivateClaims {
  namespace?: string
  serviceaccount?: { name: string; uid: string }
  pod?: { name: string; uid: string }
  secret?: { name: string; uid: string }
  node?: { name: string }
}

const subjectOf = (payload: JWTPayload, audiences: readonly string[], find: TokenOptions['find']): Verified => {
  const claims = payload['kubernetes.io'] as PrivateClaims | undefined
  const account = claims?.serviceaccount
  const namespace = claims?.namespace
  if (!account || !namespace) return { ok: false, because: 'token has no service account claims' }
  if (find('serviceaccounts', namespace, account.name)?.metadata.uid !== account.uid)
    return { ok: false, because: `service account ${namespace}/${account.name} has been deleted` }
  for (const kind of ['pod', 'secret'] as const) {
    const bound = claims[kind]
    if (bound && find(`${kind}s`, namespace, bound.name)?.metadata.uid !== bound.uid)
      return { ok: false, because: `service account token has been invalidated: ${kind} ${bound.name} is gone` }
  }
  const prefix = 'authentication.kubernetes.io'
  return {
    ok: true,
    audiences,
    user: {
      name: `system:serviceaccount:${namespace}:${account.name}`,
      uid: account.uid,
      groups: ['system:serviceaccounts', `system:serviceaccounts:${namespace}`, 'system:authenticated'],
      extra: {
        ...(payload.jti ? { [`${prefix}/credential-id`]: [`JTI=${payload.jti}`] } : {}),
        ...(claims.pod ? { [`${prefix}/pod-name`]: [claims.pod.name], [`${prefix}/pod-uid`]: [claims.pod.uid] } : {}),
        ...(claims.node ? { [`${prefix}/node-name`]: [claims.node.name] } : {}),
      },
    },
  }
}

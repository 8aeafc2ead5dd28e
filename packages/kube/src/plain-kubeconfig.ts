/**
 * Kubeconfigs without plug-ins (certificates, tokens, passwords), read by ourselves: the library that knows all the others takes
 * longer to load than a request takes. Anything out of the ordinary is left to it.
 */
import { readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import type { Cluster } from './kubeconfig.ts'

type Entry = Record<string, unknown>
interface Named {
  name?: string
  cluster?: Entry
  user?: Entry
  context?: { cluster?: string; user?: string; namespace?: string }
}
interface File {
  'current-context'?: string
  clusters?: Named[]
  users?: Named[]
  contexts?: Named[]
}

const ordinary = {
  cluster: new Set([
    'server',
    'certificate-authority',
    'certificate-authority-data',
    'insecure-skip-tls-verify',
    'tls-server-name',
    'extensions',
  ]),
  user: new Set([
    'client-certificate',
    'client-certificate-data',
    'client-key',
    'client-key-data',
    'token',
    'tokenFile',
    'username',
    'password',
  ]),
}

/** The cluster of a context; undefined when this file needs more than reading. */
export const plainKubeconfig = async (path: string, wanted?: string): Promise<Cluster | undefined> => {
  const { parse } = await import('yaml')
  let file: File | null
  try {
    file = parse(readFileSync(path, 'utf8')) as File | null
  } catch {
    return undefined
  }
  const name = wanted ?? file?.['current-context']
  const context = file?.contexts?.find((one) => one.name === name)?.context
  const cluster = file?.clusters?.find((one) => one.name === context?.cluster)?.cluster
  const user = file?.users?.find((one) => one.name === context?.user)?.user ?? {}
  if (!name || !context || !cluster) return undefined
  const isOrdinary =
    Object.keys(cluster).every((key) => ordinary.cluster.has(key)) &&
    Object.keys(user).every((key) => ordinary.user.has(key)) &&
    String(cluster['server']).startsWith('https://')
  if (!isOrdinary) return undefined
  const pem = (from: Entry, key: string): Buffer | undefined => {
    const data = from[`${key}-data`]
    if (typeof data === 'string') return Buffer.from(data, 'base64')
    const named = from[key]
    return typeof named === 'string' && named ? readFileSync(resolve(dirname(path), named)) : undefined
  }
  const [ca, cert, key] = [
    pem(cluster, 'certificate-authority'),
    pem(user, 'client-certificate'),
    pem(user, 'client-key'),
  ]
  const servername = cluster['tls-server-name']
  return {
    context: name,
    namespace: context.namespace ?? 'default',
    server: String(cluster['server']),
    tls: {
      ...(ca ? { ca } : {}),
      ...(cert ? { cert } : {}),
      ...(key ? { key } : {}),
      ...(typeof servername === 'string' ? { servername } : {}),
      ...(cluster['insecure-skip-tls-verify'] === true ? { rejectUnauthorized: false } : {}),
    },
    headers: () => Promise.resolve(authorization(user, dirname(path))),
  }
}

const authorization = (user: Entry, dir: string): Record<string, string> => {
  const { token, tokenFile, username, password } = user
  // The file is renewed by whoever hands out tokens; kubectl prefers it, too.
  const bearer =
    typeof tokenFile === 'string' && tokenFile ? readFileSync(resolve(dir, tokenFile), 'utf8').trim() : token
  if (typeof bearer === 'string' && bearer) return { authorization: `Bearer ${bearer}` }
  if (typeof username === 'string' && username)
    return { authorization: `Basic ${Buffer.from(`${username}:${String(password ?? '')}`).toString('base64')}` }
  return {}
}

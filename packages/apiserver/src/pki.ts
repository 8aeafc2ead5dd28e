/** The keys and certificates of a home: one CA, what it signed, and the key that signs ServiceAccount tokens. */
import { createPrivateKey, generateKeyPair, generateKeyPairSync, randomBytes, X509Certificate } from 'node:crypto'
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { isAddress, makeCertificate, makeSigningKey } from './certificate.ts'

export interface KeyPair {
  /** PEM */
  cert: string
  /** PEM, PKCS#8 */
  key: string
}

export interface Pki {
  /** PEM of the CA that clients must trust and that signs client certificates */
  ca: string
  server: KeyPair
  /** user `drey-admin`, group `system:masters` */
  admin: KeyPair
  /** user `system:node:<node>`, group `system:nodes`: the runtime as a client and, with its addresses, as a server */
  kubelet: KeyPair
  /** user `kube-apiserver-kubelet-client`: what the API server shows to kubelets */
  kubeletClient: KeyPair
  /** user `system:kube-controller-manager` */
  controller: KeyPair
  /** user `drey-operator`, group `drey:operators` */
  operator: KeyPair
  /** PEM of the EC key that signs ServiceAccount tokens */
  serviceAccountKey: string
}

export interface PkiOptions {
  /** more names and addresses of the API server, for example bridge gateways */
  addresses?: readonly string[]
  /** more names and addresses of the node, where its kubelet answers */
  nodeAddresses?: readonly string[]
  nodeName?: string
  /** PEM of a key for the administrator, if `newAdminKey` made one; otherwise one is made here, should it be needed */
  adminKey?: string | undefined
  now?: Date
}

const day = 24 * 3600 * 1000
const caDays = 3650
const leafDays = 365
const serverNames = [
  'localhost',
  'kubernetes',
  'kubernetes.default',
  'kubernetes.default.svc',
  'kubernetes.default.svc.cluster.local',
  '127.0.0.1',
  '::1',
  '10.96.0.1',
]

/**
 * Reads the home's keys and certificates from `dir`, making those that are missing, expired, within a third of their life of
 * expiring, signed by another CA, or lacking an address. Private keys are readable by their owner alone.
 */
export const ensurePki = (dir: string, options: PkiOptions = {}): Pki => {
  mkdirSync(dir, { recursive: true, mode: 0o700 })
  const now = options.now ?? new Date()
  const nodeName = options.nodeName ?? 'drey'
  const ca = readPair(dir, 'ca')
  const authority = ca && isFresh(ca.cert, now) ? ca : makeCa(dir, now)
  const leaf = (name: string, wanted: LeafWish): KeyPair => ensureLeaf(dir, name, wanted, authority, now)
  return {
    ca: authority.cert,
    server: leaf('apiserver', {
      user: 'kube-apiserver',
      usage: ['server'],
      hosts: [...serverNames, ...(options.addresses ?? [])],
    }),
    admin: leaf('admin', {
      user: 'drey-admin',
      groups: ['system:masters'],
      usage: ['client'],
      rsaKey: () => options.adminKey ?? generateKeyPairSync('rsa', rsa).privateKey,
    }),
    kubelet: leaf('kubelet', {
      user: `system:node:${nodeName}`,
      groups: ['system:nodes'],
      usage: ['client', 'server'],
      hosts: [nodeName, 'localhost', '127.0.0.1', '::1', ...(options.nodeAddresses ?? [])],
    }),
    kubeletClient: leaf('apiserver-kubelet-client', {
      user: 'kube-apiserver-kubelet-client',
      groups: ['system:masters'],
      usage: ['client'],
    }),
    controller: leaf('controller', { user: 'system:kube-controller-manager', usage: ['client'] }),
    operator: leaf('operator', { user: 'drey-operator', groups: ['drey:operators'], usage: ['client'] }),
    serviceAccountKey: ensureSigningKey(dir),
  }
}

/**
 * The key in the kubeconfig is RSA: Java's client for Kubernetes, which is Flink's own and upstream's, reads no EC keys unless a further
 * library is present ("Invalid DER: object is not integer").
 */
const rsa = {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
} as const

/** A key for the administrator of a home that has none yet. It takes a fifth of a second, on another thread. */
export const newAdminKey = async (dir: string): Promise<string | undefined> => {
  const present = readPair(dir, 'admin')
  return present && isRsa(present.key) ? undefined : (await promisify(generateKeyPair)('rsa', rsa)).privateKey
}

const isRsa = (key: string): boolean => createPrivateKey(key).asymmetricKeyType === 'rsa'

interface LeafWish {
  user: string
  groups?: readonly string[]
  usage: readonly ('client' | 'server')[]
  hosts?: readonly string[]
  /** its key must be RSA; how to come by one */
  rsaKey?: () => string
}

const ensureLeaf = (dir: string, name: string, wanted: LeafWish, ca: KeyPair, now: Date): KeyPair => {
  const present = readPair(dir, name)
  if (present && fits(present, wanted, ca, now)) return present
  const pair = makeCertificate(
    {
      commonName: wanted.user,
      organizations: wanted.groups ?? [],
      ...validity(now, leafDays),
      use: wanted.usage,
      hosts: wanted.hosts ?? [],
      ...(wanted.rsaKey ? { key: wanted.rsaKey() } : {}),
    },
    ca,
  )
  writePair(dir, name, pair)
  return pair
}

const fits = (pair: KeyPair, wanted: LeafWish, ca: KeyPair, now: Date): boolean => {
  const certificate = new X509Certificate(pair.cert)
  return (
    isFresh(pair.cert, now) &&
    (!wanted.rsaKey || isRsa(pair.key)) &&
    certificate.checkIssued(new X509Certificate(ca.cert)) &&
    certificate.verify(new X509Certificate(ca.cert).publicKey) &&
    certificate.checkPrivateKey(createPrivateKey(pair.key)) &&
    (wanted.hosts ?? []).every(
      (host) => (isAddress(host) ? certificate.checkIP(host) : certificate.checkHost(host)) !== undefined,
    )
  )
}

/** Renewed at two thirds of the certificate's life. */
const isFresh = (pem: string, now: Date): boolean => {
  const { validFromDate: from, validToDate: to } = new X509Certificate(pem)
  return now.getTime() < from.getTime() + ((to.getTime() - from.getTime()) * 2) / 3 && now.getTime() >= from.getTime()
}

/** An hour back: clocks of containers and virtual machines lag. */
const validity = (now: Date, days: number): { notBefore: Date; notAfter: Date } => ({
  notBefore: new Date(now.getTime() - 3600_000),
  notAfter: new Date(now.getTime() + days * day),
})

const makeCa = (dir: string, now: Date): KeyPair => {
  // a random part keeps the CAs of two homes apart in one trust store
  const pair = makeCertificate({
    commonName: `drey-ca-${randomBytes(4).toString('hex')}`,
    ...validity(now, caDays),
    use: 'ca',
  })
  writePair(dir, 'ca', pair)
  return pair
}

const ensureSigningKey = (dir: string): string => {
  const path = join(dir, 'service-account.key')
  const present = existsSync(path) ? readFileSync(path, 'utf8') : ''
  if (isPrivateKey(present)) return present
  const made = makeSigningKey()
  writeSecret(path, made.key)
  writePublic(join(dir, 'service-account.pub'), made.public)
  return made.key
}

/** a torn file from a crash counts as missing */
const isPrivateKey = (pem: string): boolean => {
  try {
    return createPrivateKey(pem).type === 'private'
  } catch {
    return false
  }
}

const readPair = (dir: string, name: string): KeyPair | undefined => {
  const cert = join(dir, `${name}.crt`)
  const key = join(dir, `${name}.key`)
  if (!existsSync(cert) || !existsSync(key)) return undefined
  try {
    const pair = { cert: readFileSync(cert, 'utf8'), key: readFileSync(key, 'utf8') }
    // a torn file from a crash counts as missing
    return new X509Certificate(pair.cert).checkPrivateKey(createPrivateKey(pair.key)) ? pair : undefined
  } catch {
    return undefined
  }
}

const writePair = (dir: string, name: string, pair: KeyPair): void => {
  writeSecret(join(dir, `${name}.key`), pair.key)
  writePublic(join(dir, `${name}.crt`), pair.cert)
}

const writeSecret = (path: string, text: string): void => replaceFile(path, text, 0o600)
const writePublic = (path: string, text: string): void => replaceFile(path, text, 0o644)

const replaceFile = (path: string, text: string, mode: number): void => {
  writeFileSync(`${path}.new`, text, { mode })
  chmodSync(`${path}.new`, mode)
  renameSync(`${path}.new`, path)
}

import { createPrivateKey, X509Certificate } from 'node:crypto'
import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { ensurePki, newAdminKey } from '../../src/pki.ts'

let dir = ''
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'drey-pki-'))
})
afterEach(() => rmSync(dir, { recursive: true }))

const read = (pem: string): X509Certificate => new X509Certificate(pem)
const years = (count: number): Date => new Date(Date.now() + count * 365 * 86_400_000)

test('every certificate is signed by the CA and says who it is', () => {
  const pki = ensurePki(dir, { addresses: ['10.99.0.1', 'fd00::7'], nodeName: 'n1', nodeAddresses: ['10.1.2.3'] })
  const ca = read(pki.ca)
  expect(ca.ca).toBe(true)
  for (const pair of [pki.server, pki.admin, pki.kubelet, pki.kubeletClient, pki.controller, pki.operator]) {
    expect(read(pair.cert).verify(ca.publicKey)).toBe(true)
    expect(read(pair.cert).checkIssued(ca)).toBe(true)
    expect(read(pair.cert).ca).toBe(false)
  }
  expect(read(pki.admin.cert).subject).toBe('O=system:masters\nCN=drey-admin')
  expect(read(pki.kubelet.cert).subject).toBe('O=system:nodes\nCN=system:node:n1')
  for (const address of ['127.0.0.1', '::1', '10.96.0.1', '10.99.0.1', 'fd00::7'])
    expect(read(pki.server.cert).checkIP(address)).toBe(address)
  expect(read(pki.server.cert).checkHost('kubernetes.default.svc')).toBe('kubernetes.default.svc')
  expect(read(pki.kubelet.cert).checkIP('10.1.2.3')).toBe('10.1.2.3')
})

test('private keys are readable by their owner alone', () => {
  ensurePki(dir)
  const keys = readdirSync(dir).filter((name) => name.endsWith('.key'))
  expect(keys.length).toBeGreaterThan(6)
  for (const key of keys) expect(statSync(join(dir, key)).mode & 0o777).toBe(0o600)
})

test('the same home keeps its certificates; a new address renews only what serves', () => {
  const first = ensurePki(dir)
  expect(ensurePki(dir)).toEqual(first)
  const second = ensurePki(dir, { addresses: ['10.99.0.1'] })
  expect(second.server.cert).not.toBe(first.server.cert)
  expect({ ...second, server: first.server }).toEqual(first)
})

test('leaves are renewed before they expire, and everything when the CA is', () => {
  const first = ensurePki(dir)
  const later = ensurePki(dir, { now: years(0.8) })
  expect(later.ca).toBe(first.ca)
  expect(later.admin.cert).not.toBe(first.admin.cert)
  const muchLater = ensurePki(dir, { now: years(9) })
  expect(muchLater.ca).not.toBe(first.ca)
  expect(read(muchLater.admin.cert).verify(read(muchLater.ca).publicKey)).toBe(true)
  expect(muchLater.serviceAccountKey).toBe(first.serviceAccountKey)
})

test('a torn key that signs tokens is made again', () => {
  const first = ensurePki(dir)
  writeFileSync(join(dir, 'service-account.key'), first.serviceAccountKey.slice(0, 40))
  const second = ensurePki(dir)
  expect(createPrivateKey(second.serviceAccountKey).asymmetricKeyType).toBe('ec')
  expect(ensurePki(dir)).toEqual(second)
})

test('a torn certificate file is made again', () => {
  const first = ensurePki(dir)
  writeFileSync(join(dir, 'admin.crt'), first.admin.cert.slice(0, 100))
  expect(read(ensurePki(dir).admin.cert).verify(read(first.ca).publicKey)).toBe(true)
})

test('the key that goes into kubeconfigs is RSA, as Java’s Kubernetes clients need it; a home that has another gets a new one', async () => {
  const made = await newAdminKey(dir)
  const first = ensurePki(dir, { adminKey: made })
  expect(first.admin.key).toBe(made)
  expect(read(first.admin.cert).publicKey.asymmetricKeyType).toBe('rsa')
  expect(await newAdminKey(dir)).toBeUndefined()
  for (const end of ['crt', 'key'])
    writeFileSync(join(dir, `admin.${end}`), readFileSync(join(dir, `kubelet.${end}`), 'utf8'))
  const second = ensurePki(dir)
  expect(read(second.admin.cert).publicKey.asymmetricKeyType).toBe('rsa')
  expect(second.kubelet).toEqual(first.kubelet)
})

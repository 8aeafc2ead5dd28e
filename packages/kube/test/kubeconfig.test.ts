/** Kubeconfigs mean what they mean to kubectl; the ordinary ones are read without the library that knows all the others. */
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { stringify } from 'yaml'
import { loadCluster } from '../src/index.ts'
import { plainKubeconfig } from '../src/plain-kubeconfig.ts'

let dir = ''
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'drey-kubeconfig-'))
  mkdirSync(join(dir, 'pki'))
  for (const name of ['ca', 'cert', 'key']) writeFileSync(join(dir, 'pki', `${name}.pem`), `${name} in a file`)
  writeFileSync(join(dir, 'token'), 'from-a-file\n')
})
afterEach(() => rmSync(dir, { recursive: true, force: true }))

const base64 = (text: string) => Buffer.from(text).toString('base64')
const kubeconfig = (cluster: object, user: object, namespace?: string): string => {
  const file = join(dir, 'config')
  const text = stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'one',
    clusters: [
      { name: 'c', cluster: { server: 'https://10.0.0.1:6443', ...cluster } },
      { name: 'd', cluster: { server: 'https://10.0.0.2' } },
    ],
    users: [{ name: 'u', user }],
    contexts: [
      { name: 'one', context: { cluster: 'c', user: 'u', ...(namespace ? { namespace } : {}) } },
      { name: 'two', context: { cluster: 'd', user: 'u', namespace: 'jobs' } },
    ],
  })
  writeFileSync(file, text)
  return file
}
const textOf = (value: string | Buffer | undefined) => value?.toString()

test('certificates inline, and in files beside the kubeconfig', async () => {
  const inline = await plainKubeconfig(
    kubeconfig(
      { 'certificate-authority-data': base64('the ca') },
      { 'client-certificate-data': base64('a cert'), 'client-key-data': base64('a key') },
    ),
  )
  expect([inline?.context, inline?.namespace, inline?.server]).toEqual(['one', 'default', 'https://10.0.0.1:6443'])
  expect([inline?.tls.ca, inline?.tls.cert, inline?.tls.key].map(textOf)).toEqual(['the ca', 'a cert', 'a key'])
  expect(await inline?.headers(false)).toEqual({})

  const files = await plainKubeconfig(
    kubeconfig(
      { 'certificate-authority': 'pki/ca.pem', 'tls-server-name': 'kube' },
      { 'client-certificate': 'pki/cert.pem', 'client-key': join(dir, 'pki/key.pem') },
      'streaming',
    ),
  )
  expect([files?.tls.ca, files?.tls.cert, files?.tls.key].map(textOf)).toEqual(
    ['ca', 'cert', 'key'].map((n) => `${n} in a file`),
  )
  expect([files?.tls.servername, files?.namespace]).toEqual(['kube', 'streaming'])
})

test('tokens, passwords, another context, no checking of certificates', async () => {
  const headersOf = async (user: object) => (await plainKubeconfig(kubeconfig({}, user)))?.headers(false)
  expect(await headersOf({ token: 't' })).toEqual({ authorization: 'Bearer t' })
  expect(await headersOf({ token: 't', tokenFile: 'token' })).toEqual({ authorization: 'Bearer from-a-file' })
  expect(await headersOf({ username: 'me', password: 'pw' })).toEqual({ authorization: `Basic ${base64('me:pw')}` })
  const other = await plainKubeconfig(kubeconfig({}, {}), 'two')
  expect([other?.server, other?.namespace]).toEqual(['https://10.0.0.2', 'jobs'])
  expect((await plainKubeconfig(kubeconfig({ 'insecure-skip-tls-verify': true }, {})))?.tls.rejectUnauthorized).toBe(
    false,
  )
})

test.each([
  ['a plug-in', {}, { exec: { command: 'x', apiVersion: 'client.authentication.k8s.io/v1' } }],
  ['a proxy', { 'proxy-url': 'http://p:1' }, {}],
  ['somebody else’s name', {}, { token: 't', as: 'other' }],
  ['http', { server: 'http://10.0.0.1' }, {}],
])('what is out of the ordinary is left to the library: %s', async (_, cluster, user) => {
  expect(await plainKubeconfig(kubeconfig(cluster, user))).toBeUndefined()
})

test('a plug-in is asked by the library', async () => {
  const plugin = join(dir, 'plugin')
  writeFileSync(
    plugin,
    `#!/bin/sh\necho '{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{"token":"from-a-plugin"}}'\n`,
  )
  chmodSync(plugin, 0o755)
  const exec = { command: plugin, apiVersion: 'client.authentication.k8s.io/v1', interactiveMode: 'Never' }
  const cluster = await loadCluster({ file: kubeconfig({ 'certificate-authority-data': base64('the ca') }, { exec }) })
  expect(await cluster.headers(false)).toMatchObject({ Authorization: 'Bearer from-a-plugin' })
})

test('a context that is not there is told', async () => {
  await expect(loadCluster({ file: kubeconfig({}, {}), context: 'none' })).rejects.toThrow(/none/)
})

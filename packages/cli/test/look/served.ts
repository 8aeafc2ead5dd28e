/**
 * A cluster in the middle of a story, served over HTTPS as a command line would meet it: frozen objects (`worlds.json`, see
 * `record.ts`), and a small JobManager that answers behind the API server's proxy.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { crds } from '@drey/api'
import { createApiServer, ensurePki, serveApi } from '@drey/apiserver'
import { customResourceDefinitions, kubeClient } from '@drey/kube'
import { realClock, type KubeObject } from '@drey/reconcile'
import { main } from '../../src/index.ts'

export interface Served {
  /** runs a command line as the administrator, or as bob, who has only the given rights */
  drey(...argv: string[]): Promise<{ code: number; stdout: string; stderr: string }>
  as(user: 'admin' | 'bob'): Served['drey']
  objects: readonly StoredObject[]
  dir: string
  close(): Promise<void>
}

export interface StoredObject {
  bucket: string
  key: string
  object: KubeObject
}

/** A frozen world by its name. */
export const world = (name: string): StoredObject[] => {
  const found = worlds[name]
  if (!found) throw new Error(`no world ${name}`)
  return found
}
const worlds = JSON.parse(readFileSync(new URL('worlds.json', import.meta.url), 'utf8')) as Record<
  string,
  StoredObject[]
>

export interface Rights {
  apiGroups: string[]
  resources: string[]
  verbs: string[]
}

export const serve = async (
  objects: readonly StoredObject[],
  o: { rights?: readonly Rights[]; flink?: Readonly<Record<string, unknown>> } = {},
): Promise<Served> => {
  const dir = mkdtempSync(join(tmpdir(), 'drey-look-'))
  const pki = ensurePki(dir)
  const extra: StoredObject[] = o.rights
    ? [
        stored('roles.rbac.authorization.k8s.io', {
          apiVersion: 'rbac.authorization.k8s.io/v1',
          kind: 'Role',
          metadata: { name: 'bob', namespace: 'shop', uid: 'role' },
          rules: o.rights,
        }),
        stored('rolebindings.rbac.authorization.k8s.io', {
          apiVersion: 'rbac.authorization.k8s.io/v1',
          kind: 'RoleBinding',
          metadata: { name: 'bob', namespace: 'shop', uid: 'binding' },
          roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'bob' },
          subjects: [{ kind: 'User', name: 'bob', apiGroup: 'rbac.authorization.k8s.io' }],
        }),
      ]
    : []
  const all = [
    stored('namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop', uid: 'shop' } }),
    ...objects,
    ...extra,
  ]
  const revision = Math.max(...all.map(({ object }) => Number(object.metadata.resourceVersion) || 0)) + 1
  const server = createApiServer({
    clock: realClock,
    random: Math.random,
    caCertificate: pki.ca,
    persist: {
      load: () => ({ revision, objects: [...all] }),
      append() {},
      flushed: async () => {},
      close: async () => {},
    },
  })
  const admin = kubeClient(server.transport({ name: 'admin', groups: ['system:masters'] }))
  for (const crd of crds) await admin.create(customResourceDefinitions, crd as unknown as KubeObject)
  const flink = createServer((request, response) => {
    const answer = o.flink?.[(request.url ?? '').split('?')[0] ?? '']
    response.setHeader('content-type', 'application/json')
    response.writeHead(answer === undefined ? 404 : 200).end(JSON.stringify(answer ?? { errors: ['Not found.'] }))
  })
  await new Promise<void>((ready) => flink.listen(0, '127.0.0.1', ready))
  const { port } = flink.address() as { port: number }
  const served = await serveApi({
    server,
    port: 0,
    tls: { ...pki.server, clientCa: pki.ca },
    auth: { tokens: [{ token: 'bobs-token', user: { name: 'bob', groups: [] } }] },
    dialPod: async () => {
      if (!o.flink) throw new Error('connection refused')
      return connect(port, '127.0.0.1')
    },
  })
  const users = {
    admin: { 'client-certificate-data': base64(pki.admin.cert), 'client-key-data': base64(pki.admin.key) },
    bob: { token: 'bobs-token' },
  }
  const files = Object.fromEntries(
    Object.entries(users).map(([name, user]) => {
      const file = join(dir, `${name}.json`)
      writeFileSync(
        file,
        JSON.stringify({
          apiVersion: 'v1',
          kind: 'Config',
          'current-context': 'test',
          clusters: [{ name: 'test', cluster: { server: served.url, 'certificate-authority-data': base64(pki.ca) } }],
          contexts: [{ name: 'test', context: { cluster: 'test', user: name, namespace: 'shop' } }],
          users: [{ name, user }],
        }),
      )
      return [name, file]
    }),
  )
  const as =
    (user: 'admin' | 'bob'): Served['drey'] =>
    async (...argv) => {
      let stdout = ''
      let stderr = ''
      // A busy machine is no reason to give up on the JobManager.
      const code = await main([...argv, '--kubeconfig', files[user]!, '--request-timeout', '100s'], {
        stdout: (text) => void (stdout += text),
        stderr: (text) => void (stderr += text),
        env: { HOME: dir, XDG_DATA_HOME: dir, PATH: process.env['PATH'], CI: 'true' },
        cwd: dir,
      })
      return { code, stdout, stderr }
    }
  return {
    dir,
    objects,
    as,
    drey: as('admin'),
    async close() {
      await served.close()
      await server.close()
      flink.closeAllConnections()
      flink.close()
      rmSync(dir, { recursive: true, force: true })
    },
  }
}

const stored = (bucket: string, object: KubeObject): StoredObject => ({
  bucket,
  key: `${object.metadata.namespace}/${object.metadata.name}`,
  object: {
    ...object,
    metadata: { resourceVersion: '1', creationTimestamp: '2026-01-01T00:00:00Z', ...object.metadata },
  },
})

const base64 = (text: string): string => Buffer.from(text).toString('base64')

/** What differs from run to run: the moment at which one looked. */
export const withoutNow = (text: string): string =>
  text
    .replaceAll(/\b\d+d( \d+h)?\b/g, 'AGE')
    .replaceAll(/^\S+Z(?= {2}now )/gm, 'NOW')
    .replaceAll(/"at": "20[^"]*"(?=,\n {6}"who": "now")/g, '"at": "NOW"')

/** A served API for tests: own keys, a free port, the machinery in memory. */
import { mkdtempSync, rmSync } from 'node:fs'
import { Agent, request as httpsRequest } from 'node:https'
import type { IncomingHttpHeaders } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { KubeObject } from '@drey/reconcile'
import {
  createApiServer,
  ensurePki,
  findObject,
  serveApi,
  serviceAccountTokens,
  type ApiServer,
  type Pki,
  type ServeOptions,
} from '../../src/index.ts'

export interface Answer {
  status: number
  headers: IncomingHttpHeaders
  text: string
  json: any
}
export interface Call {
  method?: string
  headers?: Record<string, string | string[]>
  body?: unknown
  /** a bearer token; without: the admin's certificate; `null`: nobody */
  token?: string | null
}

export interface Home {
  dir: string
  pki: Pki
  server: ApiServer
  url: string
  port: number
  agent: Agent
  call(path: string, call?: Call): Promise<Answer>
  create(path: string, object: Partial<KubeObject>): Promise<KubeObject>
  close(): Promise<void>
}

/** bob (group dev) has the token `bobs-token`. */
export const startHome = async (more: Partial<ServeOptions> = {}): Promise<Home> => {
  const dir = mkdtempSync(join(tmpdir(), 'drey-served-api-'))
  const pki = ensurePki(dir)
  const server = createApiServer({
    clock: {
      now: Date.now,
      after: (ms, then) => {
        const timer = setTimeout(then, ms).unref()
        return () => clearTimeout(timer)
      },
    },
    random: Math.random,
    caCertificate: pki.ca,
  })
  const served = await serveApi({
    server,
    port: 0,
    tls: { ...pki.server, clientCa: pki.ca },
    auth: {
      tokens: [{ token: 'bobs-token', user: { name: 'bob', groups: ['dev'] } }],
      serviceAccounts: serviceAccountTokens({
        signingKey: pki.serviceAccountKey,
        now: Date.now,
        find: findObject(server),
      }),
    },
    kubelet: { ca: pki.ca, ...pki.kubeletClient },
    ...more,
  })
  const admin = new Agent({ ca: pki.ca, ...pki.admin, keepAlive: true })
  const plain = new Agent({ ca: pki.ca, keepAlive: true })
  const call = (path: string, { method = 'GET', headers = {}, body, token }: Call = {}): Promise<Answer> =>
    new Promise((resolve, reject) => {
      const payload =
        body === undefined ? undefined : typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body)
      const request = httpsRequest(
        `${served.url}${path}`,
        {
          method,
          agent: token === undefined ? admin : plain,
          headers: {
            ...(payload === undefined
              ? {}
              : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(payload) }),
            ...(token ? { authorization: `Bearer ${token}` } : {}),
            ...headers,
          },
        },
        (response) => {
          const chunks: Buffer[] = []
          response.on('data', (chunk: Buffer) => chunks.push(chunk))
          response.on('end', () => {
            const text = Buffer.concat(chunks).toString('utf8')
            let json: unknown
            try {
              json = JSON.parse(text)
            } catch {
              json = undefined
            }
            resolve({ status: response.statusCode ?? 0, headers: response.headers, text, json })
          })
        },
      )
      request.on('error', reject)
      request.end(payload)
    })
  // pods need it; the machinery makes it in its own time
  await call('/api/v1/namespaces/default/serviceaccounts', {
    method: 'POST',
    body: { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default' } },
  })
  return {
    dir,
    pki,
    server,
    url: served.url,
    port: served.port,
    agent: admin,
    call,
    create: async (path, object) => {
      const answer = await call(path, { method: 'POST', body: object })
      if (answer.status !== 201) throw new Error(`POST ${path}: ${answer.status} ${answer.text}`)
      return answer.json as KubeObject
    },
    close: async () => {
      admin.destroy()
      plain.destroy()
      await served.close()
      await server.close()
      rmSync(dir, { recursive: true, force: true })
    },
  }
}

export const pods = '/api/v1/namespaces/default/pods'
export const configMaps = '/api/v1/namespaces/default/configmaps'
export const pod = (name: string, more: Record<string, unknown> = {}): Partial<KubeObject> => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name },
  spec: { containers: [{ name: 'main', image: 'busybox' }], ...more },
})

/** The embedded API server in memory, with what tests of the kubelet want to know about it. */
import { createApiServer } from '@drey/apiserver'
import { realClock, type KubeObject, type KubeTransport } from '@drey/reconcile'

export interface TestApi {
  transport: KubeTransport
  get<T extends KubeObject = KubeObject>(path: string): T | undefined
  /** creates or replaces the object at a path; rejects with the server's refusal */
  put(path: string, object: KubeObject): Promise<void>
  /** resolves as soon as the condition holds, now or after any later write */
  when(holds: () => boolean, what: () => string): Promise<void>
  /** every state the object at the path ever had, oldest first */
  history(path: string): readonly KubeObject[]
  events(): readonly KubeObject[]
  close(): Promise<void>
}

const user = { name: 'node', groups: ['system:masters'] }

export const testApi = async (): Promise<TestApi> => {
  const server = createApiServer({ clock: realClock, random: Math.random, caCertificate: 'PEM', freeze: true })
  const plain = server.transport(user)
  const past = new Map<string, KubeObject[]>()
  const listeners = new Set<() => void>()
  server.store.subscribe(({ bucket, key, object }) => {
    past.set(`${bucket}/${key}`, [...(past.get(`${bucket}/${key}`) ?? []), object])
    for (const listener of listeners) listener()
  })
  const transport: KubeTransport = {
    watch: plain.watch,
    async send(request) {
      // Tokens are signed where the server speaks HTTPS.
      const account = /\/serviceaccounts\/([^/]+)\/token$/.exec(request.path)?.[1]
      return account ? { status: 201, body: { status: { token: `token-of-${account}` } } } : plain.send(request)
    },
  }

  const api: TestApi = {
    transport,
    get: <T extends KubeObject>(path: string) => server.store.get(...placeOf(path)) as T | undefined,
    async put(path, object) {
      const exists = api.get(path) !== undefined
      const answer = await plain.send(
        exists
          ? { method: 'PUT', path, body: object }
          : { method: 'POST', path: path.slice(0, path.lastIndexOf('/')), body: object },
      )
      if (answer.status > 299) throw new Error(`${path}: ${JSON.stringify(answer.body)}`)
    },
    when: (holds, what) =>
      new Promise((resolve, reject) => {
        const timer = setTimeout(() => {
          listeners.delete(look)
          reject(new Error(`Never happened: ${what()}`))
        }, 60_000)
        const look = () => {
          if (!holds()) return
          clearTimeout(timer)
          listeners.delete(look)
          resolve()
        }
        listeners.add(look)
        look()
      }),
    history: (path) => past.get(placeOf(path).join('/')) ?? [],
    events: () => server.store.list('events'),
    close: () => server.close(),
  }
  await api.when(
    () => api.get('/api/v1/namespaces/default/serviceaccounts/default') !== undefined,
    () => 'the account of the namespace default',
  )
  return api
}

/** Where the store keeps the object of a path. */
const placeOf = (path: string): [bucket: string, key: string] => {
  const [, root, ...rest] = path.split('/')
  const group = root === 'apis' ? rest.shift() : undefined
  rest.shift()
  const namespace = rest[0] === 'namespaces' && rest.length > 2 ? rest[1] : undefined
  const [resource = '', name = ''] = namespace ? rest.slice(2) : rest
  return [group ? `${resource}.${group}` : resource, namespace ? `${namespace}/${name}` : name]
}

/** What a pod can rely on, whatever keeps it apart from the others. One suite for every isolation. */
import { createServer } from 'node:http'
import { readFileSync } from 'node:fs'
import type { Container } from 'kubernetes-types/core/v1.d.ts'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { IsolationChoice } from '../../src/isolation/isolation.ts'
import { marked } from '../../src/kubelet/process/tree.ts'
import { homeMark } from '../../src/kubelet/home-mark.ts'
import { hostFixtures, hostNode, isReady, phase, stateOf, world, type TestPod, type World } from './world.ts'

const main = (script: string, more: Partial<Container> = {}): Container => ({
  name: 'main',
  image: 'host',
  command: ['sh', '-c', script],
  ...more,
})
/** runs until it is told to end, and then ends at once */
const forever = 'trap "exit 0" TERM; while :; do sleep 0.1; done'
const serve = (more: Partial<Container> = {}): Container => ({
  name: 'main',
  image: 'host',
  command: [hostNode, `${hostFixtures}/server.mjs`],
  ports: [{ name: 'web', containerPort: 18081 }],
  env: [{ name: 'POD_IP', valueFrom: { fieldRef: { fieldPath: 'status.podIP' } } }],
  ...more,
})

export const podConformance = (isolation: IsolationChoice): void => {
  let w: World
  beforeAll(async () => {
    w = await world(isolation)
  })
  afterAll(async () => {
    await w.close()
    expect(marked(`${homeMark(w.dir)}:`), 'processes left behind').toEqual([])
  })
  const ended = (path: string) =>
    w.until(path, (pod) => ['Failed', 'Succeeded'].includes(phase(pod) ?? ''), `${path} ends`)
  const ready = (path: string) => w.until(path, isReady, `${path} is ready`)
  const gone = (path: string) => w.until(path, (pod) => pod === undefined, `${path} is gone`)

  it('binds, starts and reports a pod in the order Flink waits for', async () => {
    const path = w.run('order', { containers: [main(forever)] })
    await ready(path)
    const seen = w.api.history(path).map((pod) => {
      const status = pod['status'] as { conditions?: { type: string; status: string }[]; containerStatuses?: object[] }
      const on = (type: string) => status.conditions?.some((one) => one.type === type && one.status === 'True') ?? false
      const running = JSON.stringify(status.containerStatuses ?? []).includes('"running"')
      return [on('PodScheduled'), on('Initialized'), running, on('Ready')]
    })
    const first = [0, 1, 2, 3].map((index) => seen.findIndex((states) => states[index]))
    expect(first).toEqual(first.toSorted((a, b) => a - b))
    expect(first).not.toContain(-1)
    await w.event('Started', 'Started container main')
    await w.remove(path)
    await gone(path)
  })

  it('runs before anybody is attached, and its input ends with the first who was', async () => {
    const path = w.run('talks', {
      restartPolicy: 'Never',
      containers: [main('echo ready; cat; echo over', { stdin: true, stdinOnce: true })],
    })
    await ready(path)
    const { stdin } = await w.kubelet.target.attach({ namespace: 'default', pod: 'talks', container: 'main' })
    stdin!.end('hello\n')
    await ended(path)
    expect(w.log(path)).toBe('ready\nhello\nover\n')
    await w.remove(path)
    await gone(path)
  })

  it.skipIf(isolation.files === 'links')('a pod has a name of its own, which leads to itself', async () => {
    const path = w.run('selfish', {
      restartPolicy: 'Never',
      containers: [
        main('hostname; cat /etc/hostname; getent hosts "$(hostname)" | grep -q "$POD_IP" && echo itself', {
          env: [{ name: 'POD_IP', valueFrom: { fieldRef: { fieldPath: 'status.podIP' } } }],
        }),
      ],
    })
    await ended(path)
    expect(w.log(path)).toBe('selfish\nselfish\nitself\n')
    await w.remove(path)
    await gone(path)
  })

  it('reports exit code, reason, log and last words', async () => {
    const path = w.run('fails', {
      restartPolicy: 'Never',
      containers: [
        main('echo one; echo two >&2; printf "no more coffee" > $WORDS; exit 3', {
          env: [{ name: 'WORDS', value: '/dev/termination-log' }],
        }),
      ],
    })
    const pod = await ended(path)
    expect(phase(pod)).toBe('Failed')
    expect(stateOf(pod)?.state?.terminated).toMatchObject({ exitCode: 3, reason: 'Error', message: 'no more coffee' })
    expect(w.log(path)).toBe('one\ntwo\n')
  })

  it('gives a container the environment of its spec', async () => {
    await w.api.put('/api/v1/namespaces/default/configmaps/settings', {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'settings', namespace: 'default' },
      data: { color: 'green', size: '7' },
    })
    await w.api.put('/api/v1/namespaces/default/secrets/keys', {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'keys', namespace: 'default' },
      data: { key: Buffer.from('s3cret').toString('base64') },
    })
    const path = w.run('environment', {
      restartPolicy: 'Never',
      containers: [
        {
          name: 'main',
          image: 'host',
          command: [
            'sh',
            '-c',
            'echo "$@"; echo $ALL; echo $P_color $IP $NODE $CPU; echo $KUBERNETES_SERVICE_PORT; id -u >/dev/null',
          ],
          args: ['sh', '$(GREETING)', '$$(GREETING)', '$(NOBODY)'],
          envFrom: [{ prefix: 'P_', configMapRef: { name: 'settings' } }],
          env: [
            { name: 'KEY', valueFrom: { secretKeyRef: { name: 'keys', key: 'key' } } },
            { name: 'GREETING', value: "it's $(KEY)" },
            { name: 'ALL', value: '$(GREETING)/$(P_size)' },
            { name: 'IP', valueFrom: { fieldRef: { fieldPath: 'status.podIP' } } },
            { name: 'NODE', valueFrom: { fieldRef: { fieldPath: 'spec.nodeName' } } },
            { name: 'CPU', valueFrom: { resourceFieldRef: { resource: 'limits.cpu', divisor: '1m' } } },
          ],
          resources: { limits: { cpu: '1500m' } },
        },
      ],
    })
    const pod = await ended(path)
    expect(w.log(path).split('\n')).toEqual([
      "it's s3cret $(GREETING) $(NOBODY)",
      "it's s3cret/7",
      `green ${pod.status?.podIP} node-1 1500`,
      String(w.apiPort),
      '',
    ])
  })

  it('shows the image at its paths, and lets a container write beside it without changing it', async () => {
    const path = w.run('image', {
      restartPolicy: 'Never',
      containers: [
        main(
          'cat $DREY_TEST_HOME/greeting.txt /opt/drey-test/lib/a.txt; echo new > $DREY_TEST_HOME/new.txt; cat /opt/drey-test/new.txt',
          {
            image: 'layered',
          },
        ),
      ],
    })
    await ended(path)
    expect(w.log(path)).toBe('hello from the image\na\nnew\n')
    const again = w.run('image-again', {
      restartPolicy: 'Never',
      containers: [main('ls $DREY_TEST_HOME', { image: 'layered' })],
    })
    await ended(again)
    expect(w.log(again)).toBe('greeting.txt\nlib\n')
  })

  it('mounts volumes of every kind, also inside each other and by subPath', async () => {
    await w.api.put('/api/v1/namespaces/default/configmaps/files', {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'files', namespace: 'default' },
      data: { 'a.conf': 'bind=@POD_IP@', 'b.conf': 'b' },
    })
    const path = w.run('volumes', {
      restartPolicy: 'Never',
      volumes: [
        { name: 'config', configMap: { name: 'files', items: [{ key: 'a.conf', path: 'deep/a.conf' }] } },
        { name: 'one', configMap: { name: 'files' } },
        { name: 'scratch', emptyDir: {} },
        { name: 'about', downwardAPI: { items: [{ path: 'name', fieldRef: { fieldPath: 'metadata.name' } }] } },
        { name: 'host', hostPath: { path: w.dir + '/shared', type: 'DirectoryOrCreate' } },
      ],
      initContainers: [
        {
          ...main('echo from init > /scratch-drey/init.txt'),
          name: 'init',
          volumeMounts: [{ name: 'scratch', mountPath: '/scratch-drey' }],
        },
      ],
      containers: [
        main(
          'cat /opt/drey-test/conf/deep/a.conf; echo; cat /scratch-drey/init.txt /scratch-drey/conf/b.conf; echo; cat /opt/drey-test/lib/b.conf; echo; cat /about-drey/name; echo; echo kept > /data-drey/kept; ls /opt/drey-test/lib',
          {
            image: 'layered',
            volumeMounts: [
              { name: 'config', mountPath: '/opt/drey-test/conf' },
              { name: 'scratch', mountPath: '/scratch-drey' },
              { name: 'one', mountPath: '/scratch-drey/conf' },
              { name: 'one', mountPath: '/opt/drey-test/lib/b.conf', subPath: 'b.conf' },
              { name: 'about', mountPath: '/about-drey' },
              { name: 'host', mountPath: '/data-drey', subPath: 'sub' },
            ],
          },
        ),
      ],
    })
    const pod = await ended(path)
    expect(w.log(path).split('\n')).toEqual([
      `bind=${pod.status?.podIP}`,
      'from init',
      'b',
      'b',
      'volumes',
      'a.txt',
      'b.conf',
      '',
    ])
    expect(readFileSync(w.dir + '/shared/sub/kept', 'utf8')).toBe('kept\n')
  })

  it('gives programs a token and the way to the API server', async () => {
    const where = '/var/run/secrets/kubernetes.io/serviceaccount'
    const token = isolation.files === 'links' ? '$KUBERNETES_AUTH_SERVICEACCOUNT_TOKEN' : `${where}/token`
    const path = w.run('token', {
      restartPolicy: 'Never',
      containers: [main(`cat ${token} ${where}/namespace ${where}/ca.crt`)],
    })
    await ended(path)
    expect(w.log(path)).toBe('token-of-defaultdefaultPEM\n')
  })

  it('brings a changed ConfigMap into a running pod', async () => {
    const at = '/api/v1/namespaces/default/configmaps/live'
    const live = (value: string) => ({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'live', namespace: 'default' },
      data: { value },
    })
    await w.api.put(at, live('old'))
    const path = w.run('live', {
      restartPolicy: 'Never',
      volumes: [{ name: 'live', configMap: { name: 'live' } }],
      containers: [
        main('echo up; until grep -q new /live-drey/value; do sleep 0.05; done; cat /live-drey/value', {
          volumeMounts: [{ name: 'live', mountPath: '/live-drey' }],
        }),
      ],
    })
    await ready(path)
    await w.api.put(at, { ...w.api.get(at), ...live('new') })
    await ended(path)
    expect(w.log(path)).toBe('up\nnew\n')
  })

  it('waits for a ConfigMap that is missing, and says so', async () => {
    const path = w.run('early', {
      restartPolicy: 'Never',
      volumes: [{ name: 'late', configMap: { name: 'late' } }],
      containers: [main('cat /late-drey/x', { volumeMounts: [{ name: 'late', mountPath: '/late-drey' }] })],
    })
    await w.event('FailedMount', 'MountVolume.SetUp failed for volume "late" : configmap "late" not found')
    const conditions = w.api.get<TestPod>(path)?.status?.conditions
    expect(conditions).toContainEqual(expect.objectContaining({ type: 'PodReadyToStartContainers', status: 'False' }))
    await w.api.put('/api/v1/namespaces/default/configmaps/late', {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'late', namespace: 'default' },
      data: { x: 'here\n' },
    })
    await ended(path)
    expect(w.log(path)).toBe('here\n')
  })

  it('says which key of which ConfigMap a container misses', async () => {
    const env = [{ name: 'X', valueFrom: { configMapKeyRef: { name: 'nowhere', key: 'x' } } }]
    const path = w.run('unconfigured', { containers: [main(forever, { env })] })
    const pod = await w.until(
      path,
      (now) => stateOf(now)?.state?.waiting?.reason === 'CreateContainerConfigError',
      'the error',
    )
    expect(stateOf(pod)?.state?.waiting?.message).toBe('configmap "nowhere" not found')
    await w.remove(path)
    await gone(path)
  })

  it('refuses an unknown image with the catalogue’s advice', async () => {
    const path = w.run('unknown', { containers: [main(forever, { image: 'nobody/knows:1' })] })
    const pod = await w.until(path, (now) => stateOf(now)?.state?.waiting?.reason === 'ErrImagePull', 'ErrImagePull')
    expect(stateOf(pod)?.state?.waiting?.message).toContain('drey image map nobody/knows:1')
    await w.until(path, (now) => stateOf(now)?.state?.waiting?.reason === 'ImagePullBackOff', 'ImagePullBackOff')
    await w.remove(path)
    await gone(path)
  })

  it('says that a program does not exist', async () => {
    const path = w.run('no-program', { containers: [{ name: 'main', image: 'host', command: ['no-such-program'] }] })
    const pod = await w.until(path, (now) => stateOf(now)?.lastState?.terminated !== undefined, 'a failed start')
    expect(stateOf(pod)?.lastState?.terminated).toMatchObject({
      exitCode: 128,
      reason: 'StartError',
      message: 'exec: "no-such-program": executable file not found in $PATH',
    })
    await w.remove(path)
    await gone(path)
  })

  it('runs init containers one after the other, sidecars beside the main one, and ends the sidecars last', async () => {
    const path = w.run('parts', {
      restartPolicy: 'Never',
      volumes: [{ name: 'log', emptyDir: {} }],
      initContainers: [
        {
          ...main('echo first >> /log-drey/l'),
          name: 'first',
          volumeMounts: [{ name: 'log', mountPath: '/log-drey' }],
        },
        {
          ...main(
            'echo side >> /log-drey/l; trap "echo side ends >> /log-drey/l; exit 0" TERM; while :; do sleep 0.05; done',
          ),
          name: 'side',
          ...({ restartPolicy: 'Always' } as object),
          volumeMounts: [{ name: 'log', mountPath: '/log-drey' }],
          startupProbe: { exec: { command: ['grep', '-q', 'side', '/log-drey/l'] }, periodSeconds: 1 },
        },
        {
          ...main('echo second >> /log-drey/l'),
          name: 'second',
          volumeMounts: [{ name: 'log', mountPath: '/log-drey' }],
        },
      ],
      containers: [
        main('echo main >> /log-drey/l; cat /log-drey/l', { volumeMounts: [{ name: 'log', mountPath: '/log-drey' }] }),
      ],
    })
    const pod = await ended(path)
    expect(phase(pod)).toBe('Succeeded')
    expect(w.log(path)).toBe('first\nside\nsecond\nmain\n')
    expect(pod.status?.initContainerStatuses?.map(({ name, state }) => [name, state?.terminated?.exitCode])).toEqual([
      ['first', 0],
      ['side', 0],
      ['second', 0],
    ])
  })

  it('a failing init container of a pod that is never restarted fails the pod', async () => {
    const path = w.run('bad-init', {
      restartPolicy: 'Never',
      initContainers: [{ ...main('exit 5'), name: 'init' }],
      containers: [main(forever)],
    })
    const pod = await ended(path)
    expect(phase(pod)).toBe('Failed')
    expect(stateOf(pod)?.state?.waiting?.reason).toBe('PodInitializing')
  })

  it('restarts in the same pod at once, then with a delay, and keeps the log of the instance before', async () => {
    const path = w.run('crash', { containers: [main('echo instance; exit 1')] })
    const pod = await w.until(
      path,
      (now) => stateOf(now)?.state?.waiting?.reason === 'CrashLoopBackOff',
      'CrashLoopBackOff',
    )
    expect(stateOf(pod)).toMatchObject({ restartCount: 1, lastState: { terminated: { exitCode: 1, reason: 'Error' } } })
    expect(stateOf(pod)?.state?.waiting?.message).toMatch(
      /^back-off 10s restarting failed container=main pod=crash_default/,
    )
    expect([w.log(path, 'main', 0), w.log(path, 'main', 1)]).toEqual(['instance\n', 'instance\n'])
    expect(phase(pod)).toBe('Running')
    await w.remove(path)
    await gone(path)
  })

  it('is ready when its readiness probe says so, at the pod’s own address', async () => {
    const path = w.run('probed', {
      containers: [
        serve({
          startupProbe: { httpGet: { path: '/started', port: 'web' }, periodSeconds: 1, failureThreshold: 100 },
          readinessProbe: { tcpSocket: { port: 'web' }, periodSeconds: 1 },
        }),
      ],
    })
    const pod = await ready(path)
    const answer = await w.fetch(pod.status?.podIP ?? '', 18081, '/')
    expect(answer).toContain('hello from probed')
    await w.remove(path)
    await gone(path)
  })

  it('restarts a container whose liveness probe fails', async () => {
    const path = w.run('unwell', {
      terminationGracePeriodSeconds: 1,
      containers: [
        main('trap "" TERM; while :; do sleep 0.1; done', {
          livenessProbe: {
            exec: { command: ['sh', '-c', 'echo sick; exit 1'] },
            initialDelaySeconds: 1,
            periodSeconds: 1,
            failureThreshold: 1,
          },
        }),
      ],
    })
    const pod = await w.until(path, (now) => (stateOf(now)?.restartCount ?? 0) > 0, 'a restart')
    expect(stateOf(pod)?.lastState?.terminated?.exitCode).toBe(137)
    await w.event('Unhealthy', 'Liveness probe failed: sick')
    await w.remove(path)
    await gone(path)
  })

  it('two pods listen on the same port', async () => {
    const paths = ['twin-a', 'twin-b'].map((name) =>
      w.run(name, { containers: [serve({ readinessProbe: { tcpSocket: { port: 18081 }, periodSeconds: 1 } })] }),
    )
    const pods = await Promise.all(paths.map(ready))
    const answers = await Promise.all(pods.map((pod) => w.fetch(pod.status?.podIP ?? '', 18081, '/')))
    expect(answers[0]).toContain('twin-a')
    expect(answers[1]).toContain('twin-b')
    for (const path of paths) await w.remove(path)
    await Promise.all(paths.map(gone))
  })

  it('pods find each other by the names of Services', async () => {
    const path = w.run('named', {
      containers: [serve({ readinessProbe: { tcpSocket: { port: 18081 }, periodSeconds: 1 } })],
    })
    const pod = await ready(path)
    await w.api.put('/api/v1/namespaces/default/services/shop', {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'shop', namespace: 'default' },
      spec: { clusterIP: 'None', ports: [{ port: 18081 }] },
    })
    await w.api.put('/apis/discovery.k8s.io/v1/namespaces/default/endpointslices/shop-1', {
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: { name: 'shop-1', namespace: 'default', labels: { 'kubernetes.io/service-name': 'shop' } },
      endpoints: [{ addresses: [pod.status?.podIP ?? ''], conditions: { ready: true } }],
    })
    const client = w.run('client', {
      restartPolicy: 'Never',
      containers: [
        isolation.files === 'mount'
          ? main(
              'for n in shop shop.default shop.default.svc shop.default.svc.cluster.local; do getent hosts $n | cut -d" " -f1; done; exec $NODE $CLIENT http://shop.default:18081/',
              {
                env: [
                  { name: 'NODE', value: hostNode },
                  { name: 'CLIENT', value: `${hostFixtures}/client.mjs` },
                ],
              },
            )
          : main('true'),
      ],
    })
    await ended(client)
    const ip = pod.status?.podIP
    if (isolation.files === 'mount')
      expect(w.log(client).trim().split('\n')).toEqual([ip, ip, ip, ip, 'hello from named'])
    await w.remove(path)
    await gone(path)
  })

  it('ends the whole tree of processes when the grace period is over', async () => {
    const path = w.run('stubborn', {
      terminationGracePeriodSeconds: 1,
      containers: [main('trap "" TERM; (setsid sleep 1000 &); sleep 1000 & while :; do sleep 0.1; done')],
    })
    const pod = await ready(path)
    await w.remove(path)
    await gone(path)
    expect(marked(`${homeMark(w.dir)}:${pod.metadata.uid}`)).toEqual([])
    await w.event('Killing', 'Stopping container main')
  })

  it('a second delete with less patience shortens the grace period', async () => {
    const path = w.run('patient', {
      terminationGracePeriodSeconds: 600,
      containers: [main('trap "" TERM; while :; do sleep 0.1; done')],
    })
    await ready(path)
    await w.remove(path)
    await w.until(path, (pod) => pod?.metadata.deletionGracePeriodSeconds === 600, 'the first delete')
    await w.remove(path, 1)
    await gone(path)
  })

  it('a pod on the host’s network has the node’s address', async () => {
    const path = w.run('on-host', { hostNetwork: true, containers: [main(forever)] })
    const pod = await ready(path)
    expect(pod.status?.podIP).toBe('127.0.0.1')
    await w.remove(path)
    await gone(path)
  })

  it('ends a pod that is deleted the moment it runs', async () => {
    for (const name of ['brief-1', 'brief-2', 'brief-3']) {
      const path = w.run(name, { containers: [{ name: 'main', image: 'host', command: ['sleep', '1000'] }] })
      await w.until(path, (pod) => stateOf(pod)?.state?.running !== undefined, 'running')
      await w.remove(path)
      await gone(path)
    }
  })

  it('a pod that vanishes from the API is killed', async () => {
    const path = w.run('vanishes', { containers: [main('trap "" TERM; while :; do sleep 0.1; done')] })
    const pod = await ready(path)
    await w.remove(path, 0)
    await w.nothingLeft(pod)
  })

  it('a kubelet that was killed is followed by one that adopts the processes and learns their exit codes', async () => {
    const path = w.run('survivor', {
      restartPolicy: 'Never',
      volumes: [{ name: 'v', emptyDir: {} }],
      containers: [
        main('echo before; until [ -e /v-drey/go ]; do sleep 0.05; done; echo after; exit 7', {
          volumeMounts: [{ name: 'v', mountPath: '/v-drey' }],
        }),
      ],
    })
    const before = await ready(path)
    const states = w.api.history(path).length
    await w.restart({ keepPods: true })
    w.touch(before, 'volumes/v/go')
    const pod = await ended(path)
    expect(stateOf(pod)?.state?.terminated?.exitCode).toBe(7)
    const flaps = w.api
      .history(path)
      .slice(states)
      .filter((state) => phase(state as TestPod) === 'Running' && !isReady(state as TestPod))
    expect(flaps).toEqual([])
    expect(stateOf(pod)?.restartCount).toBe(0)
    expect(stateOf(pod)?.state?.terminated?.startedAt).toBe(stateOf(before)?.state?.running?.startedAt)
    expect(w.log(path)).toBe('before\nafter\n')
    expect(pod.status?.podIP).toBe(before.status?.podIP)
  })

  it('a pod whose processes died with the node is restarted in place', async () => {
    const path = w.run('comes-back', { containers: [main(`echo up; ${forever}`)] })
    const before = await ready(path)
    await w.restart({ keepPods: false })
    const pod = await w.until(path, (now) => isReady(now) && stateOf(now)?.restartCount === 1, 'restarted')
    expect(pod.metadata.uid).toBe(before.metadata.uid)
    await w.remove(path)
    await gone(path)
  })

  it('executes a command in the container’s world', async () => {
    const path = w.run('exec', {
      containers: [main(forever, { image: 'layered', env: [{ name: 'COLOR', value: 'blue' }] })],
    })
    await ready(path)
    const plan = await w.kubelet.target.exec({ namespace: 'default', pod: 'exec', container: 'main' }, [
      'sh',
      '-c',
      'echo $COLOR; cat $DREY_TEST_HOME/greeting.txt',
    ])
    expect(await w.output(plan)).toBe('blue\nhello from the image\n')
    await w.remove(path)
    await gone(path)
  })

  it('evicts a pod, which stays as Failed', async () => {
    const path = w.run('evicted', { containers: [main(forever)] })
    await ready(path)
    expect(w.kubelet.evict('default', 'evicted', 'Evicted', 'The node was low on disk.')).toBe(true)
    const pod = await ended(path)
    expect(pod.status).toMatchObject({ phase: 'Failed', reason: 'Evicted', message: 'The node was low on disk.' })
  })

  it('says why a pod does not fit the node', async () => {
    const path = w.run('elsewhere', { nodeSelector: { disk: 'ssd' }, containers: [main(forever)] })
    const pod = await w.until(path, (now) => now?.status?.conditions?.[0]?.reason === 'Unschedulable', 'Unschedulable')
    expect(pod.status?.conditions?.[0]?.message).toBe(
      "0/1 nodes are available: 1 node(s) didn't match Pod's node affinity/selector.",
    )
    await w.remove(path)
  })

  it('lets pods reach the API server', async () => {
    const reached = Promise.withResolvers<string>()
    const api = createServer((request, response) => {
      reached.resolve(request.url ?? '')
      response.end('{}')
    })
    await new Promise<void>((resolve) => api.listen(w.apiPort, '127.0.0.1', resolve))
    const path = w.run('api-client', {
      restartPolicy: 'Never',
      containers: [
        {
          name: 'main',
          image: 'host',
          command: [hostNode, `${hostFixtures}/client.mjs`, 'api'],
        },
      ],
    })
    await ended(path)
    api.close()
    expect(w.log(path)).toContain('{}')
    await expect(reached.promise).resolves.toBe('/version')
  })
}

/** kubectl as a real client of a home: what people type, on small pods, so that no Flink is needed. */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { hasKubectl, startHome, type Home } from './home.ts'

if (!hasKubectl) {
  const text = 'kubectl is not installed: its tests are SKIPPED'
  if (process.env['CI']) throw new Error(text)
  console.warn(text)
}

const pod = (name: string, command: string, more = '') => `apiVersion: v1
kind: Pod
metadata: { name: ${name}, labels: { app: ${name} } }
spec:
  terminationGracePeriodSeconds: 1
  containers:
    - name: main
      image: busybox
      command: ["/bin/sh", "-c", ${JSON.stringify(command)}]
${more}`

const workload = (name: string, replicas: number) => `apiVersion: apps/v1
kind: Deployment
metadata: { name: ${name} }
spec:
  replicas: ${replicas}
  selector: { matchLabels: { app: ${name} } }
  template:
    metadata: { labels: { app: ${name} } }
    spec:
      terminationGracePeriodSeconds: 1
      containers:
        - { name: main, image: busybox, command: ["sh", "-c", "sleep 3600"] }
`

describe.skipIf(!hasKubectl)('kubectl', () => {
  let home: Home
  let work: string
  const children: ChildProcess[] = []

  beforeAll(async () => {
    work = mkdtempSync(join(tmpdir(), 'drey-kubectl-'))
    home = await startHome()
  })
  afterEach(() => {
    for (const child of children.splice(0)) child.kill('SIGKILL')
  })
  afterAll(async () => {
    await home.close()
    rmSync(work, { recursive: true, force: true })
  })

  /** Runs kubectl; what it says on both streams, and how it ended. */
  const kubectl = (words: string[], o: { input?: string; env?: NodeJS.ProcessEnv } = {}) => {
    const { status, stdout, stderr } = spawnSync('kubectl', words, {
      encoding: 'utf8',
      env: { ...home.env, ...o.env },
      ...(o.input === undefined ? {} : { input: o.input }),
      timeout: 60_000,
      maxBuffer: 64 << 20,
    })
    return { status, stdout, stderr }
  }
  /** The same for what must succeed: its output. */
  const ok = (line: string, o: { input?: string; env?: NodeJS.ProcessEnv } = {}): string => {
    const words = line.match(/(?:'[^']*'|[^\s'])+/g)!.map((word) => word.replaceAll("'", ''))
    const { status, stdout, stderr } = kubectl(words, o)
    if (status !== 0) throw new Error(`kubectl ${line}: exit ${status}\n${stdout}${stderr}`)
    return stdout
  }
  const apply = (manifest: string, ...more: string[]) => ok(`apply ${more.join(' ')} -f -`, { input: manifest })
  const ready = (name: string) => ok(`wait --for=condition=Ready pod/${name} --timeout=60s`)

  /** A kubectl that goes on; `said` is what it has printed so far. */
  const going = (...words: string[]) => {
    const child = spawn('kubectl', words, { env: home.env, stdio: ['pipe', 'pipe', 'pipe'] })
    children.push(child)
    let text = ''
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (text += chunk.toString()))
    const over = new Promise<number | null>((resolve) => child.on('close', resolve))
    return { child, said: () => text, over }
  }
  const until = async (what: string, isSo: () => boolean | Promise<boolean>) => {
    for (const deadline = Date.now() + 60_000; !(await isSo());) {
      if (Date.now() > deadline) throw new Error(`not so after 60 s: ${what}`)
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  }

  const kinds = [
    'namespaces pods deployments replicasets services endpoints endpointslices configmaps secrets serviceaccounts',
    'roles rolebindings clusterroles clusterrolebindings persistentvolumeclaims events leases ingresses',
    'customresourcedefinitions flinkdeployments flinksessionjobs flinkstatesnapshots flinkbluegreendeployments',
    'nodes jobs cronjobs statefulsets daemonsets persistentvolumes storageclasses',
  ]
    .join(' ')
    .split(' ')

  test.each(kinds)('get %s', (kind) => {
    for (const form of ['', '-o wide', '-o yaml']) {
      const { status, stderr } = kubectl(`get ${kind} -A ${form}`.trim().replaceAll("'", '').split(' '))
      expect(stderr.replace(/No resources found.*\n/, '')).toBe('')
      expect(status).toBe(0)
    }
  })

  test('get all; api-resources; api-versions; version; cluster-info', () => {
    expect(kubectl(['get', 'all', '-A']).status).toBe(0)
    const resources = ok('api-resources')
    for (const line of [
      /^deployments +deploy +apps\/v1 +true +Deployment$/m,
      /^flinkdeployments +flinkdep +flink.apache.org\/v1beta1 +true +FlinkDeployment$/m,
    ])
      expect(resources).toMatch(line)
    expect(ok('api-versions')).toContain('flink.apache.org/v1beta1\n')
    expect(ok('version')).toMatch(/Server Version: v1\./)
    expect(ok('cluster-info')).toMatch(/Kubernetes control plane/)
  })

  test('a pod: run, get in all forms, describe, logs, exec, cp, attach to its end', async () => {
    const manifest = pod(
      'worker',
      'echo hello from $HOSTNAME; echo oops >&2; i=0; while true; do i=$((i+1)); echo tick $i; sleep 0.2; done',
    )
    expect(apply(manifest)).toBe('pod/worker created\n')
    expect(ready('worker')).toContain('condition met')
    expect(apply(manifest)).toBe('pod/worker unchanged\n')
    expect(ok('get pod worker')).toMatch(/^NAME +READY +STATUS +RESTARTS +AGE\nworker +1\/1 +Running +0 +\d+s\n$/)
    expect(ok('get pod worker -o wide')).toMatch(/IP +NODE +NOMINATED NODE +READINESS GATES\n.* drey +<none> +<none>/)
    expect(ok("get pod worker -o jsonpath='{.status.phase}/{.spec.containers[0].image}'")).toBe('Running/busybox')
    expect(ok('get pod worker -o yaml')).toMatch(/^apiVersion: v1\nkind: Pod\n/)
    expect(ok('get pods -l app=worker -o name')).toBe('pod/worker\n')
    expect(ok('get pods --field-selector=status.phase=Running -o custom-columns=N:.metadata.name')).toContain('worker')
    expect(ok('describe pod worker')).toMatch(/Events:\n +Type +Reason[\s\S]*Normal +Started/)
    expect(ok('logs worker --tail=1')).toMatch(/^tick \d+\n$/)
    expect(ok('logs worker')).toMatch(/^hello from worker\noops\n/)
    expect(ok('logs worker --timestamps --limit-bytes=40')).toMatch(/^\d{4}-\d\d-\d\dT/)
    expect(ok('exec worker -- echo one two')).toBe('one two\n')
    expect(kubectl(['exec', 'worker', '--', 'sh', '-c', 'echo bad >&2; exit 7'])).toMatchObject({ status: 7 })
    expect(ok('exec -i worker -- cat', { input: 'through\n' })).toBe('through\n')

    const following = going('logs', '-f', 'worker')
    await until('ticks come', () => (following.said().match(/tick/g) ?? []).length >= 3)
    ok('delete pod worker --wait=true')
    expect(await following.over).toBe(0)
    expect(kubectl(['get', 'pod', 'worker'])).toMatchObject({
      status: 1,
      stderr: 'Error from server (NotFound): pods "worker" not found\n',
    })
  })

  test.skipIf(spawnSync('tar', ['--version']).status !== 0)('cp, both ways', () => {
    apply(pod('box', 'sleep 3600'))
    ready('box')
    const there = join(work, 'there')
    const back = join(work, 'back')
    writeFileSync(there, 'content\n'.repeat(10_000))
    ok(`cp ${there} box:/tmp/copied`)
    expect(ok('exec box -- wc -l /tmp/copied')).toMatch(/^ *10000 /)
    ok(`cp box:/tmp/copied ${back}`)
    expect(readFileSync(back, 'utf8')).toBe(readFileSync(there, 'utf8'))
    ok('delete pod box --grace-period=0 --force')
  })

  test('get -w shows changes as they happen', async () => {
    const watching = going('get', 'configmaps', '-w', '-o', 'name', '--field-selector', 'metadata.name=watched')
    ok('create configmap watched --from-literal=a=1')
    await until('created', () => watching.said().includes('configmap/watched'))
    ok(`patch configmap watched --type merge -p '{"data":{"a":"2"}}'`)
    await until('changed', () => (watching.said().match(/configmap\/watched/g) ?? []).length >= 2)
    ok('delete configmap watched')
    await until('deleted', () => (watching.said().match(/configmap\/watched/g) ?? []).length >= 3)
  })

  test('apply on the client and on the server, with a conflict told and forced', () => {
    const map = (a: string, more = '') =>
      `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: owned }\ndata: { a: "${a}"${more} }\n`
    expect(apply(map('1', ', b: "1"'))).toBe('configmap/owned created\n')
    expect(apply(map('2'))).toBe('configmap/owned configured\n')
    expect(ok("get configmap owned -o jsonpath='{.data}'")).toBe('{"a":"2"}')
    const refused = kubectl(['apply', '--server-side', '--field-manager=other', '-f', '-'], { input: map('3') })
    expect(refused.status).toBe(1)
    expect(refused.stderr).toMatch(/conflict with "kubectl-client-side-apply"[\s\S]*\.data\.a/)
    expect(apply(map('3'), '--server-side', '--field-manager=other', '--force-conflicts')).toBe(
      'configmap/owned serverside-applied\n',
    )
    expect(ok('get configmap owned --show-managed-fields -o yaml')).toContain('manager: other')
    expect(ok('diff -f -', { input: map('3') })).toBe('')
    expect(kubectl(['diff', '-f', '-'], { input: map('4') }).status).toBe(1)
    expect(apply(map('5'), '--dry-run=server')).toContain('(server dry run)')
    expect(ok("get configmap owned -o jsonpath='{.data.a}'")).toBe('3')
  })

  test('create, edit, patch in three ways, label, annotate, set, replace, delete', () => {
    ok('create namespace shop')
    ok('create configmap settings -n shop --from-literal=level=info')
    ok('create secret generic key -n shop --from-literal=password=hidden')
    ok('create serviceaccount clerk -n shop')
    ok('create role reader -n shop --verb=get,list --resource=pods,configmaps')
    ok('create rolebinding reads -n shop --role=reader --serviceaccount=shop:clerk')
    expect(ok("get secret key -n shop -o jsonpath='{.data.password}'")).toBe(Buffer.from('hidden').toString('base64'))
    expect(ok('create token clerk -n shop').split('.').length).toBe(3)

    expect(ok('edit configmap settings -n shop', { env: { EDITOR: 'sed -i s/info/debug/' } })).toBe(
      'configmap/settings edited\n',
    )
    expect(ok("get configmap settings -n shop -o jsonpath='{.data.level}'")).toBe('debug')
    ok(`patch configmap settings -n shop --type json -p '[{"op":"add","path":"/data/more","value":"yes"}]'`)
    ok(`patch configmap settings -n shop --type merge -p '{"data":{"level":null}}'`)
    expect(ok("get configmap settings -n shop -o jsonpath='{.data}'")).toBe('{"more":"yes"}')

    apply(workload('web', 0), '-n shop')
    ok(
      `patch deployment web -n shop -p '{"spec":{"template":{"spec":{"containers":[{"name":"main","env":[{"name":"A","value":"1"}]}]}}}}'`,
    )
    ok('set env deployment/web -n shop B=2')
    ok('set image deployment/web -n shop main=busybox:1.36')
    expect(
      ok(
        "get deployment web -n shop -o jsonpath='{.spec.template.spec.containers[*].env[*].name} {.spec.template.spec.containers[*].image}'",
      ),
    ).toBe('A B busybox:1.36')
    ok('label deployment web -n shop tier=front')
    ok('annotate deployment web -n shop why=because')
    expect(ok('get deployments -n shop -l tier=front -o name')).toBe('deployment.apps/web\n')
    ok('label deployment web -n shop tier-')
    expect(ok('replace -f -', { input: ok('get configmap settings -n shop -o json') })).toBe(
      'configmap/settings replaced\n',
    )

    ok('delete deployment,configmap --all -n shop')
    ok('delete namespace shop --timeout=60s')
    expect(kubectl(['get', 'namespace', 'shop']).status).toBe(1)
  })

  test('a deployment: rollout status, scale, restart, history, undo, expose', async () => {
    apply(workload('front', 2))
    expect(ok('rollout status deployment/front --timeout=60s')).toContain('successfully rolled out')
    expect(ok('get deployment front')).toMatch(/^NAME +READY +UP-TO-DATE +AVAILABLE +AGE\nfront +2\/2 +2 +2 +/)
    expect(ok('get replicasets -l app=front')).toMatch(/^NAME +DESIRED +CURRENT +READY +AGE\nfront-\w+ +2 +2 +2 /)
    ok('scale deployment front --replicas=1')
    ok("wait deployment/front --for=jsonpath='{.status.readyReplicas}'=1 --timeout=60s")
    ok('set env deployment/front A=1')
    ok('rollout status deployment/front --timeout=60s')
    expect(ok('rollout history deployment/front')).toMatch(/REVISION +CHANGE-CAUSE\n1 .*\n2 /)
    ok('rollout undo deployment/front')
    ok('rollout status deployment/front --timeout=60s')
    ok('rollout restart deployment/front')
    ok('rollout status deployment/front --timeout=60s')
    expect(ok('expose deployment front --port=80')).toContain('service/front exposed')
    await until('endpoints', () => /:80$/m.test(ok('get endpoints front --no-headers').trim().split(/\s+/)[1] ?? ''))
    expect(ok('describe deployment front')).toMatch(/StrategyType: +RollingUpdate/)
    expect(ok('describe service front')).toMatch(/Endpoints: +127\./)
    ok('delete deployment,service front --timeout=60s')
    await until('its pods are gone', () => ok('get pods -l app=front -o name') === '')
  })

  test('a Service answers on its port; port-forward to it and to a pod ends with the pod', async () => {
    const server = `node -e "require('http').createServer((q,r)=>r.end('served '+q.url)).listen(8080, process.env.POD_IP)"`
    apply(
      pod(
        'web',
        server,
        '      env: [{ name: POD_IP, valueFrom: { fieldRef: { fieldPath: status.podIP } } }]\n      readinessProbe: { tcpSocket: { port: 8080 }, periodSeconds: 1 }\n',
      ),
    )
    apply(
      'apiVersion: v1\nkind: Service\nmetadata: { name: web }\nspec: { selector: { app: web }, ports: [{ name: a, port: 80, targetPort: 8080 }, { name: b, port: 8000, targetPort: 8080 }] }\n',
    )
    ready('web')
    const ask = 'fetch("http://web:8000/inside").then((r)=>r.text()).then(console.log,()=>{})'
    await until('the Service answers pods on its own port', () =>
      kubectl(['exec', 'web', '--', 'node', '-e', ask]).stdout.includes('served /inside'),
    )
    for (const [target, port] of [
      ['pod/web', 8080],
      ['svc/web', 80],
    ] as const) {
      const local = await freePort()
      const forward = going('port-forward', target, `${local}:${port}`)
      await until('it forwards', () => forward.said().includes('Forwarding from 127.0.0.1'))
      const answers = await Promise.all(
        [1, 2, 3].map(async (n) => (await fetch(`http://127.0.0.1:${local}/${n}`)).text()),
      )
      expect(answers).toEqual(['served /1', 'served /2', 'served /3'])
      if (target === 'pod/web') {
        forward.child.kill()
        continue
      }
      ok('delete pod web --timeout=60s')
      await fetch(`http://127.0.0.1:${local}/after`).catch(() => {})
      await forward.over
      expect(forward.said()).toMatch(/lost connection to pod|error/)
    }
  })

  test('explain and auth can-i', () => {
    expect(ok('explain pod.spec.containers')).toMatch(/FIELD: +containers/)
    expect(ok('explain flinkdeployment.spec.job.upgradeMode')).toMatch(/FIELD: upgradeMode <[\s\S]*DESCRIPTION:\n +\S+/)
    expect(ok('explain flinkdeployment --recursive')).toContain('upgradeMode')
    expect(ok('auth can-i create pods')).toBe('yes\n')
    const other = kubectl(['auth', 'can-i', 'get', 'secrets', '--as=system:serviceaccount:default:default'])
    expect([other.status, other.stdout]).toEqual([1, 'no\n'])
    expect(ok('auth can-i --list')).toContain('*.*')
    expect(ok('auth whoami')).toContain('system:masters')
  })

  test('events of an object, newest last; wait for a condition and for an end', async () => {
    apply(pod('short', 'echo done', '  restartPolicy: Never\n'))
    ok("wait pod/short --for=jsonpath='{.status.phase}'=Succeeded --timeout=60s")
    await until('it is told', () => /Normal +Started +Pod\/short/.test(ok('events --for pod/short')))
    expect(ok('get events --field-selector involvedObject.name=short')).toContain('Started')
    const gone = going('wait', '--for=delete', 'pod/short', '--timeout=60s')
    ok('delete pod short')
    expect(await gone.over).toBe(0)
    expect(kubectl(['wait', '--for=condition=Ready', 'pod/short', '--timeout=1s']).status).toBe(1)
  })

  test('claims are bound at once, whatever class they name', async () => {
    apply(`apiVersion: v1
kind: PersistentVolumeClaim
metadata: { name: shared }
spec: { accessModes: [ReadWriteMany], storageClassName: nfs-storage, resources: { requests: { storage: 1Gi } } }
`)
    await until('bound', () => /shared +Bound /.test(ok('get pvc shared')))
    for (const name of ['writes', 'reads'])
      apply(
        pod(
          name,
          name === 'writes' ? 'echo written > /data/file; sleep 3600' : 'sleep 3600',
          '      volumeMounts: [{ name: d, mountPath: /data }]\n  volumes: [{ name: d, persistentVolumeClaim: { claimName: shared } }]\n',
        ),
      )
    ready('writes')
    ready('reads')
    await until('seen', () => kubectl(['exec', 'reads', '--', 'cat', '/data/file']).stdout === 'written\n')
    ok('delete pod writes reads --timeout=60s')
    ok('delete pvc shared --timeout=60s')
  })

  test('an image that nobody knows says which commands help', async () => {
    apply(pod('unknown', 'true').replace('busybox', 'my.registry/orders:7'))
    await until('it is said', () => /ErrImagePull|ImagePullBackOff/.test(ok('get pod unknown')))
    const described = ok('describe pod unknown')
    expect(described).toContain('drey image map my.registry/orders:7')
    ok('delete pod unknown')
  })

  test('an image that is built while a pod waits for it lets the pod run', async () => {
    writeFileSync(join(work, 'Dockerfile'), 'FROM busybox\nCOPY tool.sh /opt/tools/\nENV GREETING=hello\n')
    writeFileSync(join(work, 'tool.sh'), 'echo "$GREETING from $(hostname)"\n')
    apply(pod('tool', 'sh /opt/tools/tool.sh', '  restartPolicy: Never\n').replace('busybox', 'my/tool:1'))
    await until('it waits', () => /ErrImagePull|ImagePullBackOff/.test(ok('get pod tool')))
    expect(await home.drey('image', 'build', '-t', 'my/tool:1', work)).toBe('✓ my/tool:1 built on this machine\n')
    await until('it has run', () => ok("get pod tool -o jsonpath='{.status.phase}'") === 'Succeeded')
    expect(ok('logs tool')).toBe('hello from tool\n')
    ok('delete pod tool')
  })

  test('run -i --rm: what is typed reaches the program, its answer comes back, nothing stays', () => {
    expect(ok('run once -i --rm --restart=Never --image=busybox -- cat', { input: 'typed\n' })).toContain('typed\n')
    expect(ok('run twice -i --rm --restart=Never --image=busybox -- echo answer')).toContain('answer\n')
    expect(kubectl(['get', 'pod', 'once', 'twice']).status).toBe(1)
  })

  test('generated names, kustomize, the ways to delete', () => {
    const create = (kind: string) =>
      ok('create -f -', { input: `{"apiVersion":"v1","kind":"${kind}","metadata":{"generateName":"some-"}}` })
    expect(create('ConfigMap')).toMatch(/^configmap\/some-[a-z0-9]{5} created\n$/)
    writeFileSync(join(work, 'cm.yaml'), 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: kustomized }\n')
    writeFileSync(
      join(work, 'kustomization.yaml'),
      'namePrefix: dev-\nresources: [cm.yaml]\nconfigMapGenerator: [{ name: made, literals: [a=b] }]\n',
    )
    expect(ok(`apply -k ${work}`)).toMatch(/configmap\/dev-kustomized created/)
    expect(ok(`diff -k ${work}`)).toBe('')
    expect(ok(`delete -k ${work}`)).toMatch(/dev-made-\S+" deleted/)

    apply(workload('orphans', 1))
    ok('delete deployment orphans --cascade=orphan')
    expect(ok('get rs -l app=orphans -o name')).toMatch(/^replicaset/)
    ok('delete rs -l app=orphans --cascade=foreground --timeout=60s')
    expect(ok('get pods -l app=orphans -o name')).toBe('')
    apply(
      pod('stubborn', "trap '' TERM; sleep 3600", '  terminationGracePeriodSeconds: 3600\n').replace(
        '  terminationGracePeriodSeconds: 1\n',
        '',
      ),
    )
    ready('stubborn')
    expect(kubectl(['delete', 'pod', 'stubborn', '--force', '--grace-period=0']).status).toBe(0)
    expect(kubectl(['get', 'pod', 'stubborn']).status).toBe(1)
  })

  test('the columns of FlinkDeployments', () => {
    apply(`apiVersion: flink.apache.org/v1beta1
kind: FlinkDeployment
metadata: { name: idle }
spec:
  image: flink:1.20
  flinkVersion: v1_20
  serviceAccount: default
  jobManager: { resource: { cpu: 1, memory: 1024m } }
  taskManager: { resource: { cpu: 1, memory: 1024m } }
  job: { jarURI: "local:///opt/flink/examples/streaming/TopSpeedWindowing.jar", parallelism: 1, state: suspended }
`)
    expect(ok('get flinkdep')).toMatch(/^NAME +JOB STATUS +LIFECYCLE STATE\nidle /)
    expect(
      kubectl(['apply', '-f', '-'], {
        input: ok('get flinkdep idle -o yaml').replace('parallelism: 1', 'parallelism: none'),
      }).stderr,
    ).toMatch(/parallelism/)
    ok('delete flinkdep idle --timeout=60s')
  })
})

const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const probe = createServer()
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as { port: number }
      probe.close(() => resolve(port))
    })
  })

/** The real kubectl against a served API. Skipped, loudly, where kubectl is not installed. */
import { execFile, spawn, spawnSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { adminKubeconfig } from '../../src/index.ts'
import { startHome, type Home } from './home.ts'

const installed = spawnSync('kubectl', ['version', '--client']).status === 0
if (!installed) console.warn('SKIPPED: kubectl is not installed; nothing here was tested against the real client')

describe.skipIf(!installed)('kubectl', { timeout: 180_000 }, () => {
  let home: Home
  let base: string[]
  let bob: string[]
  beforeAll(async () => {
    home = await startHome()
    const write = (name: string, text: string): string[] => {
      writeFileSync(join(home.dir, name), text)
      mkdirSync(join(home.dir, 'cache'), { recursive: true })
      return ['--kubeconfig', join(home.dir, name), '--cache-dir', join(home.dir, 'cache')]
    }
    base = write('admin.yaml', adminKubeconfig({ server: home.url, ca: home.pki.ca, client: home.pki.admin }))
    bob = write('bob.yaml', adminKubeconfig({ server: home.url, ca: home.pki.ca, token: 'bobs-token' }))
  })
  afterAll(() => home.close())

  interface Ran {
    code: number
    out: string
    err: string
  }
  const run = (flags: string[], args: string[], input?: string): Promise<Ran> =>
    new Promise((resolve) => {
      const child = execFile('kubectl', [...flags, ...args], (error, out, err) =>
        resolve({ code: error ? Number(error.code ?? 1) : 0, out, err }),
      )
      child.stdin?.end(input ?? '')
    })
  const kubectl = async (args: string, input?: string): Promise<string> => {
    const ran = await run(base, args.split(' '), input)
    if (ran.code !== 0) throw new Error(`kubectl ${args}: ${ran.err}`)
    return ran.out
  }
  const fails = async (args: string, input?: string): Promise<string> => (await run(base, args.split(' '), input)).err

  const deployment = (replicas: number, more = '') =>
    `apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web${more}}\nspec:\n  replicas: ${replicas}\n  selector: {matchLabels: {app: web}}\n  template:\n    metadata: {labels: {app: web}}\n    spec:\n      containers:\n      - {name: main, image: busybox, ports: [{containerPort: 80}]}\n      - {name: side, image: busybox}\n`

  test('apply creates, leaves alone, and merges lists by name', async () => {
    expect(await kubectl('apply -f -', deployment(1))).toBe('deployment.apps/web created\n')
    expect(await kubectl('apply -f -', deployment(1))).toBe('deployment.apps/web unchanged\n')
    await kubectl('set image deployment/web main=alpine')
    expect(await kubectl('apply -f -', deployment(3))).toBe('deployment.apps/web configured\n')
    expect(
      await kubectl('get deployment web -o jsonpath={.spec.replicas},{.spec.template.spec.containers[*].image}'),
    ).toBe('3,busybox,busybox'.replace(',busybox,', ',busybox '))
    expect(await kubectl('apply -f - --server-side --force-conflicts', deployment(2))).toBe(
      'deployment.apps/web serverside-applied\n',
    )
    expect(await kubectl('diff -f -', deployment(2))).toBe('')
  })

  test('a typing error is found by the server', async () => {
    const error = await fails('apply -f -', deployment(1).replace('replicas', 'replicass'))
    expect(error).toContain('strict decoding error: unknown field "spec.replicass"')
  })

  test('get prints the columns of the server, also wide and while watching', async () => {
    const lines = (await kubectl('get deployment web -o wide')).split('\n')
    expect(lines[0]?.split(/\s{2,}/)).toEqual([
      'NAME',
      'READY',
      'UP-TO-DATE',
      'AVAILABLE',
      'AGE',
      'CONTAINERS',
      'IMAGES',
      'SELECTOR',
    ])
    expect(lines[1]).toMatch(/^web\s+0\/2\s/)
    const watching = spawn('kubectl', [...base, 'get', 'configmaps', '-w', '--output-watch-events'])
    let seen = ''
    const until = (text: string) =>
      new Promise<void>((resolve) => {
        const check = () => seen.includes(text) && resolve()
        watching.stdout.on('data', check)
        check()
      })
    watching.stdout.on('data', (chunk) => (seen += String(chunk)))
    await kubectl('create configmap watched --from-literal=a=b')
    await until('watched')
    await kubectl('delete configmap watched')
    await until('DELETED')
    expect(seen).toMatch(/ADDED\s+watched\s+1\s/)
    watching.kill()
  })

  test('create with typed clients, patch, label, delete and wait', async () => {
    expect(await kubectl('create secret generic s --from-literal=k=v')).toBe('secret/s created\n')
    expect(await kubectl('create role r --verb=get --resource=pods')).toContain(
      'role.rbac.authorization.k8s.io/r created',
    )
    expect(await kubectl('create namespace other')).toBe('namespace/other created\n')
    expect(await kubectl('label secret s a=b')).toBe('secret/s labeled\n')
    expect(await kubectl('patch secret s -p {"metadata":{"annotations":{"x":"y"}}}')).toBe('secret/s patched\n')
    expect(await kubectl('get secret s -o jsonpath={.metadata.labels.a},{.metadata.annotations.x}')).toBe('b,y')
    expect(await kubectl('scale deployment web --replicas=4')).toBe('deployment.apps/web scaled\n')
    expect(await kubectl('delete secret s')).toContain('secret "s" deleted')
    expect(await kubectl('wait --for=delete secret/s --timeout=5s')).toBe('')
    expect(await kubectl('describe deployment web')).toContain('Replicas:               4 desired')
  })

  test('explain, api-resources and version', async () => {
    expect(await kubectl('explain deployment.spec.template.spec.containers.livenessProbe')).toContain(
      'httpGet\t<HTTPGetAction>',
    )
    expect(await kubectl('explain pods --recursive')).toContain('initContainers')
    expect(await kubectl('explain crd.spec.versions --recursive')).toContain('openAPIV3Schema\t<JSONSchemaProps>')
    expect(await kubectl('api-resources -o name')).toContain('deployments.apps\n')
    expect(await kubectl('version')).toMatch(/Server Version: v1\.33/)
    expect(await kubectl('get --raw /readyz')).toBe('ok')
  })

  test('auth can-i, whoami and tokens', async () => {
    expect((await kubectl('auth can-i create pods')).trim()).toBe('yes')
    expect((await run(bob, ['auth', 'can-i', 'create', 'pods'])).out.trim()).toBe('no')
    expect(await kubectl('auth whoami')).toContain('drey-admin')
    expect((await run(bob, ['get', 'pods'])).err).toContain(
      'pods is forbidden: User "bob" cannot list resource "pods" in API group "" in the namespace "default"',
    )
    await kubectl('create rolebinding bob --clusterrole=view --user=bob')
    expect((await run(bob, ['auth', 'can-i', 'list', 'pods'])).out.trim()).toBe('yes')
    await kubectl('create serviceaccount robot')
    const token = (await kubectl('create token robot')).trim()
    const robot = await run(
      ['--kubeconfig', '/dev/null', '--server', home.url, '--token', token, '--insecure-skip-tls-verify'],
      ['auth', 'whoami'],
    )
    expect(robot.out).toContain('system:serviceaccount:default:robot')
  })

  test('custom resources: columns, explain, apply, strict validation', async () => {
    await kubectl(
      'apply -f -',
      `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: widgets.test.example.com}
spec:
  group: test.example.com
  scope: Namespaced
  names: {kind: Widget, plural: widgets, singular: widget, shortNames: [wg]}
  versions:
  - name: v1
    served: true
    storage: true
    subresources: {status: {}}
    additionalPrinterColumns: [{name: Size, type: integer, jsonPath: .spec.size}]
    schema: {openAPIV3Schema: {type: object, properties: {spec: {type: object, properties: {size: {type: integer, description: How large it is.}}}, status: {type: object, x-kubernetes-preserve-unknown-fields: true}}}}
`,
    )
    await kubectl('wait --for=condition=Established crd/widgets.test.example.com --timeout=10s')
    const widget = (size: string) =>
      `apiVersion: test.example.com/v1\nkind: Widget\nmetadata: {name: w}\nspec: {${size}}\n`
    expect(await kubectl('apply -f -', widget('size: 3'))).toBe('widget.test.example.com/w created\n')
    expect(await kubectl('get wg')).toMatch(/^NAME\s+SIZE\nw\s+3\n$/)
    expect(await kubectl('explain widget.spec.size')).toContain('How large it is.')
    expect(await fails('apply -f -', widget('sizes: 3'))).toContain('unknown field "spec.sizes"')
    expect(await fails('apply -f -', widget('size: x'))).toContain('spec.size: Invalid value: "string"')
    expect(await kubectl('delete wg w')).toContain('"w" deleted')
  })
})

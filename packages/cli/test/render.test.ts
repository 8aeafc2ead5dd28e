/** `drey render` as a user calls it, without a home and without a cluster. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { exit, Problem } from '../src/command.ts'
import { render } from '../src/commands/render.ts'

const deployment = (flinkVersion = 'v1_20', memory = '1g') => `
apiVersion: flink.apache.org/v1beta1
kind: FlinkDeployment
metadata: { name: orders }
spec:
  image: flink:1.20
  flinkVersion: ${flinkVersion}
  serviceAccount: flink
  jobManager: { resource: { memory: ${memory}, cpu: 1 } }
  taskManager: { resource: { memory: 2g, cpu: 1 } }
  job: { jarURI: local:///opt/flink/usrlib/orders.jar, parallelism: 2, upgradeMode: stateless }
`

const directories: string[] = []
afterEach(() => directories.splice(0).forEach((directory) => rmSync(directory, { recursive: true })))

const run = async (files: Record<string, string>, flags: Record<string, string | string[]>) => {
  const cwd = mkdtempSync(join(tmpdir(), 'drey-render-'))
  directories.push(cwd)
  for (const [name, text] of Object.entries(files)) writeFileSync(join(cwd, name), text)
  let [out, err] = ['', '']
  const code = await render.run({
    args: {},
    flags: { namespace: 'default', output: 'yaml', ...flags },
    stdout: (text) => void (out += text),
    stderr: (text) => void (err += text),
    env: {},
    cwd,
    signal: new AbortController().signal,
  })
  return { code, out, err }
}

test('prints the objects as YAML documents, in creation order', async () => {
  const { code, out } = await run({ 'orders.yaml': deployment() }, { filename: ['orders.yaml'] })
  const kinds = parseAllDocuments(out).map((document) => (document.toJS() as { kind: string }).kind)
  expect([code, kinds]).toEqual([exit.ok, ['Deployment', 'Service', 'Service', 'ConfigMap', 'ConfigMap']])
})

test('prints a JSON list, of all deployments in all files, and says what it skips', async () => {
  const files = { 'a.yaml': `${deployment()}---\nkind: ConfigMap\n`, 'b.yaml': deployment('v2_2') }
  const { out, err } = await run(files, { filename: ['a.yaml', 'b.yaml'], output: 'json' })
  expect(JSON.parse(out)).toHaveLength(10)
  expect(err).toBe('skipped: a.yaml:13 is a ConfigMap, which becomes no objects of its own\n')
})

test("applies the operator's configuration directory, log files included", async () => {
  const files = {
    'orders.yaml': deployment(),
    'flink-conf.yaml': 'kubernetes.operator.default-configuration.namespace.shop.taskmanager.numberOfTaskSlots: 5\n',
    'log4j-console.properties': 'rootLogger.level = WARN\n',
  }
  const { out } = await run(files, { filename: ['orders.yaml'], operatorConfig: '.', namespace: 'shop' })
  expect(out).toContain('taskmanager.numberOfTaskSlots: 5')
  expect(out).toContain('rootLogger.level = WARN')
})

test('gives a problem with a way out for what cannot run', async () => {
  const error = await run({ 'orders.yaml': deployment('v1_20', '200m') }, { filename: ['orders.yaml'] }).catch(
    (e: unknown) => e,
  )
  expect(error).toBeInstanceOf(Problem)
  expect(error).toMatchObject({ code: 'MEMORY_NOT_SUFFICIENT', where: 'orders.yaml:2', exitCode: exit.refused })
})

test('refuses what the operator would refuse, and tells everything that is wrong', async () => {
  const text = deployment().replace('parallelism: 2', 'parallelism: 0').replace('serviceAccount: flink', 'replicas: 1')
  const error = await run({ 'orders.yaml': text }, { filename: ['orders.yaml'] }).catch((e: unknown) => e)
  expect(error).toMatchObject({ where: 'orders.yaml:2', exitCode: exit.refused })
})

test.each([
  ['a missing file', {}, 'FILE_UNREADABLE'],
  ['broken YAML', { 'orders.yaml': 'a: [' }, 'NOT_YAML'],
  ['a manifest without spec', { 'orders.yaml': 'kind: FlinkDeployment' }, 'MANIFEST_INCOMPLETE'],
])('says what is wrong with %s', async (_, files, code) => {
  await expect(run(files, { filename: ['orders.yaml'] })).rejects.toMatchObject({ code })
})

/** A registry of this machine: a Python index and a Maven repository with a toy Flink in them, and a few bad habits. */
import { createHash } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gzipSync } from 'node:zlib'
import { packTar } from 'modern-tar'
import type { Registries } from '../../src/index.ts'
import { zipEntry, zipOf } from '../../src/distribution/zip.ts'

export interface Habits {
  /** cut the connection of the first answers for this path after so many bytes, once for each number */
  cutAfter?: { path: string; bytes: number[] }
  /** serve other bytes than the checksum promises */
  spoiled?: string
  /** asked for, but never answered */
  silent?: RegExp
  /** not held by the Maven repository */
  lacks?: RegExp
}

export interface FakeRegistry {
  registries: Registries
  requests: { path: string; range: string | undefined }[]
  /** paths of silent answers that the client waits for no longer */
  givenUp: string[]
  habits: Habits
  close(): Promise<void>
}

export const VERSION = '1.20.5'

const tarGz = async (files: Record<string, string>): Promise<Buffer> => {
  const entries = Object.entries(files).map(([name, body]) => ({
    header: { name, size: Buffer.byteLength(body), mode: 0o644 },
    body,
  }))
  return gzipSync(await packTar(entries))
}

/** Text that does not shrink when packed. */
const noise = (seed: string): string =>
  Array.from({ length: 400 }, (_, at) => createHash('sha512').update(`${seed} ${at}`).digest('base64')).join('')

/** The smallest thing that looks like Flink. `lib/` is large enough to be cut in the middle. */
const libraries = (version: string): Promise<Buffer> =>
  tarGz({
    [`apache_flink_libraries-${version}/NOTICE`]: 'notice',
    [`apache_flink_libraries-${version}/setup.py`]: 'raise SystemExit("never run")',
    [`apache_flink_libraries-${version}/deps/lib/flink-dist-${version}.jar`]: noise(version),
    [`apache_flink_libraries-${version}/deps/lib/log4j-core-2.24.3.jar`]: 'log4j',
    [`apache_flink_libraries-${version}/deps/plugins/metrics-jmx/flink-metrics-jmx-${version}.jar`]: 'jmx',
    [`apache_flink_libraries-${version}/deps/opt/flink-python-${version}.jar`]: 'python',
    [`apache_flink_libraries-${version}/deps/bin/bash-java-utils.jar`]: 'utils',
  })

const scripts = (version: string): Promise<Buffer> =>
  tarGz({
    [`apache_flink-${version}/deps/bin/jobmanager.sh`]: '#!/usr/bin/env bash\n',
    [`apache_flink-${version}/deps/conf/log4j-console.properties`]: 'rootLogger.level = INFO\n',
    [`apache_flink-${version}/deps/examples/table/word_count.py`]: '# python',
    [`apache_flink-${version}/pyflink/version.py`]: 'x',
  })

const exampleClasses = (): Buffer =>
  zipOf([
    zipEntry('META-INF/MANIFEST.MF', 'Manifest-Version: 1.0\r\n'),
    zipEntry('org/apache/flink/streaming/examples/statemachine/StateMachineExample.class', 'state machine'),
    zipEntry('org/apache/flink/streaming/examples/statemachine/dfa/State.class', 'state'),
    zipEntry('org/apache/flink/streaming/examples/windowing/TopSpeedWindowing.class', 'top speed'),
  ])
const datagenClasses = (): Buffer =>
  zipOf([
    zipEntry('META-INF/LICENSE', 'licence'),
    zipEntry('org/apache/flink/connector/datagen/Source.class', 'generator'),
  ])

export const fakeRegistry = async (habits: Habits = {}): Promise<FakeRegistry> => {
  const files = new Map<string, Buffer>()
  const links: Record<string, string[]> = { 'apache-flink': [], 'apache-flink-libraries': [] }
  for (const version of ['1.20.4', VERSION]) {
    const archives = { 'apache-flink-libraries': await libraries(version), 'apache-flink': await scripts(version) }
    for (const [project, archive] of Object.entries(archives)) {
      const name = `${project.replaceAll('-', '_')}-${version}.tar.gz`
      files.set(`/files/${name}`, archive)
      const sum = createHash('sha256').update(archive).digest('hex')
      links[project]?.push(`<a href="../../files/${name}#sha256=${sum}">${name}</a>`)
    }
  }
  for (const [project, list] of Object.entries(links))
    files.set(`/simple/${project}/`, Buffer.from(`<html>${list.join('\n')}</html>`))
  const maven = '/maven/org/apache/flink'
  const jar = (artifact: string, version: string, content: Buffer): void => {
    const path = `${maven}/${artifact}/${version}/${artifact}-${version}.jar`
    files.set(path, content)
    files.set(`${path}.sha1`, Buffer.from(`${createHash('sha1').update(content).digest('hex')}\n`))
    files.set(
      `${maven}/${artifact}/maven-metadata.xml`,
      Buffer.from(`<metadata><versioning><versions><version>${version}</version></versions></versioning></metadata>`),
    )
  }
  jar('flink-examples-streaming', '1.20.0', exampleClasses())
  jar('flink-connector-datagen', VERSION, datagenClasses())
  jar('flink-s3-fs-presto', '1.20.1', Buffer.from('presto'))

  const requests: FakeRegistry['requests'] = []
  const givenUp: string[] = []
  const server = createServer((request, response) => {
    const path = decodeURIComponent(new URL(request.url ?? '/', 'http://x').pathname)
    requests.push({ path, range: request.headers.range })
    if (habits.silent?.test(path)) return void response.on('close', () => givenUp.push(path))
    const file = files.get(path)
    if (!file || habits.lacks?.test(path)) return void response.writeHead(404).end()
    const bytes = habits.spoiled === path ? Buffer.concat([file.subarray(0, -1), Buffer.from('!')]) : file
    const from = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0)
    const body = bytes.subarray(from)
    response.writeHead(from > 0 ? 206 : 200, {
      'content-length': body.length,
      ...(from > 0 ? { 'content-range': `bytes ${from}-${bytes.length - 1}/${bytes.length}` } : {}),
    })
    const cut = habits.cutAfter?.path === path ? habits.cutAfter.bytes.shift() : undefined
    if (cut === undefined) return void response.end(body)
    response.write(body.subarray(0, cut), () => setTimeout(() => response.destroy(), 20))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const root = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    registries: { pythonIndex: `${root}/simple`, maven: `${root}/maven`, certificates: [] },
    requests,
    givenUp,
    habits,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

import { execFile } from 'node:child_process'
import { createReadStream } from 'node:fs'
import { mkdir, mkdtemp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { promisify } from 'node:util'
import { createGzip } from 'node:zlib'
import { packTar } from 'modern-tar/fs'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { openPromise } from 'yauzl'
import { addFlink, findFlink, listFlink, optionalJar, removeFlink } from '../src/index.ts'
import type { Progress } from '../src/index.ts'
import { VERSION, fakeRegistry } from './support/registry.ts'
import type { FakeRegistry } from './support/registry.ts'

const LIBRARIES = `/files/apache_flink_libraries-${VERSION}.tar.gz`

let dir: string
let registry: FakeRegistry

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'drey-flink-'))
  registry = await fakeRegistry()
})
afterEach(async () => {
  await registry.close()
  await rm(dir, { recursive: true, force: true })
})

const add = (more: Partial<Parameters<typeof addFlink>[0]> = {}): ReturnType<typeof addFlink> =>
  addFlink({ version: '1.20', dir, registries: registry.registries, ...more })

describe('a home from registries', () => {
  test('has the folders of the official distribution, at their places', async () => {
    const home = await add()
    expect(home).toMatchObject({ version: VERSION, from: 'registries', dir: join(dir, VERSION) })
    const files = (await readdir(home.dir, { recursive: true, withFileTypes: true }))
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(home.dir.length + 1))
    expect(files.sort()).toEqual([
      'NOTICE',
      'bin/bash-java-utils.jar',
      'bin/jobmanager.sh',
      'conf/log4j-console.properties',
      'drey-home.json',
      'examples/python/table/word_count.py',
      'examples/streaming/AsyncIO.jar',
      'examples/streaming/Iteration.jar',
      'examples/streaming/SessionWindowing.jar',
      'examples/streaming/SocketWindowWordCount.jar',
      'examples/streaming/StateMachineExample.jar',
      'examples/streaming/TopSpeedWindowing.jar',
      'examples/streaming/WindowJoin.jar',
      'examples/streaming/WordCount.jar',
      `lib/flink-dist-${VERSION}.jar`,
      'lib/log4j-core-2.24.3.jar',
      `opt/flink-python-${VERSION}.jar`,
      `plugins/metrics-jmx/flink-metrics-jmx-${VERSION}.jar`,
    ])
    expect((await stat(join(home.dir, 'bin/jobmanager.sh'))).mode & 0o111).not.toBe(0)
  })

  test('tells what is of another version and what is missing', async () => {
    const home = await add()
    expect(home.substitutions).toContainEqual({ what: 'flink-examples-streaming', wanted: VERSION, got: '1.20.0' })
    expect(home.missing).toContain('examples/batch/KMeans.jar')
    expect(listFlink(dir)).toEqual([home])
  })

  test('StateMachineExample.jar holds its classes, the data generator and its main class, the same bytes each time', async () => {
    const home = await add()
    const jar = join(home.dir, 'examples/streaming/StateMachineExample.jar')
    const entries: Record<string, string> = {}
    const archive = await openPromise(jar, { autoClose: false, lazyEntries: true })
    for await (const entry of archive.eachEntry())
      entries[entry.fileName] = await text(await archive.openReadStreamPromise(entry))
    archive.close()
    expect(Object.keys(entries)).toEqual([
      'META-INF/MANIFEST.MF',
      'org/apache/flink/connector/datagen/Source.class',
      'org/apache/flink/streaming/examples/statemachine/StateMachineExample.class',
      'org/apache/flink/streaming/examples/statemachine/dfa/State.class',
    ])
    expect(entries['META-INF/MANIFEST.MF']?.replaceAll('\r\n ', '')).toContain(
      'program-class: org.apache.flink.streaming.examples.statemachine.StateMachineExample\r\n',
    )
    const before = await readFile(jar)
    await removeFlink(dir, VERSION)
    await add()
    expect((await readFile(jar)).equals(before)).toBe(true)
  })

  test('is not fetched twice, not even by two at once', async () => {
    const [a, b] = await Promise.all([add(), add()])
    await add()
    expect(a).toEqual(b)
    expect(registry.requests.filter(({ path }) => path === LIBRARIES)).toHaveLength(1)
    expect(await readdir(dir)).toEqual(expect.arrayContaining([VERSION]))
  })

  test('reports bytes, speed and a sentence', async () => {
    const heard: Progress[] = []
    await add({ progress: (progress) => heard.push(progress) })
    const last = heard.findLast(({ step, what }) => step === 'download' && LIBRARIES.endsWith(what))
    expect(last?.bytes).toBe(last?.totalBytes)
    expect(last?.message).toMatch(/^download apache_flink_libraries-1\.20\.5\.tar\.gz: \d+ kB of \d+ kB/)
  })
})

describe('when something goes wrong', () => {
  test('a download that breaks off continues where it stopped', async () => {
    registry.habits.cutAfter = { path: LIBRARIES, bytes: [2000, 3000] }
    await add()
    const ranges = registry.requests.filter(({ path }) => path === LIBRARIES).map(({ range }) => range)
    expect(ranges).toEqual([undefined, 'bytes=2000-', 'bytes=5000-'])
  })

  test('a download that was given up continues in the next run', async () => {
    const stop = new AbortController()
    registry.habits.cutAfter = { path: LIBRARIES, bytes: [2500] }
    const given = add({ signal: stop.signal })
    const asked = (): boolean => registry.requests.some(({ path }) => path === LIBRARIES)
    while (!asked()) await new Promise((resolve) => setTimeout(resolve, 5))
    await new Promise((resolve) => setTimeout(resolve, 100))
    // As Ctrl-C aborts: the reason's code is a number.
    stop.abort()
    await expect(given).rejects.toMatchObject({ name: 'AbortError' })
    expect(listFlink(dir)).toEqual([])
    await add()
    expect(registry.requests.filter(({ path }) => path === LIBRARIES).at(-1)?.range).toBe('bytes=2500-')
  })

  test('bytes that do not fit their checksum are refused, and no home appears', async () => {
    registry.habits.spoiled = LIBRARIES
    await expect(add()).rejects.toMatchObject({ code: 'CHECKSUM_MISMATCH' })
    expect((await readdir(dir)).filter((name) => !name.startsWith('.'))).toEqual([])
  })

  test('whatever else is being fetched is stopped before the half-made home is removed', async () => {
    registry.habits.spoiled = LIBRARIES
    registry.habits.silent = /flink-examples-streaming/
    await expect(add()).rejects.toMatchObject({ code: 'CHECKSUM_MISMATCH' })
    await vi.waitFor(() => expect(registry.givenUp.length).toBeGreaterThan(0), 60_000)
    expect((await readdir(dir)).filter((name) => !name.startsWith('.'))).toEqual([])
  })

  test('an unknown version is answered with those that exist', async () => {
    await expect(add({ version: '1.20.9' })).rejects.toThrow(/has no Flink 1\.20\.9\. It has 1\.20\.4, 1\.20\.5\./)
    await expect(add({ version: '3.7' })).rejects.toMatchObject({ code: 'FLINK_VERSION_UNKNOWN' })
    await expect(add({ version: 'latest' })).rejects.toThrow(/no Flink version/)
  })

  test('without network a version that is at hand is enough', async () => {
    const home = await add()
    await registry.close()
    const registries = { pythonIndex: 'http://127.0.0.1:9/simple', maven: 'http://127.0.0.1:9', certificates: [] }
    expect(await add({ registries, version: VERSION })).toEqual(home)
  })

  test('a lock whose owner was killed is taken over', async () => {
    const { stdout: dead } = await promisify(execFile)('sh', ['-c', 'echo $$'])
    await writeFile(join(dir, `.${VERSION}.lock`), JSON.stringify({ pid: Number(dead), started: '1' }))
    expect((await add()).version).toBe(VERSION)
  })

  test('what a killed process left half made is made anew', async () => {
    await mkdir(join(dir, `${VERSION}.partial/lib`), { recursive: true })
    await writeFile(join(dir, `${VERSION}.partial/lib/flink-dist-0.0.0.jar`), 'half')
    const home = await add()
    expect(await readdir(join(home.dir, 'lib'))).not.toContain('flink-dist-0.0.0.jar')
  })
})

describe('an official distribution', () => {
  const official = async (): Promise<string> => {
    const folder = join(dir, 'given/flink-1.19.1')
    for (const name of ['bin', 'conf', 'lib', 'plugins/metrics-jmx', 'opt'])
      await mkdir(join(folder, name), { recursive: true })
    await writeFile(join(folder, 'lib/flink-dist-1.19.1.jar'), 'dist')
    await writeFile(join(folder, 'bin/flink'), '#!/bin/sh\n', { mode: 0o755 })
    await writeFile(join(folder, 'README.txt'), 'as it is')
    return folder
  }

  test('is taken as it is from a folder', async () => {
    const home = await add({ version: undefined, from: await official() })
    expect(home).toMatchObject({ version: '1.19.1', from: 'distribution', substitutions: [] })
    expect(await readFile(join(home.dir, 'README.txt'), 'utf8')).toBe('as it is')
    expect(registry.requests).toEqual([])
  })

  test('and from its .tgz', async () => {
    const folder = await official()
    const tgz = join(dir, 'given.tgz')
    const { createWriteStream } = await import('node:fs')
    const { pipeline } = await import('node:stream/promises')
    await pipeline(packTar(join(folder, '..')), createGzip(), createWriteStream(tgz))
    const home = await add({ version: '1.19', from: tgz })
    expect(await readdir(join(home.dir, 'lib'))).toEqual(['flink-dist-1.19.1.jar'])
    expect((await stat(join(home.dir, 'bin/flink'))).mode & 0o111).not.toBe(0)
    expect(createReadStream).toBeDefined()
  })

  test('must be one, and of the version named', async () => {
    await expect(add({ from: dir })).rejects.toMatchObject({ code: 'NOT_A_DISTRIBUTION' })
    await expect(add({ from: await official(), version: '1.18' })).rejects.toThrow(/is Flink 1\.19\.1, not 1\.18/)
    await expect(add({ from: join(dir, 'nothing') })).rejects.toThrow(/cannot be read/)
  })
})

describe('optional jars', () => {
  test('are fetched when asked for, by name without version, and noted when of another patch', async () => {
    const home = await add()
    const jar = await optionalJar(home, 'flink-s3-fs-presto-1.20.0.jar', { registries: registry.registries })
    expect(jar).toBe(join(home.dir, `opt/flink-s3-fs-presto-${VERSION}.jar`))
    expect(await readFile(jar ?? '', 'utf8')).toBe('presto')
    expect(findFlink(dir, VERSION)?.substitutions).toContainEqual({
      what: 'flink-s3-fs-presto',
      wanted: VERSION,
      got: '1.20.1',
    })
    await registry.close()
    expect(await optionalJar(home, `flink-s3-fs-presto-${VERSION}.jar`)).toBe(jar)
  })

  test('that no registry has are undefined', async () => {
    const home = await add()
    expect(
      await optionalJar(home, 'flink-gs-fs-hadoop-1.20.5.jar', { registries: registry.registries }),
    ).toBeUndefined()
  })
})

describe('removing', () => {
  test('takes one version or a line, unless it is in use', async () => {
    await add()
    await add({ version: '1.20.4' })
    await expect(removeFlink(dir, VERSION, () => 'pod orders runs on it')).rejects.toThrow(/in use: pod orders/)
    expect((await removeFlink(dir, '1.20')).map((home) => home.version)).toEqual(['1.20.4', VERSION])
    expect(listFlink(dir)).toEqual([])
    await expect(removeFlink(dir, '1.20')).rejects.toMatchObject({ code: 'FLINK_VERSION_UNKNOWN' })
  })
})

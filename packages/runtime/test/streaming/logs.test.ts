/** What `kubectl logs` asks of a kubelet. */
import { appendFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { textOf, world, type World } from './world.ts'

let it: World
let files: string[]
let end: () => void

const line = (second: number, text: string, stream = 'stdout', tag = 'F') =>
  `2026-11-21T12:00:${String(second).padStart(2, '0')}.123456789Z ${stream} ${tag} ${text}\n`

beforeAll(async () => {
  it = await world()
})
afterAll(() => it.close())

beforeEach(() => {
  files = [join(it.dir, '0.log')]
  writeFileSync(files[0]!, line(1, 'one') + line(2, 'two', 'stderr') + line(3, 'three'))
  it.logs.clear()
  it.logs.set('current', { files: () => files, ended: new Promise((resolve) => (end = resolve)) })
})

const path = '/containerLogs/default/web/main'
const read = async (query = '') => (await it.get(path + query)).text

test('both outputs are shown without their prefix', async () => {
  expect(await read()).toBe('one\ntwo\nthree\n')
})

test('times are shown when asked for', async () => {
  expect(await read('?timestamps=true&tailLines=1')).toBe('2026-11-21T12:00:03.123456789Z three\n')
})

describe('the last lines', () => {
  test.each([
    [0, ''],
    [1, 'three\n'],
    [2, 'two\nthree\n'],
    [3, 'one\ntwo\nthree\n'],
    [99, 'one\ntwo\nthree\n'],
  ])('tailLines=%i', async (count, text) => {
    expect(await read(`?tailLines=${count}`)).toBe(text)
  })

  test('reach back into rotated files', async () => {
    files.push(join(it.dir, '0.1.log'))
    writeFileSync(files[1]!, line(4, 'four'))
    expect(await read('?tailLines=2')).toBe('three\nfour\n')
    expect(await read('?tailLines=4')).toBe('one\ntwo\nthree\nfour\n')
  })

  test('are found in a file larger than one read', async () => {
    writeFileSync(files[0]!, Array.from({ length: 20_000 }, (_, i) => line(1, `line ${i}`)).join(''))
    const text = await read('?tailLines=5000')
    expect(text.split('\n')).toHaveLength(5001)
    expect(text.startsWith('line 15000\n')).toBe(true)
  })
})

test('lines before a time are left out', async () => {
  expect(await read('?sinceTime=2026-11-21T12:00:02Z')).toBe('two\nthree\n')
  expect(await read('?sinceSeconds=1')).toBe(Date.now() > Date.parse('2026-11-21T12:00:05Z') ? '' : 'one\ntwo\nthree\n')
})

test('no more bytes than asked for', async () => {
  expect(await read('?limitBytes=6')).toBe('one\ntw')
})

test('a line that was written in parts is one line', async () => {
  writeFileSync(files[0]!, line(1, 'a very ', 'stdout', 'P') + line(2, 'long line'))
  expect(await read()).toBe('a very long line\n')
  expect(await read('?timestamps=true')).toBe('2026-11-21T12:00:01.123456789Z a very long line\n')
})

test('characters cut by a read stay whole', async () => {
  const text = 'ä€😀'.repeat(9000)
  writeFileSync(files[0]!, line(1, text) + line(2, text))
  expect(await read()).toBe(`${text}\n${text}\n`)
})

test('the log of the instance before is read on request, and refused when there is none', async () => {
  expect(await it.get(`${path}?previous=true`)).toEqual({
    status: 400,
    text: 'previous terminated container "main" in pod "web" not found\n',
  })
  it.logs.set('previous', { files: () => files, ended: Promise.resolve() })
  expect(await read('?previous=true')).toBe('one\ntwo\nthree\n')
})

test('a pod or container that does not exist is not found', async () => {
  expect((await it.get('/containerLogs/default/nobody/main')).status).toBe(404)
  expect(await it.get('/containerLogs/default/web/side')).toEqual({
    status: 404,
    text: 'container "side" not found in pod "web"\n',
  })
  expect((await it.get(`${path}?tailLines=many`)).status).toBe(422)
})

describe('following', () => {
  test('shows new lines as they come, through a rotation, until the container ends', async () => {
    const response = await it.open(`${path}?follow=true&tailLines=1`)
    const chunks = response[Symbol.asyncIterator]() as AsyncIterator<Buffer>
    const next = async () => String((await chunks.next()).value)
    expect(await next()).toBe('three\n')
    appendFileSync(files[0]!, line(4, 'four'))
    expect(await next()).toBe('four\n')
    appendFileSync(files[0]!, line(5, 'the last of the old file'))
    const rotated = join(it.dir, '0.2.log')
    writeFileSync(rotated, line(6, 'first of the new file'))
    files = [...files, rotated]
    expect((await next()) + (await next())).toBe('the last of the old file\nfirst of the new file\n')
    appendFileSync(rotated, line(7, 'good-bye'))
    end()
    expect(await textOf({ [Symbol.asyncIterator]: () => chunks })).toBe('good-bye\n')
  })

  test('waits for a log that has no file yet', async () => {
    const later = files
    files = []
    const response = await it.open(`${path}?follow=true`)
    files = later
    end()
    expect(await textOf(response)).toBe('one\ntwo\nthree\n')
  })

  test('a client that leaves costs nothing more', async () => {
    const response = await it.open(`${path}?follow=true`)
    response.once('data', () => response.destroy())
    await new Promise((gone) => response.once('close', gone))
    expect(await read()).toBe('one\ntwo\nthree\n')
  })
})

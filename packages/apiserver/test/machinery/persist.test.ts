/** The journal: what survives a restart, a kill in the middle of a line, a rewrite, and a full disk. */
import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { StorageError } from '../../src/errors.ts'
import { journalIn, type JournalOptions } from '../../src/persist.ts'
import { startServer, type TestServer } from './start.ts'

const made: string[] = []
const directory = (): string => {
  const dir = mkdtempSync(join(tmpdir(), 'journal-'))
  made.push(dir)
  return dir
}
afterEach(() => {
  for (const dir of made.splice(0)) rmSync(dir, { recursive: true, force: true })
})
const open = (dir: string, options?: JournalOptions): TestServer =>
  startServer({ persist: journalIn(dir, options), random: Math.random })
const path = '/api/v1/namespaces/default/configmaps'
const create = (server: TestServer, name: string, data: Record<string, string> = {}) =>
  server.ask({ method: 'POST', path, body: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data } })
const everything = (server: TestServer) =>
  Object.fromEntries(
    server.store
      .buckets()
      .map((bucket) => [bucket, server.store.list(bucket)])
      .filter(([, list]) => list!.length),
  )

describe('the journal', () => {
  it('gives back every object and the revision after a restart', async () => {
    const dir = directory()
    const first = open(dir)
    await create(first, 'a', { k: 'ü\n"' })
    await create(first, 'b')
    await first.ask({ method: 'DELETE', path: `${path}/b` })
    const before = { revision: first.store.revision, objects: everything(first) }
    await first.close()
    const second = open(dir)
    expect({ revision: second.store.revision, objects: everything(second) }).toEqual(before)
    expect(Number((await create(second, 'c')).body.metadata.resourceVersion)).toBe(before.revision + 1)
    await second.close()
  })

  it('survives a kill at any byte of the last line', async () => {
    const dir = directory()
    const first = open(dir)
    await create(first, 'a')
    const whole = readFileSync(join(dir, 'objects.jsonl'))
    await create(first, 'b')
    await first.close()
    const longer = readFileSync(join(dir, 'objects.jsonl'))
    for (let cut = whole.length + 1; cut < longer.length; cut += 7) {
      writeFileSync(join(dir, 'objects.jsonl'), longer.subarray(0, cut))
      const again = open(dir)
      expect(again.store.get('configmaps', 'default/a')).toBeDefined()
      expect(again.store.get('configmaps', 'default/b')).toBeUndefined()
      expect((await create(again, 'b')).status).toBe(201)
      await again.close()
      const third = open(dir)
      expect(third.store.get('configmaps', 'default/b')).toBeDefined()
      await third.close()
    }
  })

  it('is rewritten when most of it is past, and loses nothing written meanwhile', async () => {
    const dir = directory()
    const server = open(dir, { compactBytes: 50_000 })
    await create(server, 'a')
    await create(server, 'kept', { x: 'y' })
    for (let i = 0; i < 400; i++) {
      await server.ask({
        method: 'PATCH',
        path: `${path}/a`,
        contentType: 'application/merge-patch+json',
        body: { data: { i: String(i) } },
      })
      if (i % 50 === 0) await server.flushed()
    }
    await server.flushed()
    const before = { revision: server.store.revision, objects: everything(server) }
    await server.close()
    expect(statSync(join(dir, 'objects.jsonl')).size).toBeLessThan(120_000)
    const again = open(dir)
    expect({ revision: again.store.revision, objects: everything(again) }).toEqual(before)
    await again.close()
  })

  it('refuses a write the disk has no room for, changes nothing, and goes on when there is room', async () => {
    const dir = directory()
    let room = true
    const write = (fd: number, bytes: Buffer): number => {
      if (room) return writeSync(fd, bytes)
      writeSync(fd, bytes.subarray(0, 20))
      throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' })
    }
    const server = open(dir, { write })
    await create(server, 'a')
    const { revision } = server.store
    const watch = await server.follow(`${path}?watch=1&resourceVersion=${revision}`)
    room = false
    const refused = await create(server, 'b')
    expect([refused.status, refused.body.reason]).toEqual([507, 'InsufficientStorage'])
    expect(refused.body.message).toContain('is full')
    expect([server.store.revision, watch.events.length]).toEqual([revision, 0])
    expect((await server.ask({ method: 'GET', path: `${path}/b` })).status).toBe(404)
    room = true
    expect((await create(server, 'b')).status).toBe(201)
    await server.close()
    const again = open(dir)
    expect(again.store.get('configmaps', 'default/b')).toBeDefined()
    await again.close()
  })

  it('says where it is damaged instead of guessing', async () => {
    const dir = directory()
    const server = open(dir)
    await create(server, 'a')
    await server.close()
    const file = join(dir, 'objects.jsonl')
    const lines = readFileSync(file, 'utf8').split('\n')
    lines[2] = '{broken'
    writeFileSync(file, lines.join('\n'))
    appendFileSync(file, '')
    expect(() => open(dir)).toThrow(StorageError)
    expect(() => open(dir)).toThrow(/damaged at line 3/)
  })

  it('on a disk that is full from the beginning starts nothing half-alive', () => {
    const full = () => {
      throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' })
    }
    expect(() => open(directory(), { write: full })).toThrow(StorageError)
  })
})

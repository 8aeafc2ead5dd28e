import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { homeMark } from '../../src/kubelet/home-mark.ts'
import { startInstance } from '../../src/kubelet/process/shim.ts'
import { marked, markName } from '../../src/kubelet/process/tree.ts'
import { sweep } from '../../src/kubelet/sweep.ts'
import { isReady, world } from './world.ts'

it('ends everything a dead home left, daemons included, and nothing of another home', async () => {
  const dead = await world({ files: 'links', network: 'loopback' })
  const other = await world({ files: 'links', network: 'loopback' })
  const spec = {
    containers: [{ name: 'main', image: 'host', command: ['sh', '-c', 'setsid sleep 1000 & exec sleep 1000'] }],
  }
  await dead.until(dead.run('left', spec), isReady, 'ready')
  await other.until(other.run('lives', spec), isReady, 'ready')
  await dead.kubelet.close({ keepPods: true })
  expect(marked(`${homeMark(dead.dir)}:`).length).toBe(2)
  expect(await sweep(dead.dir)).toBeGreaterThanOrEqual(2)
  expect(marked(`${homeMark(dead.dir)}:`)).toEqual([])
  expect(marked(`${homeMark(other.dir)}:`).length).toBe(2)
  await dead.close()
  await other.close()
})

it('ends a container that hangs while it is still being prepared', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'drey-sweep-'))
  const mark = `${homeMark(dir)}:uid:main:0`
  startInstance({
    dir: join(dir, '0'),
    enter: [],
    prepare: ['sleep 1000'],
    argv: ['true'],
    env: { [markName]: mark },
    cwd: '/',
  })
  while (marked(mark).length < 2) await new Promise((resolve) => setTimeout(resolve, 10))
  await sweep(dir)
  expect(marked(mark)).toEqual([])
  rmSync(dir, { recursive: true, force: true })
})

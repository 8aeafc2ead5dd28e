import { expect, it } from 'vitest'
import { homeMark } from '../../src/kubelet/home-mark.ts'
import { marked } from '../../src/kubelet/process/tree.ts'
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

import { expect, it } from 'vitest'
import type { PodSpec } from 'kubernetes-types/core/v1.d.ts'
import type { Pod } from '../../src/kinds/types.ts'
import { decidePod } from '../../src/kubelet/pod/decide.ts'
import type { ContainerState } from '../../src/kubelet/pod/record.ts'

type Known = 'new' | 'starting' | 'running' | 'started' | { code: number; retryAt?: number }

const stateOf = (known: Known): ContainerState => {
  const flags = { starting: known === 'starting', stopping: false, started: known === 'started', ready: false }
  if (known === 'new' || known === 'starting') return { record: { restarts: 0 }, ...flags }
  const current = { n: 0, image: 'i', imageId: 'i' }
  if (typeof known === 'string') return { record: { restarts: 0, current }, instance: {} as never, ...flags }
  const ended = { code: known.code, reason: 'Error', finishedAt: 0 }
  return {
    record: { restarts: 0, current: { ...current, ended } },
    ...flags,
    ...(known.retryAt === undefined ? {} : { retryAt: known.retryAt }),
  }
}

const decide = (
  known: Record<string, Known>,
  more: { policy?: string; initialized?: boolean; ending?: boolean; now?: number } = {},
) => {
  const names = Object.keys(known)
  const init = names
    .filter((name) => /^(init|side)/.test(name))
    .map((name) => ({
      name,
      ...(name.startsWith('side') ? { restartPolicy: 'Always' } : {}),
    }))
  const containers = names.filter((name) => name.startsWith('main')).map((name) => ({ name }))
  const spec = { initContainers: init, containers, restartPolicy: more.policy ?? 'Always' } as PodSpec
  const pod: Pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' }, spec }
  const step = decidePod({
    pod,
    containers: new Map(Object.entries(known).map(([name, one]) => [name, stateOf(one)])),
    initialized: more.initialized ?? init.length === 0,
    ending: more.ending ?? false,
    now: more.now ?? 1000,
  })
  const name = (parts: typeof step.start) => parts.map(({ container }) => container.name)
  return { ...step, start: name(step.start), stop: name(step.stop) }
}

it('starts init containers one after the other, then all main ones', () => {
  expect(decide({ init1: 'new', init2: 'new', main: 'new' })).toMatchObject({ start: ['init1'], initialized: false })
  expect(decide({ init1: 'running', init2: 'new', main: 'new' }).start).toEqual([])
  expect(decide({ init1: { code: 0 }, init2: 'new', main: 'new' }).start).toEqual(['init2'])
  expect(decide({ init1: { code: 0 }, init2: { code: 0 }, main1: 'new', main2: 'new' })).toMatchObject({
    start: ['main1', 'main2'],
    initialized: true,
  })
})

it('waits for a sidecar’s start-up before the next container, and restarts it ever after', () => {
  expect(decide({ side: 'running', main: 'new' }).start).toEqual([])
  expect(decide({ side: 'started', main: 'new' }).start).toEqual(['main'])
  expect(decide({ side: { code: 0 }, main: 'running' }, { initialized: true }).start).toEqual(['side'])
})

it('restarts by policy, and not before the delay is over', () => {
  expect(decide({ main: { code: 1, retryAt: 5000 } })).toMatchObject({ start: [], nextAt: 5000, over: false })
  expect(decide({ main: { code: 1, retryAt: 5000 } }, { now: 5000 }).start).toEqual(['main'])
  expect(decide({ main: { code: 0 } }, { policy: 'OnFailure' })).toMatchObject({ start: [], over: true })
  expect(decide({ main: { code: 1 } }, { policy: 'OnFailure' }).start).toEqual(['main'])
  expect(decide({ main: { code: 1 } }, { policy: 'Never' })).toMatchObject({ start: [], over: true })
})

it('a failed init container ends a pod that is never restarted', () => {
  expect(decide({ init: { code: 2 }, main: 'new' }, { policy: 'Never' })).toMatchObject({ start: [], over: true })
  expect(decide({ init: { code: 2 }, main: 'new' }).start).toEqual(['init'])
})

it('stops main containers first, then sidecars from the last to the first', () => {
  const ending = { initialized: true, ending: true }
  expect(decide({ side1: 'started', side2: 'started', main: 'running' }, ending)).toMatchObject({
    stop: ['main'],
    over: false,
  })
  expect(decide({ side1: 'started', side2: 'started', main: { code: 0 } }, ending).stop).toEqual(['side2'])
  expect(decide({ side1: 'started', side2: { code: 0 }, main: { code: 0 } }, ending).stop).toEqual(['side1'])
  expect(decide({ side1: { code: 0 }, main: { code: 0 } }, ending).over).toBe(true)
})

it('ends the sidecars when the main containers are done', () => {
  expect(decide({ side: 'started', main: { code: 0 } }, { initialized: true, policy: 'Never' }).stop).toEqual(['side'])
})

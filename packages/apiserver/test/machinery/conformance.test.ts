/** The stories, answered by us, compared with what a real kube-apiserver 1.33 answered. */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { normalise } from './normalise.ts'
import { startServer } from './start.ts'
import { stories, type Step } from './stories.ts'

const recorded = JSON.parse(readFileSync(new URL('../fixtures/conformance.json', import.meta.url), 'utf8')) as Record<
  string,
  { status: number; body: unknown }[]
>

describe('answers as a real API server does:', () => {
  for (const story of stories)
    it(story.name, async () => {
      const server = startServer({ collect: false })
      await server.ask({
        method: 'POST',
        path: '/api/v1/namespaces',
        body: { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'home-1' } },
      })
      const inPlace = (step: Step): Step => JSON.parse(JSON.stringify(step).replaceAll('NS', 'home-1'))
      for (const [index, step] of story.steps.entries()) {
        const { status, body } = await server.ask(inPlace(step))
        server.clock.pass(1000)
        const at = `step ${index}: ${step.method} ${step.path}`
        const theirs = recorded[story.name]![index]!
        expect
          .soft({ at, status, body: comparable(normalise(body, 'home-1'), 'body') })
          .toEqual({ at, status: theirs.status, body: comparable(theirs.body, 'body') })
      }
    })
})

/**
 * Differences that are meant: Go's dump of a pod spec, the JSON of a refused patch, causes named twice, nulls where nothing is
 * said, and list items, which here carry their kind.
 */
const comparable = (value: unknown, key = ''): unknown => {
  if (Array.isArray(value)) {
    const list = value.map((one) => comparable(one, key === 'items' ? 'item' : ''))
    return key === 'causes' ? [...new Map(list.map((one) => [JSON.stringify(one), one])).values()] : list
  }
  if (key === 'body' && typeof value === 'string') return 'no such path'
  if (
    key === 'body' &&
    (value as { code?: number }).code === 404 &&
    !(value as { details: { name?: string } }).details.name
  )
    return 'no such path'
  if (typeof value === 'string')
    return value
      .replace(/\n[\s\u00a0]*core\.PodSpec[^]*$/, '')
      .replace(/(patch: |^)Invalid value: "\{.*\}": /, '$1Invalid value: PATCHED: ')
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .filter(
        ([name, one]) =>
          !(name === 'creationTimestamp' && one === null) &&
          !(key === 'item' && (name === 'kind' || name === 'apiVersion')),
      )
      .map(([name, one]) => [name, comparable(one, name)]),
  )
}

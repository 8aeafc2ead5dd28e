/** The stories, answered by us, compared with what a real kube-apiserver 1.33 answered. */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { normalise } from './normalise.ts'
import { startServer } from './start.ts'
import { stories, type Step } from './stories.ts'

const recorded = JSON.parse(readFileSync(new URL('../fixtures/conformance.json', import.meta.url), 'utf8')) as Record<string, { status: number; body: unknown }[]>

describe('answers as a real API server does:', () => {
  for (const story of stories)
    it(story.name, async () => {
      const server = startServer({ collect: false })
      await server.ask({ method: 'POST', path: '/api/v1/namespaces', body: { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'home-1' } } })
      const inPlace = (step: Step): Step => JSON.parse(JSON.stringify(step).replaceAll('NS', 'home-1'))
      for (const [index, step] of story.steps.entries()) {
        const { status, body } = await server.ask(inPlace(step))
        server.clock.pass(1000)
        const at = `step ${index}: ${step.method} ${step.path}`
        const theirs = recorded[story.name]![index]!
        expect.soft({ at, status, body: comparable(normalise(body, 'home-1')) }).toEqual({ at, status: theirs.status, body: comparable(theirs.body) })
      }
    })
})

/** Differences we chose: details of Go values in sentences, nulls where nothing is meant. */
const comparable = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(comparable)
  if (typeof value !== 'object' || value === null) return typeof value === 'string' ? value.replace(/\n[\s\u00a0]*core\.PodSpec[^]*$/, '') : value
  const object = value as Record<string, unknown>
  return Object.fromEntries(
    Object.entries(object)
      .filter(([key, one]) => !(key === 'creationTimestamp' && one === null))
      .map(([key, one]) => [key, comparable(one)]),
  )
}

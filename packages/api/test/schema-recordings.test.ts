/**
 * What a real API server (1.33) answered for upstream's CRDs, against our engine on our CRDs: acceptance, sentences, warnings,
 * and what is stored. Every recorded case is asserted; where we differ on purpose the case is named with the reason.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  nameProblems,
  prune,
  scaleProblems,
  sentenceOf,
  unknownField,
  validate,
  validateStatus,
  withDefaults,
} from '@drey/schema'
import type { JsonObject, Problem } from '@drey/schema'
import { describe, expect, test } from 'vitest'
import { apiVersion, crds, crdsWithoutRules } from '../src/index.ts'
import { otherWords, refusedEarlier } from './schema-differences.ts'

interface Recording {
  id: string
  kind: string
  what: string
  verb: string
  fieldValidation?: 'Warn' | 'Strict' | 'Ignore'
  object?: JsonObject & { apiVersion: string; metadata: { name: string } }
  status?: JsonObject
  allowed: boolean
  message?: string | null
  warnings?: string[]
  storedSpec?: unknown
  storedStatusMembers?: JsonObject
}

const recordings: Recording[] = readFileSync(join(import.meta.dirname, 'fixtures/schema-recordings.jsonl'), 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line))

// Upstream's CRDs have no rules. What ours add is looked at below.
const versionOf = (kind: string, among = crdsWithoutRules) =>
  among.find((one) => one.spec.names.kind === kind)!.spec.versions[0]!
const refusal = (kind: string, name: string, problems: readonly Problem[]): string =>
  `${kind}.flink.apache.org "${name}" is invalid: ${sentenceOf(problems)}`
const warningsOf = (unknown: readonly string[]): string[] =>
  unknown.map((path) => `299 - "${unknownField(path).replaceAll('"', '\\"')}"`)

/** A creation as the API server does it: prune, default, judge the schema, the name and the scale subresource. */
const create = ({ kind, object, fieldValidation }: Recording, among = crdsWithoutRules) => {
  const version = versionOf(kind, among)
  const schema = version.schema.openAPIV3Schema
  // With a status subresource the API server drops the status of a creation before it looks.
  const { status: _status, ...given } = object!
  const pruned = prune(schema, given)
  if (given.apiVersion !== apiVersion)
    return {
      message: `the API version in the data (${given.apiVersion}) does not match the expected API version (${apiVersion})`,
    }
  if (fieldValidation === 'Strict' && pruned.unknown.length > 0)
    return {
      message: `${kind} in version "v1beta1" cannot be handled as a ${kind}: strict decoding error: ${pruned.unknown.map(unknownField).join(', ')}`,
    }
  const value = withDefaults(schema, pruned.value)
  const problems = [
    ...nameProblems(value.metadata.name),
    ...validate(schema, value, { scale: version.subresources?.scale }),
  ]
  return {
    message: problems.length > 0 ? refusal(kind, value.metadata.name, problems) : undefined,
    warnings: fieldValidation === 'Warn' ? warningsOf(pruned.unknown) : [],
    spec: (value as { spec?: unknown }).spec,
  }
}

const expected = (recording: Recording): string | undefined =>
  otherWords[recording.id]?.message ?? recording.message ?? undefined

describe('creating', () => {
  test.each(recordings.filter((one) => one.object))('$id $kind: $what', (recording) => {
    const outcome = create(recording)
    expect(outcome.message).toBe(expected(recording))
    if (outcome.warnings) expect(outcome.warnings).toEqual(recording.warnings ?? [])
    if (recording.allowed && outcome.message === undefined)
      expect(outcome.spec).toEqual(
        recording.storedSpec === '<unchanged>' ? (recording.object!.spec ?? undefined) : recording.storedSpec,
      )
  })
})

describe('writing the status', () => {
  const storedStatus: JsonObject = {
    jobStatus: {
      checkpointInfo: { lastPeriodicCheckpointTimestamp: 0 },
      jobId: '7c085dee1afaace107ea75d4234d9e10',
      savepointInfo: { lastPeriodicSavepointTimestamp: 0, savepointHistory: [] },
    },
  }
  test.each(recordings.filter((one) => one.status))('$id $kind: $what', (recording) => {
    const schema = versionOf(recording.kind).schema.openAPIV3Schema
    const patched = merge(storedStatus, recording.status!)
    const pruned = prune(schema, { status: patched })
    const status = withDefaults(schema, pruned.value).status as JsonObject
    const problems = validateStatus(schema, { status }, { status: storedStatus })
    expect(problems.length > 0 ? refusal(recording.kind, 'app-1', problems) : undefined).toBe(expected(recording))
    expect(warningsOf(pruned.unknown)).toEqual(recording.warnings ?? [])
    for (const [name, value] of Object.entries(recording.storedStatusMembers ?? {}))
      expect(status[name]).toEqual(value === '<absent>' ? undefined : value)
  })
})

describe('scaling', () => {
  test.each(recordings.filter((one) => !one.object && !one.status))('$id $kind: $what', (recording) => {
    const replicas = Number(/replicas (-?\d+)/.exec(recording.what)![1])
    const problems = scaleProblems(versionOf('FlinkDeployment').subresources!.scale!, {
      spec: { taskManager: { replicas } },
    })
    expect(problems.length > 0 ? refusal(recording.kind, 'session-1', problems) : undefined).toBe(expected(recording))
  })
})

describe('the rules that our CRDs add', () => {
  const creations = recordings.filter((one) => one.object)

  test('refuse exactly the cases that upstream refuses later', () => {
    const refused = creations.filter((one) => one.allowed && create(one, crds).message !== undefined)
    expect(refused.map((one) => one.id)).toEqual(Object.keys(refusedEarlier))
  })

  test('say how to go on', () => {
    expect(
      Object.fromEntries(
        Object.keys(refusedEarlier).map((id) => [
          id,
          create(
            creations.find((one) => one.id === id)!,
            crds,
          ).message,
        ]),
      ),
    ).toMatchSnapshot()
  })

  test('never refuse an update of an object that upstream stored', () => {
    for (const { kind, object, allowed } of creations.filter(
      (one) => one.allowed && one.object!.apiVersion === apiVersion,
    )) {
      expect(allowed).toBe(true)
      const { openAPIV3Schema } = versionOf(kind, crds).schema
      const stored = withDefaults(openAPIV3Schema, prune(openAPIV3Schema, object!).value)
      const changed = {
        ...stored,
        metadata: { ...stored.metadata, labels: { a: 'b' } },
        spec: { ...(stored.spec as object), restartNonce: 7 },
      }
      expect(validate(openAPIV3Schema, changed, { old: stored })).toEqual([])
    }
  })
})

test('every recorded case is one of these', () => {
  expect(recordings).toHaveLength(158)
  expect(
    Object.keys({ ...otherWords, ...refusedEarlier }).filter((id) => !recordings.some((one) => one.id === id)),
  ).toEqual([])
})

const merge = (target: unknown, patch: unknown): unknown => {
  if (typeof patch !== 'object' || patch === null || Array.isArray(patch)) return patch
  const out: JsonObject = typeof target === 'object' && target !== null && !Array.isArray(target) ? { ...target } : {}
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete out[key]
    else out[key] = merge(out[key], value)
  }
  return out
}

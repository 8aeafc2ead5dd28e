/**
 * What the Java operator told about 96 changes of a spec, against our diff of the recorded spec and the new one: the weight, and
 * the whole message of the `SpecChanged` event. Messages that differ on purpose are named with the reason.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { prune, withDefaults } from '@drey/schema'
import { describe, expect, test } from 'vitest'
import {
  crds,
  diffDeployment,
  diffSessionJob,
  specChangedMessage,
  type FlinkDeploymentSpec,
  type FlinkSessionJobSpec,
} from '../src/index.ts'

interface Recording {
  id: string
  what: string
  kind: 'FlinkDeployment' | 'FlinkSessionJob'
  recorded?: unknown
  new: unknown
  told?: string
  refused?: string
}
const recordings: Recording[] = readFileSync(join(import.meta.dirname, 'fixtures/diff-recordings.jsonl'), 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line))

const everyElement = 'upstream tells a list by moves and so leaves elements out; we tell each element that differs'
const asWritten = 'upstream prints members that are null and sorts as its classes do; we print what the user wrote'
const differentMessages: Record<string, string> = {
  'diff-007': everyElement,
  'diff-047': everyElement,
  'diff-040': asWritten,
  'diff-043': asWritten,
  'diff-050': asWritten,
  'diff-057': asWritten,
  'diff-062': asWritten,
  'diff-063': asWritten,
  'diff-037': 'upstream prints secrets in clear; we do not',
  'diff-082': 'upstream tells keys of flinkConfiguration in hash order; we sort them',
}

const diffOf = ({ kind, recorded, new: now }: Recording) => {
  const schema = crds.find((one) => one.spec.names.kind === kind)!.spec.versions[0]!.schema.openAPIV3Schema.properties!
    .spec!
  const stored = withDefaults(schema, prune(schema, now, { root: false }).value)
  if (kind === 'FlinkDeployment') return diffDeployment(recorded as FlinkDeploymentSpec, stored as FlinkDeploymentSpec)
  // One of the two session clusters of the recordings is standalone.
  const { deploymentName } = stored as FlinkSessionJobSpec
  return diffSessionJob(
    recorded as FlinkSessionJobSpec,
    stored as FlinkSessionJobSpec,
    deploymentName === 'sj-host-2' ? 'standalone' : 'native',
  )
}
const weightOf = (recording: Recording): string => recording.told?.split(' ')[0] ?? 'IGNORE'

describe('a change of the spec', () => {
  const diffed = recordings.filter((one) => one.recorded && !one.refused)

  test.each(diffed)('$id $what: weighs what it weighs upstream', (recording) => {
    expect(diffOf(recording).type).toBe(weightOf(recording))
  })

  test.each(diffed.filter((one) => one.told && !(one.id in differentMessages)))(
    '$id $what: is told as upstream tells it',
    (recording) => {
      expect(specChangedMessage(recording.kind, diffOf(recording))).toBe(recording.told)
    },
  )

  test.each(diffed.filter((one) => one.id in differentMessages))(
    '$id $what: is told differently on purpose',
    (recording) => {
      expect(specChangedMessage(recording.kind, diffOf(recording))).toMatchSnapshot()
    },
  )

  test('never shows a value of a key that looks secret', () => {
    expect(specChangedMessage('FlinkDeployment', diffOf(recordings.find((one) => one.id === 'diff-037')!))).not.toMatch(
      /k[12]|p[12]|-secret[,\]]/,
    )
  })
})

test('changes that validation refuses are diffed all the same, and weigh an upgrade', () => {
  const refused = recordings.filter((one) => one.refused)
  expect(refused.map((one) => [one.id, diffOf(one).type])).toEqual(refused.map((one) => [one.id, 'UPGRADE']))
})

test('all 96 recordings are judged, but for two that had no recorded spec yet', () => {
  expect(recordings).toHaveLength(96)
  expect(recordings.filter((one) => !one.recorded).map((one) => one.id)).toEqual(['diff-078', 'diff-079'])
})

/** The manifests on the reference pages, and the table of Flink versions. */
import { prune, validate, withDefaults } from '@drey/schema'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { examples } from '../scripts/examples.ts'
import {
  compareVersions,
  crds,
  flinkVersions,
  isAtLeast,
  isGloballyTerminal,
  jobStates,
  versionFacts,
} from '../src/index.ts'

test.each(Object.entries(examples))('the example of a %s is valid and knows every field it uses', (kind, text) => {
  const schema = crds.find((one) => one.spec.names.kind === kind)!.spec.versions[0]!.schema.openAPIV3Schema
  const manifest = parse(text)
  expect(manifest.kind).toBe(kind)
  expect(prune(schema, manifest).unknown).toEqual([])
  expect(validate(schema, withDefaults(schema, manifest))).toEqual([])
})

test('versions are ordered by release: 1.20 comes before 2.0', () => {
  expect([...flinkVersions].sort(compareVersions)).toEqual(flinkVersions)
  expect(isAtLeast('v1_20', 'v2_0')).toBe(false)
  expect(isAtLeast('v2_0', 'v1_20')).toBe(true)
  expect(isAtLeast(undefined, 'v1_15')).toBe(false)
  expect(isAtLeast('v9_9', 'v1_15')).toBe(false)
})

test('what changes with a version is told by the table', () => {
  expect(versionFacts.v1_14.support).toBe('refused')
  expect(versionFacts.v1_18.support).toBe('deprecated')
  expect(versionFacts.v1_16).toMatchObject({ imageOption: 'kubernetes.container.image', triggersCheckpoints: false })
  expect(versionFacts.v1_17).toMatchObject({
    imageOption: 'kubernetes.container.image.ref',
    triggersCheckpoints: true,
    rescalesInPlace: false,
  })
  expect(versionFacts.v1_20.configFile).toBe('flink-conf.yaml')
  expect(versionFacts.v2_0.configFile).toBe('config.yaml')
})

test('three states of a job are final everywhere', () => {
  expect(jobStates.filter(isGloballyTerminal)).toEqual(['CANCELED', 'FAILED', 'FINISHED'])
})

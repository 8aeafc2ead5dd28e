import { readdirSync, readFileSync } from 'node:fs'
import type { KubeObject } from '@drey/reconcile'
import { expect, test } from 'vitest'
import type { ResourceInfo } from '../../src/api-server.ts'
import { columnsOf, tableOf } from '../../src/table.ts'
import { shortDuration } from '../../src/table/duration.ts'
import { findAll } from '../../src/table/jsonpath.ts'

interface Recorded {
  now: number
  columns: unknown[]
  rows: unknown[][]
  objects: KubeObject[]
}

const info = (part: Partial<ResourceInfo>): ResourceInfo => ({
  group: '',
  version: 'v1',
  resource: 'things',
  singular: 'thing',
  kind: 'Thing',
  listKind: 'ThingList',
  shortNames: [],
  categories: [],
  namespaced: true,
  verbs: [],
  subresources: [],
  origin: 'crd',
  storage: true,
  ...part,
})
const listOf = (items: KubeObject[]) => ({ apiVersion: 'v1', kind: 'List', metadata: { resourceVersion: '7' }, items })
interface Table {
  columnDefinitions: { name: string; type: string; format: string; priority: number }[]
  rows: { cells: unknown[]; object?: KubeObject }[]
}

// each recording holds objects and the Table that a real API server made of them
const recordings = new URL('../fixtures/tables/', import.meta.url)
test.each(readdirSync(recordings))('%s: the same columns and cells as a real API server', (name) => {
  const recorded = JSON.parse(readFileSync(new URL(name, recordings), 'utf8')) as Recorded
  const columns = columnsOf(info({ origin: 'builtin', resource: name.replace('.json', '') }))
  const table = tableOf(columns, listOf(recorded.objects), {
    version: 'v1',
    include: 'None',
    now: recorded.now,
  }) as unknown as Table
  expect(table.columnDefinitions.map((c) => [c.name, c.type, c.format, c.priority])).toEqual(recorded.columns)
  expect(table.rows.map((row) => row.cells)).toEqual(recorded.rows)
})

const widget = {
  apiVersion: 'a.b/v1',
  kind: 'Widget',
  metadata: { name: 'w', creationTimestamp: '2026-01-01T00:00:00Z' },
  spec: { size: 3, parts: ['x', 'y'] },
}
const now = Date.parse('2026-01-01T00:05:00Z')

test('a CRD without columns shows name and age, one with columns only those', () => {
  const plain = tableOf(columnsOf(info({})), widget, { version: 'v1', include: 'None', now }) as unknown as Table
  expect(plain.rows[0]?.cells).toEqual(['w', '5m'])
  const own = columnsOf(
    info({
      printerColumns: [
        { name: 'Size', type: 'integer', jsonPath: '.spec.size' },
        { name: 'Parts', type: 'string', jsonPath: '.spec.parts' },
        { name: 'Gone', type: 'string', jsonPath: '.spec.gone' },
        { name: 'Made', type: 'date', jsonPath: '.metadata.creationTimestamp' },
      ],
    }),
  )
  const table = tableOf(own, widget, { version: 'v1', include: 'Metadata', now }) as unknown as Table
  expect(table.rows[0]?.cells).toEqual(['w', 3, '["x","y"]', null, '5m'])
  expect(table.rows[0]?.object).toEqual({
    kind: 'PartialObjectMetadata',
    apiVersion: 'meta.k8s.io/v1',
    metadata: widget.metadata,
  })
})

test.each([
  [0, '0s'],
  [119, '119s'],
  [125, '2m5s'],
  [600, '10m'],
  [10_800, '3h'],
  [12_000, '3h20m'],
  [36_000, '10h'],
  [180_000, '2d2h'],
  [86_400 * 100, '100d'],
  [86_400 * 800, '2y70d'],
  [-5, '<invalid>'],
])('%i seconds are %s', (seconds, text) => expect(shortDuration(seconds * 1000)).toBe(text))

test.each<[string, unknown[]]>([
  ['.a.b', [1]],
  ['{.a.b}', [1]],
  [".a['x.y']", [2]],
  ['.a.x\\.y', [2]],
  ['.list[0].n', ['p']],
  ['.list[-1].n', ['q']],
  ['.list[*].n', ['p', 'q']],
  ['.list[?(@.n=="q")].v', [5]],
  ['.list[?(@.v>4)].n', ['q']],
  ['.nope.b', []],
  ['.list[?(@.n=="q"', []],
])('JSONPath %s', (path, found) =>
  expect(
    findAll(path, {
      a: { b: 1, 'x.y': 2 },
      list: [
        { n: 'p', v: 4 },
        { n: 'q', v: 5 },
      ],
    }),
  ).toEqual(found),
)

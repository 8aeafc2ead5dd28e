/** What must hold for any objects and patches. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { builtinShape } from '../../src/shape.ts'
import { applyConfig, mergeConfig } from '../../src/patch/apply.ts'
import {
  changesOf,
  emptySet,
  fieldsOf,
  intersection,
  isEmptySet,
  minus,
  parseSet,
  pathsOf,
  union,
  writeSet,
} from '../../src/patch/field-set.ts'
import { mergePatch } from '../../src/patch/merge.ts'
import { strategicMerge } from '../../src/patch/strategic.ts'
import { equalJson } from '../../src/json.ts'
import { startServer } from './start.ts'

const shape = builtinShape('api.apps.v1.Deployment')
const name = fc.constantFrom('a', 'b', 'c')
const container = fc.record(
  {
    name,
    image: name,
    env: fc.uniqueArray(fc.record({ name, value: name }, { requiredKeys: ['name'] }), {
      selector: (one) => one.name,
      maxLength: 3,
    }),
  },
  { requiredKeys: ['name'] },
)
const config = fc.record({
  apiVersion: fc.constant('apps/v1'),
  kind: fc.constant('Deployment'),
  metadata: fc.record(
    { name: fc.constant('d'), labels: fc.dictionary(name, name, { minKeys: 1, maxKeys: 3 }) },
    { requiredKeys: ['name', 'labels'] },
  ),
  spec: fc.record(
    {
      replicas: fc.nat(3),
      template: fc.record({
        spec: fc.record({ containers: fc.uniqueArray(container, { selector: (one) => one.name, maxLength: 3 }) }),
      }),
    },
    { requiredKeys: [] },
  ),
})
const apply = (
  live: Record<string, unknown> | undefined,
  one: Record<string, unknown>,
  manager: string,
  force = true,
) => {
  const { object, managedFields } = applyConfig({
    shape,
    live,
    config: one,
    writer: { manager, apiVersion: 'apps/v1', subresource: '', time: 'T' },
    force,
    ignored: emptySet,
  })
  return { ...object, metadata: { ...(object['metadata'] as object), managedFields } } as Record<string, unknown>
}

describe('server-side apply', () => {
  it('of the same configuration twice changes nothing the second time', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(name, config), { minLength: 1, maxLength: 6 }), (steps) => {
        let live: Record<string, unknown> | undefined
        for (const [manager, one] of steps) {
          live = apply(live, one, manager)
          expect(apply(live, one, manager)).toEqual(live)
        }
      }),
    )
  })

  it('makes the object say what was applied, and removes everything when all appliers let go', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(name, config), { minLength: 1, maxLength: 6 }), (steps) => {
        let live: Record<string, unknown> | undefined
        for (const [manager, one] of steps) {
          live = apply(live, one, manager)
          expect(isEmptySet(changesOf(shape, live, mergeConfig(shape, live, one)).written)).toBe(true)
        }
        const nothing = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'd' } }
        for (const manager of ['a', 'b', 'c']) live = apply(live, nothing, manager)
        expect(
          pathsOf(fieldsOf(shape.at('spec'), live!['spec'] ?? {})).filter(
            (path) => !path.endsWith('.spec') && !path.endsWith('.template'),
          ),
        ).toEqual([])
      }),
    )
  })

  it('without force conflicts exactly when it would change what another owns', () => {
    fc.assert(
      fc.property(config, config, (one, two) => {
        const live = apply(undefined, one, 'one')
        const forced = apply(live, two, 'two')
        const taken = intersection(changesOf(shape, live, forced).written, fieldsOf(shape, one))
        const unmanaged = minus(taken, parseSet({ 'f:metadata': { 'f:managedFields': {} } }))
        let conflicts = false
        try {
          apply(live, two, 'two', false)
        } catch {
          conflicts = true
        }
        expect(conflicts).toBe(!isEmptySet(unmanaged))
      }),
    )
  })
})

describe('field sets', () => {
  it('are written and read back unchanged', () => {
    fc.assert(
      fc.property(config, (one) => {
        expect(parseSet(JSON.parse(JSON.stringify(writeSet(fieldsOf(shape, one)))))).toEqual(fieldsOf(shape, one))
      }),
    )
  })
  it('obey the laws of sets', () => {
    fc.assert(
      fc.property(config, config, (one, two) => {
        const [a, b] = [fieldsOf(shape, one), fieldsOf(shape, two)]
        expect(union(a, b)).toEqual(union(union(a, b), b))
        expect(isEmptySet(intersection(minus(a, b), b))).toBe(true)
        expect(writeSet(union(minus(a, b), intersection(a, b)))).toEqual(writeSet(a))
      }),
    )
  })
})

describe('patches', () => {
  it('that are empty change nothing', () => {
    fc.assert(
      fc.property(config, (one) => {
        expect(equalJson(mergePatch(one, {}), one) && equalJson(strategicMerge(shape, one, {}), one)).toBe(true)
      }),
    )
  })
  it('applied twice give what they gave once', () => {
    fc.assert(
      fc.property(config, config, (one, patch) => {
        for (const twice of [mergePatch, (target: unknown, change: unknown) => strategicMerge(shape, target, change)]) {
          const once = twice(one, patch)
          expect(twice(once, patch)).toEqual(once)
        }
      }),
    )
  })
  it('that change nothing keep the resourceVersion and tell nobody', async () => {
    const server = startServer({ collect: false })
    const path = '/apis/apps/v1/namespaces/default/deployments'
    const body = {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'd' },
      spec: {
        selector: { matchLabels: { a: 'b' } },
        template: { metadata: { labels: { a: 'b' } }, spec: { containers: [{ name: 'c', image: 'i' }] } },
      },
    }
    const created = await server.ask({ method: 'POST', path, body })
    const before = server.store.revision
    for (const step of [
      { method: 'PUT', path: `${path}/d`, body },
      { method: 'PUT', path: `${path}/d`, body: created.body },
      {
        method: 'PATCH',
        path: `${path}/d`,
        body: { spec: { replicas: 1 } },
        contentType: 'application/merge-patch+json',
      },
      {
        method: 'PATCH',
        path: `${path}/d`,
        body: [{ op: 'test', path: '/kind', value: 'Deployment' }],
        contentType: 'application/json-patch+json',
      },
      { method: 'PATCH', path: `${path}/d/status`, body: { status: {} }, contentType: 'application/merge-patch+json' },
      {
        method: 'PUT',
        path: `${path}/d/scale`,
        body: { apiVersion: 'autoscaling/v1', kind: 'Scale', metadata: { name: 'd' }, spec: { replicas: 1 } },
      },
    ])
      expect((await server.ask(step)).status, step.path).toBe(200)
    expect(server.store.revision).toBe(before)
  })
})

/** Our CRDs against upstream's, field by field. The fixture holds facts extracted from upstream's CRDs, not the files. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { StructuralSchema } from '@drey/schema'
import { describe, expect, test } from 'vitest'
import { crds } from '../src/index.ts'

type Facts = Record<string, string>
interface Upstream {
  podTemplate: Facts
  kinds: Record<
    string,
    {
      names: object
      scope: string
      group: string
      version: string
      columns: object[]
      subresources: object
      fields: Facts
    }
  >
}
const upstream: Upstream = JSON.parse(
  readFileSync(join(import.meta.dirname, 'fixtures/upstream-crd-facts.json'), 'utf8'),
)

const factsOf = (schema: StructuralSchema, path = '', into: Facts = {}): Facts => {
  if (path !== '') into[path] = factOf(schema)
  for (const [name, own] of Object.entries(schema.properties ?? {}))
    factsOf(own, path === '' ? name : `${path}.${name}`, into)
  if (schema.items) factsOf(schema.items, `${path}[]`, into)
  if (typeof schema.additionalProperties === 'object') factsOf(schema.additionalProperties, `${path}{}`, into)
  return into
}

const factOf = (schema: StructuralSchema): string =>
  schema['x-kubernetes-int-or-string']
    ? 'int-or-string'
    : [
        schema.type ?? 'any',
        schema.enum ? `enum ${schema.enum.join('|')}` : '',
        schema['x-kubernetes-preserve-unknown-fields'] ? 'preserve' : '',
        schema.required ? `required ${schema.required.join(',')}` : '',
        schema.default !== undefined ? `default ${JSON.stringify(schema.default)}` : '',
        schema.nullable ? 'nullable' : '',
        schema.format ? `format ${schema.format}` : '',
      ]
        .filter((part) => part !== '')
        .join('; ')

/** Upstream's facts with its shared parts put in their places. */
const upstreamFields = (kind: string, path = ''): Facts => {
  const facts: Facts = {}
  for (const [name, fact] of Object.entries(path === '' ? upstream.kinds[kind]!.fields : upstream.podTemplate)) {
    if (fact === '@podTemplate') {
      facts[name] = 'object'
      for (const [inner, own] of Object.entries(upstream.podTemplate)) facts[`${name}.${inner}`] = own
    } else if (fact === '@FlinkDeployment.spec') {
      for (const [inner, own] of Object.entries(upstreamFields('FlinkDeployment')))
        if (inner === 'spec' || inner.startsWith('spec.')) facts[`${name}${inner.slice(4)}`] = own
    } else facts[name] = fact
  }
  return facts
}

describe.each(Object.keys(upstream.kinds))('the CRD of %s', (kind) => {
  const crd = crds.find((one) => one.spec.names.kind === kind)!
  const version = crd.spec.versions[0]!
  const theirs = upstream.kinds[kind]!

  test('has every field of upstream with the same type, choices and marks, and no other', () => {
    expect(factsOf(version.schema.openAPIV3Schema)).toEqual(upstreamFields(kind))
  })

  test('has the same names, columns and subresources', () => {
    expect({
      names: crd.spec.names,
      scope: crd.spec.scope,
      group: crd.spec.group,
      version: version.name,
      columns: version.additionalPrinterColumns?.map((column) => ({ priority: 0, ...column })),
      subresources: version.subresources,
    }).toEqual({
      names: theirs.names,
      scope: theirs.scope,
      group: theirs.group,
      version: theirs.version,
      columns: theirs.columns,
      subresources: theirs.subresources,
    })
  })

  test('fits into the annotation of a client-side kubectl apply with a quarter to spare', () => {
    expect(JSON.stringify(crd).length).toBeLessThan(262_144 * 0.75)
  })

  test('describes every field above the pod template', () => {
    const silent = (schema: StructuralSchema, path: string): string[] =>
      Object.entries(schema.properties ?? {}).flatMap(([name, own]) => {
        const at = `${path}${name}`
        const undescribed = own.description === undefined ? [at] : []
        return name === 'podTemplate' || at === 'spec.template.metadata'
          ? undescribed
          : [...undescribed, ...silent(own, `${at}.`)]
      })
    expect(silent(version.schema.openAPIV3Schema, '')).toEqual([])
  })
})

/**
 * What changed between two values of one schema, and how much each change weighs. The weights stand in the schema (`onChange`),
 * the ways of comparing too (`compare`), so that a new field brings its diff along.
 */
import { compareKubernetes } from './diff-kubernetes.ts'
import { below, keysOf, ownValue, sameJson } from './json.ts'
import { isObject, type JsonObject, type StructuralSchema } from './structural.ts'

/** In order of weight; the largest one found is the weight of the whole. */
export const diffTypes = ['IGNORE', 'SCALE', 'UPGRADE', 'SAVEPOINT_REDEPLOY'] as const
export type DiffType = (typeof diffTypes)[number]

/** How a field weighs, in schemas: the same for every mode, or by mode. */
export type OnChange = Weight | { readonly [mode: string]: Weight }
export type Weight = 'ignore' | 'scale' | 'upgrade' | 'savepoint-redeploy'

export interface Change {
  /** dotted path within the value: `job.parallelism`, `job.args.0` */
  readonly path: string
  /** null stands for absent */
  readonly old: unknown
  readonly new: unknown
  readonly type: DiffType
  /** a sentence for people */
  readonly why: string
}
export interface Diff {
  readonly type: DiffType
  readonly changes: readonly Change[]
}

export interface DiffOptions {
  /** picks among weights by mode */
  readonly mode: string
  /** for fields with `compare: <name>`: the flat entries to compare one by one, with the weight of a change of each */
  readonly entries?: {
    readonly [name: string]: {
      of: (value: unknown) => ReadonlyMap<string, string>
      weight: (key: string) => { onChange: OnChange; why?: string }
    }
  }
  /** the sentence for a weight, where the schema has none of its own */
  readonly why: (type: DiffType) => string
}

export const diff = (schema: StructuralSchema, old: unknown, now: unknown, options: DiffOptions): Diff => {
  const changes: Change[] = []
  compareField(schema, old, now, { path: '', onChange: 'upgrade', options, changes })
  return { type: heaviest(changes), changes }
}

/** The weight of a set of changes. */
export const heaviest = (changes: readonly { readonly type: DiffType }[]): DiffType =>
  diffTypes[Math.max(0, ...changes.map((change) => diffTypes.indexOf(change.type)))]!

interface Place {
  readonly path: string
  /** the weight inherited from above */
  readonly onChange: OnChange
  readonly why?: string | undefined
  readonly options: DiffOptions
  readonly changes: Change[]
}

const compareField = (schema: StructuralSchema, old: unknown, now: unknown, from: Place): void => {
  const place: Place = {
    ...from,
    onChange: (schema.onChange as OnChange | undefined) ?? from.onChange,
    why: schema.why ?? from.why,
  }
  const before = valueOf(schema, old)
  const after = valueOf(schema, now)
  if (schema.compare === 'unless-removed' && after === null) return
  const entries = typeof schema.compare === 'string' ? place.options.entries?.[schema.compare] : undefined
  if (entries) return compareEntries(entries, before, after, place)
  if (schema.compare === 'kubernetes-object' || schema.compare === 'pod-template')
    return compareKubernetes(schema, before, after, place.path, (path, one, other) =>
      report({ ...place, path }, one, other),
    )
  if (isObject(before) && isObject(after) && schema.properties) return compareObjects(schema, before, after, place)
  if (Array.isArray(before) && Array.isArray(after) && schema.items)
    return compareLists(schema.items, before, after, place)
  if (isObject(before) && isObject(after)) return compareMaps(schema, before, after, place)
  if (!sameJson(before, after)) report(place, before, after)
}

/** Fields that the schema does not know are dropped on reading, hence never a change. */
const compareObjects = (schema: StructuralSchema, old: JsonObject, now: JsonObject, place: Place): void => {
  for (const [name, own] of Object.entries(schema.properties!))
    compareField(own, ownValue(old, name), ownValue(now, name), { ...place, path: below(place.path, name) })
}

const compareMaps = (schema: StructuralSchema, old: JsonObject, now: JsonObject, place: Place): void => {
  const values = typeof schema.additionalProperties === 'object' ? schema.additionalProperties : {}
  for (const key of keysOf(old, now))
    compareField(values, ownValue(old, key), ownValue(now, key), { ...place, path: below(place.path, key) })
}

const compareLists = (
  items: StructuralSchema,
  old: readonly unknown[],
  now: readonly unknown[],
  place: Place,
): void => {
  for (let index = 0; index < Math.max(old.length, now.length); index++) {
    const path = below(place.path, String(index))
    if (index < old.length && index < now.length) compareField(items, old[index], now[index], { ...place, path })
    else report({ ...place, path }, old[index] ?? null, now[index] ?? null)
  }
}

const compareEntries = (
  { of, weight }: NonNullable<DiffOptions['entries']>[string],
  old: unknown,
  now: unknown,
  place: Place,
): void => {
  const [before, after] = [of(old), of(now)]
  for (const key of new Set([...before.keys(), ...after.keys()].sort())) {
    const [one, other] = [before.get(key) ?? null, after.get(key) ?? null]
    if (one !== other) report({ ...place, ...weight(key), path: below(place.path, key) }, one, other)
  }
}

const report = (place: Place, old: unknown, now: unknown): void => {
  const weight = typeof place.onChange === 'string' ? place.onChange : (place.onChange[place.options.mode] ?? 'upgrade')
  const type = typeOf[weight]
  place.changes.push({
    path: place.path,
    old: old ?? null,
    new: now ?? null,
    type,
    why: place.why ?? place.options.why(type),
  })
}

const typeOf: Record<Weight, DiffType> = {
  ignore: 'IGNORE',
  scale: 'SCALE',
  upgrade: 'UPGRADE',
  'savepoint-redeploy': 'SAVEPOINT_REDEPLOY',
}

/** An absent field is what the operator assumes it to be; a whole number that is null was 0 to its reader. */
const valueOf = (schema: StructuralSchema, value: unknown): unknown => {
  if (value === undefined) return schema.assumed ?? null
  if (value === null && schema.type === 'integer' && typeof schema.assumed === 'number') return 0
  return value
}

/** Lists and sets. */
import { add } from '../arithmetic.ts'
import { compare, same } from '../compare.ts'
import { CelError, isList, type Value } from '../value.ts'
import { list, text, type Fn, type Methods } from './args.ts'

const extreme =
  (name: string, better: (order: number) => boolean): Fn =>
  (value) => {
    const items = list(value)
    if (items.length === 0) throw new CelError(`${name} called on empty list`)
    return items.reduce((best, item) => (better(compare(item, best)) ? item : best))
  }

const firstAt = (items: readonly Value[], wanted: Value, order: 'first' | 'last'): bigint =>
  BigInt(
    order === 'first'
      ? items.findIndex((item) => same(item, wanted))
      : items.findLastIndex((item) => same(item, wanted)),
  )

export const listMethods: Methods = {
  on: isList,
  methods: {
    size: (value) => BigInt(list(value).length),
    sum: (value) => (list(value).length === 0 ? 0n : list(value).reduce(add)),
    min: extreme('min', (order) => order < 0),
    max: extreme('max', (order) => order > 0),
    isSorted: (value) =>
      list(value).every((item, index, items) => index === 0 || compare(items[index - 1]!, item) <= 0),
    indexOf: (value, wanted) => firstAt(list(value), wanted!, 'first'),
    lastIndexOf: (value, wanted) => firstAt(list(value), wanted!, 'last'),
    join: (value, separator) =>
      list(value)
        .map(text)
        .join(separator === undefined ? '' : text(separator)),
  },
}

const containsAll = (outer: readonly Value[], inner: readonly Value[]): boolean =>
  inner.every((item) => outer.some((one) => same(one, item)))

export const setFunctions: Record<string, Fn> = {
  'sets.contains': (one, other) => containsAll(list(one), list(other)),
  'sets.equivalent': (one, other) => containsAll(list(one), list(other)) && containsAll(list(other), list(one)),
  'sets.intersects': (one, other) => list(one).some((item) => list(other).some((partner) => same(item, partner))),
}

/** Every recorded rendering of upstream's operator against ours, field by field. */
import { describe, expect, test } from 'vitest'
import { knownDifferences, type KnownDifference } from './differences.ts'
import { compare, recordedCases, type Difference } from './recorded.ts'

const matches = (pattern: string, text: string): boolean =>
  new RegExp(
    `^${pattern
      .split('*')
      .map((part) => part.replace(/[.+?^${}()|[\]\\]/g, String.raw`\$&`))
      .join('.*')}$`,
    's',
  ).test(text)

const explains = (known: KnownDifference, name: string, difference: Difference): boolean =>
  matches(known.case, name) && matches(known.path, difference.path)

const results = recordedCases().map((recorded) => ({
  name: recorded.name,
  what: recorded.what,
  differences: compare(recorded),
}))

describe('renders what upstream recorded, apart from the listed differences', () => {
  test.each(results)('$name: $what', ({ name, differences }) => {
    expect(
      differences.filter((difference) => !knownDifferences.some((known) => explains(known, name, difference))),
    ).toEqual([])
  })
})

test.each(knownDifferences)('the difference $case | $path still occurs', (known) => {
  expect(
    results.some(({ name, differences }) => differences.some((difference) => explains(known, name, difference))),
  ).toBe(true)
})

test('all recorded cases are compared', () => expect(results).toHaveLength(163))

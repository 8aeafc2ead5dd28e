import { expect, test } from 'vitest'
import { nearest } from '../src/distribution/maven.ts'
import { compareVersions, newestOf, satisfies } from '../src/distribution/version.ts'

test('the newest patch of a line is found by numbers, not by letters', () => {
  expect(newestOf(['1.20.9', '1.20.10', '1.19.3', '2.0-preview1'], '1.20')).toBe('1.20.10')
  expect(newestOf(['1.20.1'], '1.20.2')).toBeUndefined()
  expect(['2.0.0', '1.20.5', '1.9.9'].sort(compareVersions)).toEqual(['1.9.9', '1.20.5', '2.0.0'])
})

test('an exact version is satisfied by itself alone', () => {
  expect(satisfies('1.20.5', '1.20.5')).toBe(true)
  expect(satisfies('1.20.4', '1.20.5')).toBe(false)
  expect(satisfies('1.20.5', '1.20')).toBe(true)
  expect(satisfies('1.2.5', '1.20')).toBe(false)
})

test('instead of a patch that a mirror lacks, its line comes first, then the line below, then the one above', () => {
  const held = ['1.18.1', '1.20.0', '1.20.3', '1.19.0', '2.0.0', '1.20.1']
  expect(nearest(held, '1.20.2', 'line')).toEqual(['1.20.3', '1.20.1', '1.20.0'])
  expect(nearest(held, '1.19.3', 'neighbour')).toEqual(['1.19.0', '1.18.1', '1.20.3', '1.20.1', '1.20.0'])
})

test('another major version is never a neighbour', () => {
  expect(nearest(['1.20.0'], '2.0.0', 'neighbour')).toEqual([])
})

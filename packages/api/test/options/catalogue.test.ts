import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import {
  allOptions,
  autoscalerOptions,
  operatorOptions,
  spellings,
  standaloneAutoscalerOptions,
  type Option,
} from '../../src/options/index.ts'

// Facts about upstream 1.16: key, type, default, scope.
const upstream = JSON.parse(readFileSync(new URL('upstream-options.json', import.meta.url), 'utf8')) as [
  string,
  string,
  string,
  string,
][]
const letter: Record<string, string> = { operator: 'O', namespace: 'N', resource: 'R', 'blue-green': 'B' }

const defaultOf = (option: Option): string =>
  option.defaultText ?? (option.default === undefined ? 'none' : option.codec.print(option.default))

describe('the catalogue of options', () => {
  test('has upstream’s 95, 51 and 10', () => {
    expect([operatorOptions.length, autoscalerOptions.length, standaloneAutoscalerOptions.length]).toEqual([95, 51, 10])
  })

  test.each(upstream)('%s is declared with its type, default and scope', (key, type, fallback, scope) => {
    const option = [...operatorOptions, ...autoscalerOptions].find((candidate) => candidate.key === key)
    expect(option).toBeDefined()
    expect(option!.codec.type).toBe(type)
    expect(letter[option!.scope]).toBe(scope)
    const normal = (text: string) =>
      Number.isNaN(Number(text)) || text === '' ? text.replace(/^(empty|\{\})$/, '') : String(Number(text))
    expect(normal(defaultOf(option!))).toBe(normal(fallback))
  })

  test('no spelling belongs to two options', () => {
    const all = allOptions.flatMap(spellings)
    expect(all.filter((key, index) => all.indexOf(key) !== index)).toEqual([])
  })

  test('every default reads back from its own text', () => {
    for (const option of allOptions.filter((one) => one.default !== undefined && one.defaultText === undefined))
      expect([option.key, option.codec.parse(option.codec.print(option.default))]).toEqual([
        option.key,
        { ok: true, value: option.default },
      ])
  })

  test('every sentence is one, and says something', () => {
    for (const option of allOptions) expect(option.sentence, option.key).toMatch(/^[A-Z].{7,}[.]$/s)
  })
})

/** The text of an object is made once and always belongs to that object. */
import { describe, expect, it } from 'vitest'
import { passingTextOf, textOf } from '../../src/json-text.ts'

const object = (name: string, resourceVersion: string) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, resourceVersion },
})

describe('the text of a stored object', () => {
  it('is the same for the journal, the answer and the watchers, whoever asks first', () => {
    const [a, b] = [object('a', '1'), object('b', '2')]
    expect(passingTextOf(a)).toBe(JSON.stringify(a))
    expect(textOf(a)).toBe(JSON.stringify(a))
    expect(textOf(b)).toBe(JSON.stringify(b))
    expect(passingTextOf(b)).toBe(JSON.stringify(b))
  })

  it('is never that of the object written before it', () => {
    const [a, b] = [object('a', '1'), object('a', '2')]
    passingTextOf(a)
    expect(textOf(b)).toBe(JSON.stringify(b))
    passingTextOf(b)
    expect(textOf(a)).toBe(JSON.stringify(a))
  })
})

import { expect, test } from 'vitest'
import { duplicateFields } from '../../src/duplicates.ts'

const complaints = (text: string, type: string) =>
  duplicateFields(Buffer.from(text), type).map(({ complaint }) => complaint)
const inJson = (text: string) => complaints(text, 'application/json')

test('names the path of every key that JSON has twice, once', () => {
  expect(
    inJson(
      '{"metadata":{"name":"x","name":"x","labels":{"a":"b","a":"c","a":"d"}},"data":{},"data":{"q":"1","q":"2"}}',
    ),
  ).toEqual([
    'duplicate field "metadata.name"',
    'duplicate field "metadata.labels.a"',
    'duplicate field "data"',
    'duplicate field "data.q"',
  ])
  expect(inJson('{ "b" : [ 1, {"c": null, "c":true} , [] ], "\\u0061":1, "a":2 }')).toEqual([
    'duplicate field "b[1].c"',
    'duplicate field "a"',
  ])
})

test('is silent about clean bodies, strings that look like keys, and escapes', () => {
  expect(
    inJson('{"a":"{\\"a\\":1,\\"a\\":2}","b":{"a":1},"c":[{"a":1},{"a":1}],"d":{},"e":[],"\\\\":1,"\\"":2}'),
  ).toEqual([])
})

test('names the line in YAML', () => {
  expect(complaints('kind: X\ndata:\n  a: b\n  a: c\n', 'application/yaml')).toEqual([
    'yaml: unmarshal errors:\n  line 4: key "a" already set in map',
  ])
})

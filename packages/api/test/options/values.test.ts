import { describe, expect, test } from 'vitest'
import { array, assert, dictionary, nat, property, string, stringMatching } from 'fast-check'
import {
  codecs,
  flattenConfiguration,
  javaDouble,
  parseConfigYaml,
  parseDuration,
  parseFlinkConf,
  parseList,
  parseMap,
  parseMemorySize,
  printDuration,
  printFlow,
  printList,
  printMap,
  printMemorySize,
} from '../../src/options/index.ts'

const value = <T>(result: { ok: true; value: T } | { ok: false; why: string }): T | string =>
  result.ok ? result.value : 'unreadable'

describe('durations', () => {
  test.each([
    ['60', 60],
    ['60 s', 60_000],
    ['5min', 300_000],
    ['5 m', 300_000],
    ['1 D', 86_400_000],
    ['2 hours', 7_200_000],
    ['5 MINUTE', 300_000],
    ['10 milliseconds', 10],
    ['500 µs', 0.5],
    ['3 micros', 0.003],
    ['7 ns', 7e-6],
    [' 1 sec ', 1000],
    ['PT5M', 300_000],
    ['P1DT2H', 93_600_000],
    ['PT1.5S', 1500],
  ])('"%s" is %d ms', (text, millis) => expect(value(parseDuration(text))).toBeCloseTo(millis, 9))
  test.each(['', ' ', 'x', '-1 min', '1.5 s', '1 h 30 min', '5 weeks', 'P', 'PT', '9223372036854775808', '1 MONTH'])(
    '"%s" is none',
    (text) => expect(parseDuration(text).ok).toBe(false),
  )
  test('what is printed reads back', () =>
    assert(
      property(nat(), (millis) => {
        expect(value(parseDuration(printDuration(millis)))).toBe(millis)
      }),
    ))
})

describe('memory sizes', () => {
  test.each([
    ['100', 100],
    ['1k', 1024],
    ['1 KB', 1024],
    ['2048m', 2 ** 31],
    ['2g', 2 ** 31],
    ['2 gibibytes', 2 ** 31],
    ['1t', 2 ** 40],
    ['0', 0],
    ['7 bytes', 7],
  ])('"%s" is %d bytes', (text, bytes) => expect(value(parseMemorySize(text))).toBe(bytes))
  test.each(['', 'g', '-1', '1.5g', '1Gi', '1 x', '9223372036854775808', '9223372036854775807k'])(
    '"%s" is none',
    (text) => expect(parseMemorySize(text).ok).toBe(false),
  )
  test.each([
    [2 ** 31, '2 gb'],
    [2500 * 2 ** 20, '2500 mb'],
    [100, '100 bytes'],
    [2 ** 40, '1099511627776 bytes'],
    [0, '0 bytes'],
    [1536, '1536 bytes'],
    [2048, '2 kb'],
  ])('%d is printed %s', (bytes, text) => expect(printMemorySize(bytes)).toBe(text))
})

describe('lists and maps', () => {
  test.each([
    ['a;b', ['a', 'b']],
    ["'a;b';c", ['a;b', 'c']],
    [`"x""y";z`, ['x"y', 'z']],
    ['', []],
    [';', []],
    ['a; b ;', ['a', 'b']],
    ['[a, b, c;d]', ['a', 'b', 'c;d']],
    ["['local:///x']", ['local:///x']],
  ])('"%s" is %j', (text, parts) => expect(value(parseList(text))).toEqual(parts))
  test.each(["a'b", "'a", "'a'b;c"])('%s is no list', (text) => expect(parseList(text).ok).toBe(false))
  test.each([
    ['k:v,k2:v2', { k: 'v', k2: 'v2' }],
    ["'k:''a:b'''", { k: 'a:b' }],
    ["'k:a,b'", { k: 'a,b' }],
    ['', {}],
    ['{a: 1, b: x}', { a: '1', b: 'x' }],
    ['.*port.*:Port problem,nothing:x', { '.*port.*': 'Port problem', nothing: 'x' }],
  ])('"%s" is %j', (text, map) => expect(value(parseMap(text))).toEqual(map))
  test('"k" is no map', () => expect(parseMap('k').ok).toBe(false))
  test('what is printed reads back', () => {
    const word = stringMatching(/^[a-zA-Z0-9.:;,'"/-]{1,8}$/)
    assert(
      property(array(word), (parts) => {
        expect(value(parseList(printList(parts)))).toEqual(parts)
      }),
    )
    assert(
      property(dictionary(word, word), (map) => {
        expect(value(parseMap(printMap(map)))).toEqual(map)
      }),
    )
  })
})

describe('scalars', () => {
  test.each([
    ['true', true],
    ['TRUE', true],
    ['False', false],
  ])('boolean %s', (text, expected) => expect(value(codecs.boolean.parse(text))).toBe(expected))
  test.each(['yes', '1', '', ' true'])('"%s" is no boolean', (text) =>
    expect(codecs.boolean.parse(text).ok).toBe(false),
  )
  test.each(['2147483648', '1.0', '', 'x'])('"%s" is no integer', (text) =>
    expect(codecs.integer.parse(text).ok).toBe(false),
  )
  test.each([
    ['0.6', 0.6],
    ['1e5', 1e5],
    ['.5', 0.5],
    ['5.', 5],
    ['1d', 1],
    ['-3', -3],
    ['Infinity', Infinity],
  ])('double %s', (text, expected) => expect(value(codecs.double.parse(text))).toBe(expected))
  test.each(['x', '', '0x10', '1,5'])('"%s" is no double', (text) => expect(codecs.double.parse(text).ok).toBe(false))
  test('enum words are read in any case', () =>
    expect(codecs.oneOf('MAX', 'MIN').parse('max')).toEqual({ ok: true, value: 'MAX' }))
  test.each([
    [1, '1.0'],
    [1.5, '1.5'],
    [12345678.9, '1.23456789E7'],
    [0.00012, '1.2E-4'],
    [1000, '1000.0'],
    [1e7, '1.0E7'],
    [0.001, '0.001'],
    [-0.5, '-0.5'],
    [2097152000, '2.097152E9'],
  ])('Java prints %d as %s', (number, text) => expect(javaDouble(number)).toBe(text))
})

describe('spec.flinkConfiguration, flattened', () => {
  const flat = (configuration: unknown) => Object.fromEntries(flattenConfiguration(configuration))
  test('nested and flat keys, all types', () => {
    expect(
      flat({
        a: { b: 'x' },
        i: 5,
        f: 1.5,
        big: 12345678.9,
        e: 0.00012,
        t: true,
        n: null,
        s: '',
        l: [1, 'b', true],
        lm: [{ k: 1 }],
        eo: {},
        ea: [],
      }),
    ).toEqual({
      'a.b': 'x',
      i: '5',
      f: '1.5',
      big: '1.23456789E7',
      e: '1.2E-4',
      t: 'true',
      n: 'null',
      s: '',
      l: '1;b;true',
      lm: '',
    })
  })
  test('the later key wins', () => expect(flat({ 'a.b': '1', a: { b: '2' } })).toEqual({ 'a.b': '2' }))
  test.each(['text', ['list'], null, undefined, 5])('%j has no entries', (configuration) =>
    expect(flat(configuration)).toEqual({}),
  )
})

describe('configuration files', () => {
  test('the flat format: comments, duplicates, skipped lines', () => {
    const file = parseFlinkConf(
      'a: 1\n# c: 2\nb: x # y\nempty: \nno-separator\nurl: s3://b/c: d\na: 3\r\n  k.l :  v  \n',
    )
    expect(Object.fromEntries(file.entries)).toEqual({ a: '3', b: 'x', url: 's3://b/c: d', 'k.l': 'v' })
    expect(file.warnings).toHaveLength(2)
  })
  test('real YAML: nesting, lists, numbers, empty texts', () => {
    const file = parseConfigYaml(
      'a:\n  b.c: 2.50\n  l: [x, "y:z", "1"]\n  m: []\nflag: true\nempty: ""\nnothing:\nquoted: "a # b"\n',
    )
    expect(Object.fromEntries(file.entries)).toEqual({
      'a.b.c': '2.5',
      'a.l': "[x, 'y:z', '1']",
      'a.m': '[]',
      flag: 'true',
      empty: '',
      nothing: '',
      quoted: 'a # b',
    })
  })
  test.each(['a: [', '- a\n- b', 'x: *nowhere', '\t: {'])('broken YAML %j is told, never thrown', (text) => {
    const file = parseConfigYaml(text)
    expect(file.entries.size).toBe(0)
    expect(file.warnings).not.toEqual([])
  })
  test('flow text is spelled as upstream stores it', () => {
    expect(printFlow(['local:///opt/x.jar'])).toBe("['local:///opt/x.jar']")
    expect(printFlow(['a', 'b', 'c;d'])).toBe('[a, b, c;d]')
    expect(
      printFlow({
        'flinkdeployment.flink.apache.org/generation': '1',
        'owner.example.com/team': 'platform',
        second: '2',
      }),
    ).toBe("{flinkdeployment.flink.apache.org/generation: '1', owner.example.com/team: platform, second: '2'}")
  })
  test('whatever stands in a file, reading it never throws', () =>
    assert(
      property(string({ maxLength: 60 }), (text) => {
        parseFlinkConf(text)
        parseConfigYaml(text)
        parseList(text)
        parseMap(text)
        parseDuration(text)
        parseMemorySize(text)
      }),
      { numRuns: 2000 },
    ))
})

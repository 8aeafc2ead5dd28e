/** Rules that cannot work are refused with the CRD, as the API server does; rules that may work are not. */
import { describe, expect, test } from 'vitest'
import { schemaProblems, type StructuralSchema } from '../src/index.ts'

const object = (properties: Record<string, StructuralSchema>): StructuralSchema => ({ type: 'object', properties })
const spec: StructuralSchema = object({
  name: { type: 'string' },
  count: { type: 'integer' },
  share: { type: 'number' },
  on: { type: 'boolean' },
  tags: { type: 'array', items: { type: 'string' } },
  ports: { type: 'array', items: object({ port: { type: 'integer' }, name: { type: 'string' } }) },
  labels: { type: 'object', additionalProperties: { type: 'string' } },
  inner: object({ a: { type: 'string' }, b: { type: 'integer' } }),
  any: { 'x-kubernetes-int-or-string': true },
  free: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
  at: { type: 'string', format: 'date-time' },
  wait: { type: 'string', format: 'duration' },
  blob: { type: 'string', format: 'byte' },
})
const said = (rule: string, more: object = {}): string[] =>
  schemaProblems(
    { type: 'object', properties: { spec: { ...spec, 'x-kubernetes-validations': [{ rule, ...more }] } } },
    'schema',
  ).map(({ message }) => message)

describe('refused', () => {
  test.each([
    ["self.count == 'a'", "no matching overload for '_==_' applied to '(int, string)'"],
    ['self.name == 1', "'_==_' applied to '(string, int)'"],
    ['self.name != true', "'_!=_' applied to '(string, bool)'"],
    ['self.count == 1.0', "'_==_' applied to '(int, double)'"],
    ['self.share == 1', "'_==_' applied to '(double, int)'"],
    ['self.name == null', "'_==_' applied to '(string, null)'"],
    ['self.tags == self.name', "'_==_' applied to '(list(string), string)'"],
    ['self.tags == [1]', "'_==_' applied to '(list(string), list(int))'"],
    ['self.name > 3', "'_>_' applied to '(string, int)'"],
    ["self.count <= '3'", "'_<=_' applied to '(int, string)'"],
    ['self.tags < self.tags', "'_<_'"],
    ["self.count + 'a' == 'b'", "'_+_' applied to '(int, string)'"],
    ['self.name + 1 == self.name', "'_+_' applied to '(string, int)'"],
    ['self.name - self.name == self.name', "'_-_'"],
    ['self.count * self.share > 1.0', "'_*_' applied to '(int, double)'"],
    ['self.share % 2.0 == 0.0', "'_%_'"],
    ['-self.name == self.name', "'-_' applied to '(string)'"],
    ['self.name && self.on', "'_&&_' applied to '(string, bool)'"],
    ['self.on || self.count', "'_||_' applied to '(bool, int)'"],
    ['!self.count', "'!_' applied to '(int)'"],
    ["self.on ? 'a' : 1 == 1", "'_?_:_'"],
    ['self.count ? true : false', "'_?_:_' applied to '(int, bool, bool)'"],
    ['1 in self.tags', "'@in' applied to '(int, list(string))'"],
    ['self.name in self.count', "'@in' applied to '(string, int)'"],
    ['1 in self.labels', "'@in' applied to '(int, map(string, string))'"],
    ["self.tags['a'] == 'b'", "'_[_]' applied to '(list(string), string)'"],
    ["self.labels[1] == 'b'", "'_[_]'"],
    ["self.labels['a'] == 1", "'_==_' applied to '(string, int)'"],
    ['self.name.size() == self.name', "'_==_' applied to '(int, string)'"],
    ['size(self.count) > 1', "'size' applied to '(int)'"],
    ["self.count.contains('a')", "'contains' applied to 'int.(string)'"],
    ["self.tags.contains('a')", "'contains' applied to 'list(string).(string)'"],
    ['self.name.startsWith(1)', "'startsWith' applied to 'string.(int)'"],
    ['self.name.matches()', "'matches'"],
    ["self.name.all(x, x == 'a')", "expression of type 'string' cannot be range of a comprehension"],
    ['self.tags.all(x, x > 1)', "'_>_' applied to '(string, int)'"],
    ['self.tags.all(x, size(x))', "'_&&_' applied to '(bool, int)'"],
    ["self.ports.exists(p, p.port == 'a')", "'_==_' applied to '(int, string)'"],
    ['self.ports.exists(p, p.nothing == 1)', "undefined field 'nothing'"],
    ['self.labels.all(k, k == 1)', "'_==_' applied to '(string, int)'"],
    ['self.tags.map(x, size(x)) == self.tags', "'_==_' applied to '(list(int), list(string))'"],
    ['self.tags.filter(x, x == "a") == [1]', "'_==_'"],
    ['self.name.first == 1', "undefined field 'first'"],
    ['self.inner.a == self.inner.b', "'_==_' applied to '(string, int)'"],
    ['self.inner == 1', "'_==_' applied to '(object, int)'"],
    ["self.at > '2020-01-01T00:00:00Z'", "'_>_' applied to '(google.protobuf.Timestamp, string)'"],
    ['self.wait > 5', "'_>_' applied to '(google.protobuf.Duration, int)'"],
    ['oldSelf.name == self.count', "'_==_' applied to '(string, int)'"],
    ["self.name.split(',') == 'a'", "'_==_' applied to '(list(string), string)'"],
    ["self.name.replace('a', 1) == 'b'", "'replace'"],
    ['int(self.on) == 1', "'int' applied to '(bool)'"],
    ["string(self.tags) == 'a'", "'string'"],
    ['isURL(self.count)', "'isURL'"],
    ['sets.contains(self.tags, self.name)', "'sets.contains'"],
    ["self.nmae == 'a'", "undefined field 'nmae'"],
    ['nothing(self.name)', "undeclared reference to 'nothing'"],
  ])('%s', (rule, why) => {
    expect(said(rule)).toEqual([expect.stringContaining(`compilation failed: `)])
    expect(said(rule)[0]).toContain(why)
  })
  test('a rule that is no question', () =>
    expect(said('self.count + 1')).toEqual([
      expect.stringMatching(/\.rule: Invalid value: "self\.count \+ 1": cel expression must evaluate to a bool$/),
    ]))
  test('a message that is no text, or cannot be computed', () => {
    expect(said('true', { messageExpression: 'self.count' })).toEqual([
      expect.stringMatching(/\.messageExpression: Invalid value: .*messageExpression must evaluate to a string$/),
    ])
    expect(said('true', { messageExpression: "'a' + self.count" })).toEqual([
      expect.stringMatching(/\.messageExpression: .*messageExpression compilation failed: found no matching overload/),
    ])
  })
})

describe('taken', () => {
  test.each([
    "self.name == 'a' && self.count > 1 || !self.on",
    'self.count < self.share',
    'self.share >= 1',
    "self.any == 1 || self.any == 'a'",
    "type(self.any) == int ? self.any > 1 : self.any == 'a'",
    'has(self.free)',
    'self.inner == null || self.inner.a.size() > 0',
    'self.inner == oldSelf.inner',
    "self.tags.all(x, x.startsWith('a')) && 'b' in self.tags",
    'self.tags + self.tags == self.tags',
    'self.tags == []',
    "self.labels.all(k, self.labels[k] != '')",
    "'a' in self.labels && self.labels['a'] == 'b' && self.labels.a == 'b'",
    'self.ports.map(p, p.port).sum() < 10',
    'self.ports.filter(p, p.port > 1).size() == 1',
    'self.ports.all(i, p, i < 10 && p.port > 0)',
    "self.at > timestamp('2020-01-01T00:00:00Z')",
    "self.at - timestamp('2020-01-01T00:00:00Z') < duration('1h')",
    "self.at + duration('1h') > self.at",
    "self.wait <= duration('5m')",
    'size(self.blob) < 10',
    'dyn(self.name) == 1',
    "self.?inner.?a.orValue('x') == 'x'",
    "self.tags[?0].orValue('') == ''",
    "quantity('1').isLessThan(quantity('2'))",
    "url('https://x').getHost() == 'x'",
    "'%s %d'.format([self.name, self.count]) == 'a 1'",
    "self.name.split(',').join('-') == 'a'",
    "self.name.find('[a-z]+') != ''",
    'self.tags.isSorted() && self.tags.indexOf("a") == 0',
    "{'a': 1}.size() == 1 && [1, 2].exists(x, x == 2)",
    'self.on ? self.count == 1 : self.share == 1.0',
    'self.count % 2 == 0 && -self.count < 0',
    "int(self.name) == 1 && string(self.count) == '1' && double(self.count) == 1.0",
    'self.at.getFullYear() > 2020 && self.wait.getSeconds() > 1',
    'oldSelf.count <= self.count',
  ])('%s', (rule) => expect(said(rule)).toEqual([]))
  test('the stored value of a rule for creations, too, is opened first', () =>
    expect(said('!oldSelf.hasValue() || oldSelf.value().name == self.name', { optionalOldSelf: true })).toEqual([]))
})

/** Templates of `-o jsonpath` mean what they mean to kubectl. */
import { expect, test } from 'vitest'
import { filledTemplate } from '../src/json-path.ts'

const list = {
  kind: 'List',
  items: [
    {
      metadata: { name: 'a', labels: { 'app.kubernetes.io/name': 'x' } },
      spec: {
        replicas: 2,
        containers: [
          { name: 'main', image: 'flink:1.20' },
          { name: 'side', image: 'busybox' },
        ],
      },
      status: {
        conditions: [
          { type: 'Ready', status: 'True' },
          { type: 'Other', status: 'False' },
        ],
      },
    },
    { metadata: { name: 'b' }, spec: { containers: [{ name: 'main', image: 'flink:2.3' }] }, status: {} },
  ],
}

// Each answer was compared with kubectl's own for the same document.
test.each([
  ['{.kind}', 'List'],
  ['.kind', 'List'],
  ['{$.kind}', 'List'],
  ['{.items[*].metadata.name}', 'a b'],
  ['{.items..image}', 'flink:1.20 busybox flink:2.3'],
  ['{.items[0].spec.replicas}', '2'],
  ['{.items[-1].metadata.name}', 'b'],
  ['{.items[0:1].metadata.name}', 'a'],
  ['{.items[*].spec.containers[0].image}', 'flink:1.20 flink:2.3'],
  ["{.items[0].metadata.labels['app.kubernetes.io/name']}", 'x'],
  [String.raw`{.items[0].metadata.labels.app\.kubernetes\.io/name}`, 'x'],
  ['{.items[0].status.conditions[?(@.type=="Ready")].status}', 'True'],
  ["{.items[0].status.conditions[?(@.type!='Ready')].type}", 'Other'],
  ['{.items[?(@.spec.replicas)].metadata.name}', 'a'],
  ['{range .items[*]}{.metadata.name}{"\\t"}{.spec.containers[*].name}{"\\n"}{end}', 'a\tmain side\nb\tmain\n'],
  ['{range .items[*]}{range .spec.containers[*]}{.name},{end};{end}', 'main,side,;main,;'],
  ['name: {.items[0].metadata.name}!', 'name: a!'],
  ['{.items[0].metadata.labels}', '{"app.kubernetes.io/name":"x"}'],
  ['{.nothing.here}', ''],
])('%s', (template, text) => {
  expect(filledTemplate(template, list)).toBe(text)
})

test('what is not understood is told with its place', () => {
  expect(() => filledTemplate('{.items[x}', list)).toThrow('The path .items[x is not understood from "[x" on.')
  expect(() => filledTemplate('{range .items[*]}{.kind}', list)).toThrow(/has no \{end\}/)
})

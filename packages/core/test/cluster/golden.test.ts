/** Specs beyond the recorded ones, rendered to files that are reviewed like code. Refresh with `vitest -u`, then read the diff. */
import { expect, test } from 'vitest'
import { stringify } from 'yaml'
import { effectiveConfig, readOperatorConfig, renderCluster, valuesOf } from '../../src/index.ts'
import { goldenSpecs, type GoldenSpec } from './specs.ts'

const render = ({
  name,
  spec,
  operator = {},
  restore,
  generation = 1,
  yaml = false,
  kubernetesVersion = '1.33',
}: GoldenSpec): string => {
  const lines = Object.entries(operator)
    .map(([key, value]) => `${key}: ${value}\n`)
    .join('')
  const operatorConfig = readOperatorConfig(
    yaml ? { 'config.yaml': `quoted: ''\n${lines}` } : { 'flink-conf.yaml': lines },
  )
  const rendering = renderCluster({
    resource: {
      apiVersion: 'flink.apache.org/v1beta1',
      kind: 'FlinkDeployment',
      metadata: { name, namespace: 'shop', uid: 'uid-of-the-resource', generation },
      spec,
    },
    config: Object.fromEntries(
      valuesOf(
        effectiveConfig(operatorConfig, {
          namespace: 'shop',
          flinkVersion: spec.flinkVersion,
          flinkConfiguration: spec.flinkConfiguration,
        }),
      ),
    ),
    operator: {
      confIsYaml: yaml,
      logFiles: { 'log4j-console.properties': 'rootLogger.level = INFO\n' },
      kubernetesVersion,
    },
    restore: restore ?? { jobId: '0123456789abcdef0123456789abcdef' },
  })
  if (!rendering.ok) return stringify({ problem: rendering.problem })
  return [
    ...rendering.notes.map((note) => `# note: ${note}\n`),
    rendering.objects.map((object) => stringify(object, { lineWidth: 0, aliasDuplicateObjects: false })).join('---\n'),
  ].join('')
}

test.each(goldenSpecs)('renders $name as reviewed', async (golden) => {
  await expect(render(golden)).toMatchFileSnapshot(`golden/${golden.name}.yaml`)
})

test('there are forty of them, with different names', () => {
  expect(new Set(goldenSpecs.map(({ name }) => name)).size).toBe(40)
})

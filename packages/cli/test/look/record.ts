/**
 * Freezes worlds of the simulation for the tests beside this file: `node packages/cli/test/look/record.ts`. The tests say what the
 * commands print of a given world; how worlds come to be is told elsewhere, and may change without changing this.
 */
import { writeFileSync } from 'node:fs'
import type { KubeObject } from '@drey/reconcile'
import { run } from '../../../../sim/run.ts'
import { wait, type Step } from '../../../../sim/scenario.ts'
import { scenarios } from '../../../../sim/scenarios/index.ts'
import type { StoredObject } from './served.ts'

interface World {
  scenario: string
  /** how many of its steps; undefined: all, and 30 seconds */
  steps?: number
  later?: number
}

const worlds: Readonly<Record<string, World>> = {
  upgraded: { scenario: 'upgrade (savepoint)' },
  saving: { scenario: 'edited while the savepoint is taken', steps: 5 },
  suspended: { scenario: 'suspend and stay' },
  'rolled-back': { scenario: 'rollback (last state)' },
  refused: { scenario: 'an invalid edit changes nothing', steps: 5 },
  failed: { scenario: 'job fails for good', later: 90 },
  'no-image': { scenario: 'upgrade to an image that does not exist, corrected (savepoint)', steps: 6 },
  corrected: { scenario: 'upgrade to an image that does not exist, corrected (savepoint)' },
  session: { scenario: 'session cluster' },
  'session-job': { scenario: 'session job, upgrade (savepoint)', later: 90 },
  'last-state': { scenario: 'upgrade (last state)' },
}

const objectsAfter = async ({ scenario, steps, later = 30 }: World): Promise<StoredObject[]> => {
  const story = scenarios.find(({ name }) => name === scenario)
  if (!story) throw new Error(`no scenario ${scenario}`)
  let objects: StoredObject[] = []
  const peek: Step = {
    say: 'look',
    do: ({ world: { server } }) => {
      objects = server.store.buckets().flatMap((bucket) =>
        server.store.list(bucket).flatMap((object) => {
          const { namespace, name } = object.metadata
          return namespace === 'shop' && kept.test(bucket)
            ? [{ bucket, key: `${namespace}/${name}`, object: compact(bucket, object) }]
            : []
        }),
      )
    },
  }
  const before = steps === undefined ? [...story.steps, wait(later)] : story.steps.slice(0, steps)
  await run({ ...story, steps: [...before, peek], ends: () => true })
  return objects
}

const kept =
  /^(flink\w+\.flink\.apache\.org|events|configmaps|pods|deployments\.apps|replicasets\.apps|services|endpoints|endpointslices\..*)$/

/** Without what no command reads. */
const compact = (bucket: string, object: KubeObject): KubeObject => {
  const { managedFields, ...metadata } = object.metadata
  const isFlink = bucket.startsWith('flink')
  const keepsSpec = isFlink || bucket === 'services'
  return {
    ...object,
    metadata: isFlink && managedFields ? { ...metadata, managedFields } : metadata,
    ...(keepsSpec || object['spec'] === undefined ? {} : { spec: { containers: [] } }),
    ...(bucket === 'configmaps' && !object.metadata.name.startsWith('drey-')
      ? { data: Object.fromEntries(Object.keys((object['data'] ?? {}) as object).map((key) => [key, ''])) }
      : {}),
  }
}

const recorded: Record<string, StoredObject[]> = {}
for (const [name, world] of Object.entries(worlds)) recorded[name] = await objectsAfter(world)
writeFileSync(
  new URL('worlds.json', import.meta.url),
  `{\n${Object.entries(recorded)
    .map(
      ([name, objects]) =>
        `${JSON.stringify(name)}: [\n${objects.map((object) => JSON.stringify(object)).join(',\n')}\n]`,
    )
    .join(',\n')}\n}\n`,
)

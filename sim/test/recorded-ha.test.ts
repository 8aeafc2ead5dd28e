/** What the model keeps in HA ConfigMaps against what real JobManagers kept, per version and moment. */
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { run } from '../run.ts'
import {
  anApplication,
  cancelJob,
  checkpointed,
  create,
  edit,
  ha,
  jobStateIs,
  running,
  scenario,
  wait,
  when,
  type Step,
} from '../scenario.ts'
import { namespace, type World } from '../world.ts'

type Moments = Record<'running' | 'checkpointed' | 'canceled', Record<string, string[]>>
const recorded = JSON.parse(readFileSync(new URL('./fixtures/flink-ha.json', import.meta.url), 'utf8')) as Record<
  string,
  Moments
>

const keysOf = (world: World): Record<string, string[]> => {
  const id = world.deployment()?.status?.['jobStatus']?.jobId as string
  const plain = (text: string) =>
    text
      .replace(id, 'JOB')
      .replace('org.apache.flink.k8s.leader', 'LEADER')
      .replace(/\d{19}$/, 'N')
  return Object.fromEntries(
    world.server.store
      .list('configmaps', namespace)
      .filter((map) => map.metadata.labels?.['configmap-type'] === 'high-availability')
      .map((map) => [
        plain(map.metadata.name.replace('orders-', '')),
        Object.keys((map['data'] ?? {}) as object)
          .map(plain)
          .sort(),
      ]),
  )
}

describe('HA metadata of the model', () => {
  for (const version of ['1.18', '1.20', '2.0', '2.3'])
    test(`is that of Flink ${version}`, async () => {
      const seen: Record<string, Record<string, string[]>> = {}
      const look = (moment: string): Step => ({
        say: `the ConfigMaps are read: ${moment}`,
        do: ({ world }) => void (seen[moment] = keysOf(world)),
      })
      const spec = anApplication(
        { flinkVersion: `v${version.replace('.', '_')}` },
        { upgradeMode: 'last-state' },
        { ...ha, 'execution.checkpointing.interval': '1 h' },
      )
      const told = scenario('HA metadata', {
        covers: [],
        steps: [
          create(spec),
          running(),
          look('running'),
          edit({ flinkConfiguration: { 'execution.checkpointing.interval': '20s' } }, 'checkpoints'),
          wait(5),
          running(),
          checkpointed(1),
          look('checkpointed'),
          cancelJob(),
          when('it is CANCELED', ({ world }) =>
            world.flink.jobManagers().some((jm) => jm.jobs.some((job) => job.state === 'CANCELED')),
          ),
          wait(0.2),
          look('canceled'),
        ],
        ends: (stage) => jobStateIs('RUNNING')(stage) || jobStateIs('CANCELED')(stage),
      })
      await run(told)
      const { running: atFirst, checkpointed: later, canceled } = recorded[version] as Moments
      expect(seen['running']).toEqual(atFirst)
      expect(seen['checkpointed']).toMatchObject(later)
      expect(seen['canceled']).toEqual(canceled)
    })
})

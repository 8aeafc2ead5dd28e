/**
 * Every decision of the built-in controllers, as pairs of files: `cases/<kind>/<case>.input.yaml` (what is seen) and
 * `<case>.output.yaml` (what is decided). Run with UPDATE_CASES=1 to write the outputs, then read the difference.
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { KubeObject } from '@drey/reconcile'
import { expect, test } from 'vitest'
import { parse, stringify } from 'yaml'
import { decideDeployment } from '../../src/kinds/deployment/decide.ts'
import { decideCronJob } from '../../src/kinds/cron-job.ts'
import { decideDaemonSet } from '../../src/kinds/daemon-set.ts'
import { decideJob } from '../../src/kinds/job.ts'
import { decideStatefulSet } from '../../src/kinds/stateful-set.ts'
import { decideReplicaSet } from '../../src/kinds/replica-set.ts'
import { decideService } from '../../src/kinds/endpoints.ts'
import { decideClaim } from '../../src/kinds/volume-claim.ts'
import { decideVolume } from '../../src/kinds/volume.ts'

/** One case: the resource, what surrounds it, the time, and whatever else its controller observes. */
interface Case {
  now: string
  resource: KubeObject
  around?: KubeObject[]
  more?: Record<string, unknown>
}

const of = (input: Case, kind: string): never[] =>
  (input.around ?? []).filter((object) => object.kind === kind) as never[]

/** How the observation of each kind is made from a case's objects. */
const kinds: Record<string, (resource: never, input: Case) => unknown> = {
  deployment: (resource, input) =>
    decideDeployment(resource, {
      now: Date.parse(input.now),
      replicaSets: of(input, 'ReplicaSet'),
      pods: of(input, 'Pod'),
      taken: (name) => ((input.more?.['taken'] ?? []) as string[]).includes(name),
    }),
  'replica-set': (resource, input) =>
    decideReplicaSet(resource, { now: Date.parse(input.now), pods: of(input, 'Pod'), ...input.more }),
  'stateful-set': (resource, input) =>
    decideStatefulSet(resource, { now: Date.parse(input.now), pods: of(input, 'Pod'), ...input.more }),
  'daemon-set': (resource, input) =>
    decideDaemonSet(resource, { now: Date.parse(input.now), pods: of(input, 'Pod'), nodes: of(input, 'Node') }),
  job: (resource, input) => decideJob(resource, { now: Date.parse(input.now), pods: of(input, 'Pod'), ...input.more }),
  'cron-job': (resource, input) => decideCronJob(resource, { now: Date.parse(input.now), jobs: of(input, 'Job') }),
  service: (resource, input) =>
    decideService(resource, {
      pods: of(input, 'Pod'),
      endpoints: of(input, 'Endpoints')[0],
      slices: of(input, 'EndpointSlice'),
    }),
  'volume-claim': (resource, input) =>
    decideClaim(resource, {
      directory: '/home/pvc',
      volume: of(input, 'PersistentVolume')[0],
      matching: input.more?.['matching'] as never,
      occupant: input.more?.['occupant'] as never,
      classes: new Map(Object.entries((input.more?.['classes'] ?? { standard: 'Delete' }) as Record<string, string>)),
      users: of(input, 'Pod'),
    }),
  volume: (resource, input) =>
    decideVolume(resource, {
      directory: '/home/pvc',
      claim: of(input, 'PersistentVolumeClaim')[0],
      made: input.more?.['made'] === true,
    }),
}

/** Resource types are written by their plural: the files are for people. */
const typesByName = (key: string, value: unknown): unknown =>
  key === 'type' && typeof value === 'object' ? (value as { resource: string }).resource : value

const root = join(import.meta.dirname, 'cases')

for (const [kind, decide] of Object.entries(kinds)) {
  const folder = join(root, kind)
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.input.yaml'))) {
    const name = file.slice(0, -'.input.yaml'.length)
    test(`${kind}: ${name.replaceAll('-', ' ')}`, () => {
      const input = parse(readFileSync(join(folder, file), 'utf8')) as Case
      const frozen = JSON.stringify(input)
      const decided = JSON.parse(JSON.stringify(decide(input.resource as never, input), typesByName))
      expect(JSON.stringify(input), 'what is seen is never changed').toBe(frozen)
      const output = join(folder, `${name}.output.yaml`)
      if (process.env['UPDATE_CASES'] || !existsSync(output))
        writeFileSync(output, stringify(decided, { lineWidth: 0, aliasDuplicateObjects: false }))
      expect(decided).toEqual(parse(readFileSync(output, 'utf8')))
    })
  }
}

/** A home that knows the counting job, and counting jobs for it: each with its own folder on the shared volume. */
import { join } from 'node:path'
import { claim, deployment, startHome, stateDirs, volumes, type Home } from '../home.ts'
import { counterJob } from './build.ts'
import { readCounts, type Counts } from './counts.ts'

export interface CounterHome extends Home {
  /** a FlinkDeployment that counts; `job` and `flinkConfiguration` are merged, the rest replaces */
  counter(name: string, spec?: Record<string, any>): Record<string, any>
  counts(name: string): Counts
  /** numbers are committed that were not committed before; everything ever committed is right */
  goesOn(name: string): Promise<void>
  /** the folder that holds `counter.jar` */
  folder: string
}

export const startCounterHome = async (version: string, ...words: string[]): Promise<CounterHome> => {
  const folder = await counterJob(version)
  const home = await startHome(...words)
  for (const image of [`counter:${version}`, `counter:${version}-next`])
    await home.drey(
      ...['image', 'map', image, '--flink', version],
      ...['/opt/flink/usrlib', '/opt/jobs'].flatMap((target) => ['--overlay', `${folder}:${target}`]),
    )
  await home.apply(claim('data'))
  const counts = (name: string) => readCounts(join(home.dir, 'runtime', 'pvc', 'default', 'data', name, 'out'))
  return Object.assign(home, {
    folder,
    counts,
    counter: (name: string, { job = {}, flinkConfiguration = {}, ...more }: Record<string, any> = {}) =>
      deployment(name, {
        image: `counter:${version}`,
        flinkVersion: `v${version.replace('.', '_')}`,
        podTemplate: volumes('data'),
        flinkConfiguration: { ...counterConfiguration(version, name), ...flinkConfiguration },
        ...('session' in more ? {} : { job: { ...counterSpec(name), ...job } }),
        ...without(more, 'session'),
      }),
    async goesOn(name: string) {
      const before = counts(name).highest
      await eventually(`further counts of ${name}`, () => counts(name).highest > before)
      const { doubled, wrong } = counts(name)
      if (doubled.length + wrong.length > 0)
        throw new Error(`${name} counts wrongly: ${JSON.stringify({ doubled, wrong }).slice(0, 600)}`)
    },
  })
}

export const counterSpec = (name: string) => ({
  jarURI: 'local:///opt/flink/usrlib/counter.jar',
  args: [`file:///flink-data/${name}/out`, '10'],
  parallelism: 1,
  upgradeMode: 'savepoint',
})

const counterConfiguration = (version: string, name: string): Record<string, string> => ({
  ...stateDirs(version, `/flink-data/${name}`),
  'execution.checkpointing.interval': '1s',
  'high-availability.type': 'kubernetes',
  'restart-strategy.type': 'fixed-delay',
  'restart-strategy.fixed-delay.attempts': '1000',
  'restart-strategy.fixed-delay.delay': '500 ms',
  'taskmanager.numberOfTaskSlots': '2',
})

const without = (record: Record<string, any>, key: string): Record<string, any> =>
  Object.fromEntries(Object.entries(record).filter(([name]) => name !== key))

/** Waits until something is so; what throws is not so yet. */
export const eventually = async (
  what: string,
  isSo: () => boolean | Promise<boolean>,
  timeoutMs = 120_000,
): Promise<void> => {
  const deadline = Date.now() + timeoutMs
  for (;;) {
    const [is, why] = await Promise.resolve()
      .then(isSo)
      .then(
        (so) => [so, 'it is not'] as const,
        (error: unknown) => [false, String(error)] as const,
      )
    if (is) return
    if (Date.now() > deadline) throw new Error(`not so after ${timeoutMs / 1000} s: ${what}: ${why}`)
    await pause(150)
  }
}

export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

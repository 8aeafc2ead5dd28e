/**
 * From nothing to a running job: Flink started by hand against a manifest applied to a warm home, with the start-up aids and
 * without; and the home itself, its start and its memory. The ways take turns, so that a busy machine hurts all alike.
 */
import { flinkDeployments, type FlinkDeployment } from '@drey/api'
import { archives, findFlink, findJava, defaultFlinkDir, type FlinkHome } from '@drey/flink-home'
import { pods } from '@drey/kube'
import type { KubeObject } from '@drey/reconcile'
import { stringify } from 'yaml'
import { runBareFlink } from './parts/bare-flink.ts'
import { applier, homeFolder, type BenchHome, type HomeFolder } from './parts/home.ts'
import { rowOf, type Bench, type Row } from './parts/row.ts'

const version = process.env['DREY_BENCH_FLINK'] ?? '1.20'
const rounds = Number(process.env['DREY_BENCH_ROUNDS'] ?? 5)
const ups = 5
const commands = 10
const parallelism = 2
const memory = { jobManager: '1600m', taskManager: '1728m' }
const jarName = 'StateMachineExample.jar'

export const bench = async (): Promise<Bench> => {
  const starts = await homeStarts()
  const { rows, ratios } = await jobStarts()
  return { bench: 'start', rows: [...rows, ...starts], ratios }
}

/** One way to a running job, as often as it is asked, in ms. */
interface Way {
  what: string
  run(): Promise<number>
  /** compared with bare Flink under this name */
  ratio?: string
}

const jobStarts = async (): Promise<{ rows: Row[]; ratios: Record<string, number> }> => {
  const java = await findJava({ flink: version })
  const flink = findFlink(process.env['DREY_FLINK_DIR'] || defaultFlinkDir(process.env), version)
  if (!flink) throw new Error(`Flink ${version} is not here: npx drey flink add ${version}`)
  // Warm means: the class-data archives are made, as they are half a minute after the first job of a version.
  const classData = archives()
  await classData.make(flink, java)
  await classData.close()
  const aided = homeFolder()
  const plain = homeFolder()
  try {
    aided.up()
    plain.up('--plain-jvm')
    const [withAids, withoutAids] = [await aided.open(), await plain.open()]
    const bare = async (by: 'processes' | 'scripts') => {
      const { runningMs, stop } = await runBareFlink({ home: flink, java, ...bareJob(flink) }, by)
      await stop()
      return runningMs
    }
    const until = `${applier} until RUNNING`
    const ways: Way[] = [
      { what: `bare Flink ${flink.version}: two JVMs until RUNNING`, run: () => bare('processes') },
      { what: 'bare Flink by its scripts and `flink run`', run: () => bare('scripts'), ratio: 'scripts/bare' },
      { what: `home: ${until}`, run: () => runOnHome(withAids, 'native'), ratio: 'home/bare' },
      { what: `home --plain-jvm: ${until}`, run: () => runOnHome(withoutAids, 'native'), ratio: 'home-plain/bare' },
      {
        what: `home, standalone: ${until}`,
        run: () => runOnHome(withAids, 'standalone'),
        ratio: 'home-standalone/bare',
      },
      {
        what: `home --plain-jvm, standalone: ${until}`,
        run: () => runOnHome(withoutAids, 'standalone'),
        ratio: 'home-plain-standalone/bare',
      },
    ]
    const times = ways.map((): number[] => [])
    // One round more than counted: the first reads the jars from disk.
    for (let round = 0; round <= rounds; round++)
      for (const [index, way] of ways.entries()) {
        const ms = await way.run()
        if (round > 0) times[index]!.push(ms)
      }
    await withAids.close()
    await withoutAids.close()
    const rows = ways.map(({ what }, index) => rowOf(what, 'ms', times[index]!))
    const ratios = ways.flatMap(({ ratio }, index) => (ratio ? [[ratio, rows[index]!.value / rows[0]!.value]] : []))
    return { rows, ratios: Object.fromEntries(ratios) as Record<string, number> }
  } finally {
    aided.remove()
    plain.remove()
  }
}

const bareJob = (flink: FlinkHome) => ({
  jar: `${flink.dir}/examples/streaming/${jarName}`,
  parallelism,
  config: {
    'jobmanager.memory.process.size': memory.jobManager,
    'taskmanager.memory.process.size': memory.taskManager,
    'taskmanager.numberOfTaskSlots': '2',
  },
})

const name = 'bench'
const ref = { type: flinkDeployments, namespace: 'default', name }

type Mode = 'native' | 'standalone'

const manifest = (mode: Mode): string =>
  stringify({
    apiVersion: 'flink.apache.org/v1beta1',
    kind: 'FlinkDeployment',
    metadata: { name, namespace: 'default' },
    spec: {
      mode,
      image: `flink:${version}`,
      flinkVersion: `v${version.replace('.', '_')}`,
      serviceAccount: 'default',
      flinkConfiguration: { 'taskmanager.numberOfTaskSlots': '2' },
      jobManager: { resource: { cpu: 1, memory: memory.jobManager } },
      taskManager: { resource: { cpu: 1, memory: memory.taskManager } },
      job: { jarURI: `local:///opt/flink/examples/streaming/${jarName}`, parallelism, upgradeMode: 'stateless' },
    },
  })

/** ms from the command until the resource says RUNNING; then takes the job away again. */
const runOnHome = async ({ client, apply }: BenchHome, mode: Mode): Promise<number> => {
  const text = manifest(mode)
  const from = performance.now()
  apply(text)
  const deadline = Date.now() + 120_000
  for (;;) {
    const status = (await client.find<FlinkDeployment & KubeObject>(ref))?.status
    if (status?.jobStatus?.state === 'RUNNING') break
    if (Date.now() > deadline) throw new Error(`the job does not run: ${JSON.stringify(status)}`)
    await pause(25)
  }
  const ms = performance.now() - from
  await client.remove(ref)
  while ((await client.find(ref)) || (await client.list(pods, { namespace: 'default' })).items.length > 0)
    await pause(100)
  return ms
}

const homeStarts = async (): Promise<Row[]> => {
  const folder = homeFolder()
  try {
    folder.up()
    const returned: number[] = []
    const ready: number[] = []
    for (let n = 0; n < ups; n++) {
      folder.down()
      returned.push(folder.up())
      ready.push(folder.readyMs())
    }
    const home = await folder.open()
    const fresh = home.residentMb()
    await pause(30_000)
    const idle = home.residentMb()
    await home.close()
    return [
      rowOf('drey up --detach, warm, until the API is ready', 'ms', ready),
      rowOf('drey up --detach, warm, until it returns', 'ms', returned),
      ...commandTimes(folder),
      rowOf('resident memory right after the start', 'MB', [fresh]),
      rowOf('resident memory after 30 s idle', 'MB', [idle]),
    ]
  } finally {
    folder.remove()
  }
}

/** What every use of the command line costs, with its compiled code kept. */
const commandTimes = (folder: HomeFolder): Row[] =>
  [['--help'], ['get', 'nodes']].map((words) => {
    const times: number[] = []
    // One more than counted: the first may have to compile.
    for (let n = 0; n <= commands; n++) times.push(folder.time(...words))
    return rowOf(`drey ${words.join(' ')}`, 'ms', times.slice(1))
  })

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

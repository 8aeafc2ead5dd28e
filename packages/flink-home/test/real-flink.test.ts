/** Against real Flink homes of this machine: our command line is the scripts', and it starts a cluster that runs a job. */
import { mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { atLeast } from '../src/distribution/version.ts'
import { archives, findJava, imageCatalogue, launchFlink } from '../src/index.ts'
import { startCluster } from './support/cluster.ts'
import { flinkDir, newestHomes, realHomes, thorough } from './support/homes.ts'
import { scriptArguments } from './support/scripts.ts'

const config = {
  'jobmanager.memory.process.size': '1600m',
  'taskmanager.memory.process.size': '2g',
  'taskmanager.numberOfTaskSlots': '2',
  'env.java.opts.all': '--add-opens=java.base/java.lang=ALL-UNNAMED -Dhost=$HOSTNAME -Dquoted="a b" -Dlast=1',
  'env.java.opts.jobmanager': '-Drole=jm',
  'env.java.opts.taskmanager': '-Drole=tm',
}

const services: [string, string[], Record<string, string>?][] = [
  ['native application', ['kubernetes-jobmanager.sh', 'kubernetes-application']],
  [
    'native TaskManager',
    ['kubernetes-taskmanager.sh', '-Dtaskmanager.resource-id=x', '-D', 'a=b'],
    { FLINK_TM_JVM_MEM_OPTS: '-Xmx100 -Xms100' },
  ],
  ['standalone session', ['jobmanager.sh', 'start-foreground', '-D', 'jobmanager.memory.heap.size=900m']],
  ['standalone job', ['standalone-job.sh', 'start-foreground', '--job-classname', 'a.B', '--fromSavepoint', 'file:/x']],
  ['standalone TaskManager', ['taskmanager.sh', 'start-foreground', '-Dtaskmanager.memory.managed.size=100m']],
]

describe.skipIf(realHomes.length === 0)('our command line is the one that Flink’s scripts end in', () => {
  const conf = mkdtempSync(join(tmpdir(), 'drey-conf-'))
  afterAll(() => rmSync(conf, { recursive: true, force: true }))

  for (const home of realHomes)
    test.each(services)(`Flink ${home.version}: %s`, { timeout: 60_000 }, async (_name, command, env = {}) => {
      const file = atLeast(home.version, '2.0') ? 'config.yaml' : 'flink-conf.yaml'
      const text = Object.entries(config).map(
        ([key, value]) => `${key}: ${file === 'config.yaml' ? `'${value}'` : value}\n`,
      )
      writeFileSync(join(conf, file), text.join(''))
      const java = await findJava({ flink: home.version, feature: 17 })
      const container = { HOSTNAME: 'pod', FLINK_CONF_DIR: conf, ...env }
      const theirs = await scriptArguments(home, java, command, container)
      const ours = await launchFlink({ home, java, plainJvm: true })({
        argv: command,
        env: container,
        hostPath: (path) => path.replace(/^\/opt\/flink/, home.dir),
        podIp: '10.0.0.7',
        loopback: false,
      })
      expect(comparable(ours.argv.slice(1))).toEqual(comparable(theirs))
      rmSync(join(conf, file))
    })
})

/** Options come in the order of a hash map; an empty class path element is an accident of the scripts. */
const comparable = (args: readonly string[]): unknown => {
  const at = args.indexOf('-classpath')
  const isOption = (arg: string, index: number, all: string[]): boolean => arg === '-D' || all[index - 1] === '-D'
  const after = args.slice(at + 3)
  return {
    jvm: args.slice(0, at),
    classPath: args[at + 1]?.replace(/:+$/, ''),
    mainClass: args[at + 2],
    options: after
      .filter(isOption)
      .filter((arg) => arg !== '-D')
      .sort(),
    others: after.filter((arg, index, all) => !isOption(arg, index, all)),
  }
}

describe.skipIf(realHomes.length === 0)('a cluster started with it', () => {
  for (const home of newestHomes)
    test.each(['StateMachineExample.jar', 'TopSpeedWindowing.jar'])(
      `Flink ${home.version} runs %s`,
      { timeout: 120_000 },
      async (jar) => {
        const images = imageCatalogue({ flinkDir, mapFile: '/nowhere/images.json' })
        await images.close()
        const image = await images.resolve(`flink:${home.version}`, () => undefined)
        const cluster = await startCluster({ image, home: home.dir, version: home.version })
        try {
          await cluster.until('/taskmanagers', ({ taskmanagers }) => taskmanagers.length === 1)
          const job = await cluster.run(jar)
          const overview = await cluster.until(
            '/jobs/overview',
            ({ jobs }) => jobs[0]?.tasks.running === jobs[0]?.tasks.total,
          )
          expect(overview.jobs).toMatchObject([{ jid: job, state: 'RUNNING' }])
          expect(cluster.log('jobmanager')).toContain('Starting StandaloneSessionClusterEntrypoint')
        } finally {
          expect(await cluster.stop()).toBe(143)
        }
      },
    )
})

describe.skipIf(!thorough || realHomes.length === 0)('class-data archives', () => {
  for (const home of realHomes)
    test(
      `are made for both processes of Flink ${home.version} and hold its Kubernetes client`,
      { timeout: 300_000 },
      async () => {
        const dir = mkdtempSync(join(tmpdir(), 'drey-archives-'))
        for (const name of readdirSync(home.dir).filter((name) => name !== '.drey'))
          symlinkSync(join(home.dir, name), join(dir, name))
        const own = { ...home, dir }
        const java = await findJava({ flink: home.version, feature: 17 })
        const made = archives()
        expect(made.find(own, java, 'jobmanager')).toBeUndefined()
        try {
          await made.make(own, java)
          expect(made.find(own, java, 'taskmanager')).toMatch(/^taskmanager-java\d+-[0-9a-f]{16}\.jsa$/)
          const archive = readFileSync(join(dir, '.drey', made.find(own, java, 'jobmanager') ?? ''))
          expect(archive.includes('KubernetesApplicationClusterEntrypoint')).toBe(true)
          expect(readdirSync(join(dir, '.drey')).filter((name) => !name.endsWith('.jsa'))).toEqual([])
        } finally {
          rmSync(dir, { recursive: true, force: true })
        }
      },
    )
})

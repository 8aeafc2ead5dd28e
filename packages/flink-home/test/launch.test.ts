import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { launchFlink } from '../src/index.ts'
import type { FlinkHome, Launch, LaunchContext, LaunchFlink } from '../src/index.ts'
import { java17, podOf, toyHome, write } from './support/toy-home.ts'

const start = (home: FlinkHome, at: LaunchContext, more: Partial<LaunchFlink> = {}): Promise<Launch> =>
  launchFlink({ home, java: java17, plainJvm: true, ...more })(at)

/** What comes after the main class, and the class itself. */
const mainOf = ({ argv }: Launch): { main: string | undefined; args: string[] } => {
  const at = argv.indexOf('-classpath') + 2
  return { main: argv[at]?.split('.').at(-1), args: argv.slice(at + 1) }
}

const memory = { 'jobmanager.memory.process.size': '1600m', 'taskmanager.memory.process.size': '1728m' }
const nativeJob = ['/docker-entrypoint.sh', 'bash', '-c', 'kubernetes-jobmanager.sh kubernetes-application ']

describe('a service of Flink', () => {
  test('native JobManager: one java, its memory divided, no configuration folder named', async () => {
    const home = toyHome()
    const launch = await start(
      home,
      podOf(home, nativeJob, { ...memory, 'env.java.opts.all': '--add-opens=java.base/java.lang=ALL-UNNAMED -Da=b' }),
    )
    expect(launch.argv).toEqual([
      '/java/17/bin/java',
      '-Xmx1073741824',
      '-Xms1073741824',
      '-XX:MaxMetaspaceSize=268435456',
      '-XX:+IgnoreUnrecognizedVMOptions',
      '--add-opens=java.base/java.lang=ALL-UNNAMED',
      '-Da=b',
      '-Dlog.file=/opt/flink/log/flink--kubernetes-application-0-orders-1.log',
      '-Dlog4j.configuration=file:/opt/flink/conf/log4j-console.properties',
      '-Dlog4j.configurationFile=file:/opt/flink/conf/log4j-console.properties',
      '-Dlogback.configurationFile=file:/opt/flink/conf/logback-console.xml',
      '-classpath',
      '/opt/flink/lib/flink-cep-1.20.5.jar:/opt/flink/lib/log4j-core-2.24.3.jar:/opt/flink/lib/flink-dist-1.20.5.jar',
      'org.apache.flink.kubernetes.entrypoint.KubernetesApplicationClusterEntrypoint',
      ...['off-heap.size=134217728b', 'jvm-overhead.min=201326592b', 'jvm-metaspace.size=268435456b'].flatMap(option),
      ...['heap.size=1073741824b', 'jvm-overhead.max=201326592b'].flatMap(option),
    ])
    expect(launch.env).toMatchObject({
      FLINK_CONF_DIR: '/opt/flink/conf',
      FLINK_LIB_DIR: '/opt/flink/lib',
      MAX_LOG_FILE_NUMBER: '10',
      HOSTNAME: 'orders-1',
    })
  })
  const option = (pair: string): string[] => ['-D', `jobmanager.memory.${pair}`]

  test('native TaskManager: memory as its JobManager has decided, quoted options as one word each', async () => {
    const home = toyHome()
    const script = `kubernetes-taskmanager.sh -Dtaskmanager.resource-id='orders-taskmanager-1-1' -Dpipeline.name='it'\\''s $HOME' -D external-resources=none `
    const at = podOf(home, ['/docker-entrypoint.sh', 'bash', '-c', script], memory)
    const launch = await start(home, { ...at, env: { ...at.env, FLINK_TM_JVM_MEM_OPTS: '-Xmx5 -Xms5' } })
    expect(launch.argv.slice(1, 3)).toEqual(['-Xmx5', '-Xms5'])
    expect(mainOf(launch)).toEqual({
      main: 'KubernetesTaskExecutorRunner',
      args: [
        '--configDir',
        '/opt/flink/conf',
        '-Dtaskmanager.resource-id=orders-taskmanager-1-1',
        "-Dpipeline.name=it's $HOME",
        '-D',
        'external-resources=none',
      ],
    })
  })

  test('standalone job, session and TaskManager', async () => {
    const home = toyHome()
    const job = await start(
      home,
      podOf(
        home,
        ['/docker-entrypoint.sh', 'standalone-job', '--job-classname', 'a.B', '-Djobmanager.memory.process.size=2g'],
        memory,
      ),
    )
    expect(mainOf(job)).toMatchObject({
      main: 'StandaloneApplicationClusterEntryPoint',
      args: expect.arrayContaining(['--job-classname', 'a.B']),
    })
    expect(job.argv).toContain('-Xmx1530082096')
    const session = mainOf(await start(home, podOf(home, ['/docker-entrypoint.sh', 'jobmanager', '-D', 'a=b'], memory)))
    expect(session.args.slice(-6)).toEqual([
      '--configDir',
      '/opt/flink/conf',
      '--executionMode',
      'cluster',
      '-D',
      'a=b',
    ])
    const tasks = mainOf(await start(home, podOf(home, ['/docker-entrypoint.sh', 'taskmanager'], memory)))
    expect(tasks.main).toBe('TaskManagerRunner')
    expect(tasks.args).toContain('taskmanager.memory.managed.size=536870920b')
  })

  test('2.x takes host and port as options and knows no execution mode', async () => {
    const home = toyHome('2.2.1')
    const { args } = mainOf(
      await start(home, podOf(home, ['/opt/flink/bin/jobmanager.sh', 'start-foreground', 'here', '8085'], memory)),
    )
    expect(args.slice(-6)).toEqual([
      '--configDir',
      '/opt/flink/conf',
      '-D',
      'jobmanager.rpc.address=here',
      '-D',
      'rest.port=8085',
    ])
  })

  test("a jar that the user's image adds to lib/ is on the class path, in its place", async () => {
    const home = toyHome()
    const overlay = mkdtempSync(join(tmpdir(), 'drey-overlay-'))
    write(overlay, { 'lib/flink-connector.jar': '', 'lib/deep/x.jar': '' })
    const at = podOf(home, nativeJob, memory)
    const { argv } = await start(home, {
      ...at,
      mounts: [...(at.mounts ?? []), { source: overlay, target: '/opt/flink', as: 'layer' }],
    })
    expect(argv[argv.indexOf('-classpath') + 1]?.split(':').map((jar) => jar.replace('/opt/flink/lib/', ''))).toEqual([
      'deep/x.jar',
      'flink-cep-1.20.5.jar',
      'flink-connector.jar',
      'log4j-core-2.24.3.jar',
      'flink-dist-1.20.5.jar',
    ])
  })

  test('without a ConfigMap the entry script’s settings are given as options, before the user’s', async () => {
    const home = toyHome()
    const at = podOf(home, ['/docker-entrypoint.sh', 'jobmanager', '-D', 'rest.port=8085'])
    const env = {
      ...at.env,
      JOB_MANAGER_RPC_ADDRESS: 'jobmanager',
      FLINK_PROPERTIES: 'a.b: ${HOSTNAME}\n# no\njobmanager.memory.process.size: 2g',
    }
    const launch = await start(home, { ...at, env })
    const { args } = mainOf(launch)
    expect(args).toEqual(
      expect.arrayContaining([
        'jobmanager.rpc.address=jobmanager',
        'blob.server.port=6124',
        'a.b=orders-1',
        'jobmanager.bind-host=0.0.0.0',
      ]),
    )
    expect(args.at(-1)).toBe('rest.port=8085')
    expect(launch.argv).toContain('-Xmx1530082096')
  })

  test('with one, FLINK_PROPERTIES does nothing, as in a container, and a note says so', async () => {
    const home = toyHome()
    const at = podOf(home, ['/docker-entrypoint.sh', 'jobmanager'], memory)
    const launch = await start(home, {
      ...at,
      env: { ...at.env, FLINK_PROPERTIES: 'jobmanager.memory.process.size: 2g' },
    })
    expect(launch.argv).toContain('-Xmx1073741824')
    expect(launch.notes?.join()).toMatch(/FLINK_PROPERTIES.*no effect/)
  })
})

describe('flags of the JVM', () => {
  test('Flink’s packages are opened on Java 17 if nobody has done it, and a note says so', async () => {
    const home = toyHome()
    const launch = await start(home, podOf(home, nativeJob, memory))
    expect(launch.argv).toContain('--add-opens=java.base/java.util=ALL-UNNAMED')
    expect(launch.notes?.join()).toMatch(/Java 17 are opened/)
    const on11 = await start(home, podOf(home, nativeJob, memory), {
      java: { home: '/java/11', feature: 11, version: '11.0.1' },
    })
    expect(on11.argv.join()).not.toContain('--add-opens')
  })

  test('are read from environment and configuration as config.sh does', async () => {
    const home = toyHome()
    const config = {
      ...memory,
      'env.java.default-opts.all': '"--add-opens=java.base/java.lang=ALL-UNNAMED',
      'env.java.opts.all': "-Dname='a b' -Dhost=$HOSTNAME\"",
      'env.java.opts.jobmanager': '-Drole=jm',
      'env.java.opts.taskmanager': '-Drole=tm',
    }
    const { argv } = await start(home, podOf(home, nativeJob, config))
    expect(argv).toEqual(expect.arrayContaining(['-Dname=a', '-Dhost=orders-1', '-Drole=jm']))
    expect(argv).not.toContain('-Drole=tm')
    const at = podOf(home, nativeJob, config)
    const own = await start(home, {
      ...at,
      env: { ...at.env, FLINK_ENV_JAVA_OPTS: '-Donly=this', JVM_ARGS: '-Dfirst=1' },
    })
    expect(own.argv).toEqual(expect.arrayContaining(['-Donly=this', '-Drole=jm', '-Dfirst=1']))
    expect(own.argv).not.toContain('-Dhost=orders-1')
  })

  test('options that need a shell are left to Flink’s own scripts', async () => {
    const home = toyHome()
    const launch = await start(home, podOf(home, nativeJob, { ...memory, 'env.java.opts.all': '-Dtime=$(date)' }))
    expect(launch.argv).toEqual(['bash', '-c', 'exec "$0" "$@"', 'kubernetes-jobmanager.sh', 'kubernetes-application'])
  })

  test('start-up aids come first, are noted, and give way to the user’s own flags', async () => {
    const home = toyHome()
    const aided = { plainJvm: false, archive: () => 'x.jsa' }
    const launch = await start(home, podOf(home, nativeJob, memory), aided)
    expect(launch.argv.slice(1, 4)).toEqual([
      '-XX:TieredStopAtLevel=1',
      '-XX:+UseSerialGC',
      '-XX:SharedArchiveFile=/opt/flink/.drey/x.jsa',
    ])
    expect(launch.notes?.at(-1)).toMatch(/--plain-jvm/)
    const own = await start(
      home,
      podOf(home, nativeJob, { ...memory, 'env.java.opts.all': '-XX:+UseZGC -XX:-TieredCompilation -Xshare:off' }),
      aided,
    )
    expect(own.argv.join(' ')).not.toMatch(/SerialGC|TieredStopAtLevel|SharedArchiveFile/)
  })

  test('no archive for a lib/ that is not the home’s own', async () => {
    const home = toyHome()
    const overlay = mkdtempSync(join(tmpdir(), 'drey-overlay-'))
    write(overlay, { 'mine.jar': '' })
    const at = podOf(home, nativeJob, memory)
    const mounts = [
      ...(at.mounts ?? []),
      { source: join(overlay, 'mine.jar'), target: '/opt/flink/lib/mine.jar', as: 'volume' as const },
    ]
    const { argv } = await start(home, { ...at, mounts }, { plainJvm: false, archive: () => 'x.jsa' })
    expect(argv.join(' ')).toContain('/opt/flink/lib/mine.jar')
    expect(argv.join(' ')).not.toContain('x.jsa')
  })

  test('on loopback addresses the hosts file is given to the JVM', async () => {
    const home = toyHome()
    const { argv } = await start(home, { ...podOf(home, nativeJob, memory), hostsFile: '/pods/1/hosts' })
    expect(argv).toContain('-Djdk.net.hosts.file=/pods/1/hosts')
    const own = await start(home, { ...podOf(home, nativeJob, memory), hostsFile: '/etc/hosts' })
    expect(own.argv.join(' ')).not.toContain('jdk.net.hosts.file')
  })
})

describe('other commands', () => {
  test('run as they are, without the entry script', async () => {
    const home = toyHome()
    const of = async (argv: string[]): Promise<readonly string[]> => (await start(home, podOf(home, argv, memory))).argv
    expect(await of(['/docker-entrypoint.sh', 'flink', 'run', '-d', 'x.jar'])).toEqual(['flink', 'run', '-d', 'x.jar'])
    expect(await of(['bash', '-c', 'sleep 1; exec kubernetes-jobmanager.sh kubernetes-session'])).toEqual([
      'bash',
      '-c',
      'sleep 1; exec kubernetes-jobmanager.sh kubernetes-session',
    ])
    expect((await of(['/docker-entrypoint.sh', 'help'])).join(' ')).toContain('Usage')
  })

  test('ENABLE_BUILT_IN_PLUGINS links the home’s own jar, whatever patch the name says', async () => {
    const home = toyHome()
    const at = podOf(home, nativeJob, memory)
    const env = { ...at.env, ENABLE_BUILT_IN_PLUGINS: 'flink-s3-fs-presto-1.20.0.jar' }
    const launch = await start(home, { ...at, env })
    expect(launch.argv.slice(0, 2)).toEqual(['/bin/sh', '-c'])
    expect(launch.argv[2]).toBe(
      "mkdir -p '/opt/flink/plugins/flink-s3-fs-presto-1.20.0' && ln -sf '/opt/flink/opt/flink-s3-fs-presto-1.20.5.jar' '/opt/flink/plugins/flink-s3-fs-presto-1.20.0'/ && exec \"$@\"",
    )
    expect(launch.argv[4]).toBe('/java/17/bin/java')
    expect(launch.notes?.join()).toMatch(/1\.20\.0\.jar is flink-s3-fs-presto-1\.20\.5\.jar/)
  })

  test('a plug-in that does not exist and memory that cannot be divided end the container with a sentence', async () => {
    const home = toyHome()
    const at = podOf(home, nativeJob, memory)
    const plugin = await start(home, { ...at, env: { ...at.env, ENABLE_BUILT_IN_PLUGINS: 'flink-x-1.20.5.jar' } })
    expect(plugin.argv.slice(0, 3)).toEqual(['/bin/sh', '-c', `printf '[ERROR] %s\\n' "$1" >&2; exit 1`])
    expect(plugin.argv[4]).toMatch(/flink-x-1\.20\.5\.jar, which Flink 1\.20\.5 does not have/)
    const small = await start(home, podOf(home, nativeJob, { 'jobmanager.memory.process.size': '300m' }))
    expect(small.argv[4]).toMatch(/do not fit into jobmanager\.memory\.process\.size/)
  })
})

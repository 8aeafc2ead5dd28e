/** The one `java …` that Flink's scripts end in, put together without running them. */
import { join } from 'node:path'
import type { FlinkHome } from '../distribution/record.ts'
import { atLeast } from '../distribution/version.ts'
import type { FlinkConfig } from '../flink-config.ts'
import type { Java } from '../java.ts'
import { memoryOf } from '../memory/index.ts'
import type { Service } from './command.ts'
import { dynamicProperties } from './command.ts'
import { neededOptions, startUpAids, userOptions } from './jvm-options.ts'
import type { Role } from './jvm-options.ts'
import { shellWords } from './words.ts'

export interface JavaCommand {
  home: FlinkHome
  java: Java
  service: Service
  args: readonly string[]
  config: FlinkConfig
  env: Readonly<Record<string, string>>
  /** jars of `lib/` as the process sees them, flink-dist last */
  classPath: readonly string[]
  confDir: string
  logDir: string
  /** `-D` options that come before the user's, so that the user's win */
  defaults: Readonly<Record<string, string>>
  hostsFile?: string | undefined
  plainJvm: boolean
  /** class-data archive for this process, as the process sees it */
  archive?: string | undefined
}

/** Undefined when the options need a real shell. Throws MEMORY_CONFIGURATION. */
export const javaCommand = (command: JavaCommand): { argv: string[]; notes: string[] } | undefined => {
  const { home, java, service, config, env, confDir } = command
  const { role, mainClass } = services[service]
  const user = userOptions(role, home.version, config, env)
  const jvmArgs = shellWords(env['JVM_ARGS'] ?? '', env)
  if (!user || !jvmArgs) return undefined

  const needed = neededOptions(home.version, java.feature, user)
  const aids = command.plainJvm ? { options: [], notes: [] } : startUpAids([...jvmArgs, ...user], command.archive)
  const { memory, args } = memoryAndArguments(command)
  const name = `flink-${env['FLINK_IDENT_STRING'] ?? ''}-${service}-0-${env['HOSTNAME'] ?? ''}`
  const log = [
    `-Dlog.file=${join(command.logDir, `${name}.log`)}`,
    `-Dlog4j.configuration=file:${confDir}/log4j-console.properties`,
    `-Dlog4j.configurationFile=file:${confDir}/log4j-console.properties`,
    `-Dlogback.configurationFile=file:${confDir}/logback-console.xml`,
  ]
  // The container's own /etc/hosts is read anyway, and name servers stay in use beside it.
  const hosts =
    command.hostsFile && command.hostsFile !== '/etc/hosts' ? [`-Djdk.net.hosts.file=${command.hostsFile}`] : []
  const hadoop = [env['HADOOP_CLASSPATH'], env['HADOOP_CONF_DIR'], env['YARN_CONF_DIR'], env['HBASE_CONF_DIR']].filter(
    Boolean,
  )
  const classPath = [...command.classPath, ...hadoop].join(':')
  return {
    argv: [
      join(config['env.java.home'] || java.home, 'bin/java'),
      ...aids.options,
      ...jvmArgs,
      ...memory,
      ...needed.options,
      ...user,
      ...hosts,
      ...log,
      '-classpath',
      classPath,
      mainClass,
      ...args,
    ],
    notes: [...needed.notes, ...aids.notes],
  }
}

const services: Readonly<Record<Service, { role: Role; mainClass: string }>> = {
  'kubernetes-session': {
    role: 'jobmanager',
    mainClass: 'org.apache.flink.kubernetes.entrypoint.KubernetesSessionClusterEntrypoint',
  },
  'kubernetes-application': {
    role: 'jobmanager',
    mainClass: 'org.apache.flink.kubernetes.entrypoint.KubernetesApplicationClusterEntrypoint',
  },
  'kubernetes-taskmanager': {
    role: 'taskmanager',
    mainClass: 'org.apache.flink.kubernetes.taskmanager.KubernetesTaskExecutorRunner',
  },
  standalonesession: {
    role: 'jobmanager',
    mainClass: 'org.apache.flink.runtime.entrypoint.StandaloneSessionClusterEntrypoint',
  },
  standalonejob: {
    role: 'jobmanager',
    mainClass: 'org.apache.flink.container.entrypoint.StandaloneApplicationClusterEntryPoint',
  },
  taskexecutor: { role: 'taskmanager', mainClass: 'org.apache.flink.runtime.taskexecutor.TaskManagerRunner' },
  historyserver: { role: 'historyserver', mainClass: 'org.apache.flink.runtime.webmonitor.history.HistoryServer' },
}

/** Which process a service is, for whoever keeps archives or limits by process. */
export const roleOf = (service: Service): Role => services[service].role

const memoryAndArguments = ({ home, service, args, config, defaults, env, confDir }: JavaCommand) => {
  const extra = options(defaults)
  const seen = { ...config, ...defaults, ...dynamicProperties(args) }
  const conf = ['--configDir', confDir]
  const memory = (process: 'jobmanager' | 'taskmanager') => {
    const { jvm, dynamic } = memoryOf(process, seen, home.version)
    return { jvm: [...jvm], dynamic: options(dynamic) }
  }
  switch (service) {
    case 'kubernetes-session':
    case 'kubernetes-application': {
      const { jvm, dynamic } = memory('jobmanager')
      return { memory: jvm, args: [...dynamic, ...extra, ...args] }
    }
    case 'kubernetes-taskmanager':
      // The JobManager that asked for this pod has divided its memory already.
      return {
        memory: (env['FLINK_TM_JVM_MEM_OPTS'] ?? '').split(/\s+/).filter(Boolean),
        args: [...conf, ...extra, ...args],
      }
    case 'standalonesession': {
      const { jvm, dynamic } = memory('jobmanager')
      const mode = atLeast(home.version, '2.0') ? [] : ['--executionMode', 'cluster']
      return { memory: jvm, args: [...dynamic, ...conf, ...mode, ...extra, ...hostAndPort(home.version, args)] }
    }
    case 'standalonejob': {
      const { jvm, dynamic } = memory('jobmanager')
      return { memory: jvm, args: [...conf, ...dynamic, ...extra, ...args] }
    }
    case 'taskexecutor': {
      const { jvm, dynamic } = memory('taskmanager')
      return { memory: jvm, args: [...conf, ...dynamic, ...extra, ...args] }
    }
    case 'historyserver':
      return { memory: [], args: [...conf, ...args] }
  }
}

const options = (pairs: Readonly<Record<string, string>>): string[] =>
  Object.entries(pairs).flatMap(([key, value]) => ['-D', `${key}=${value}`])

/** `jobmanager.sh start-foreground [host [port]] [-D …]`: host and port are how it was called before it knew options. */
const hostAndPort = (version: string, args: readonly string[]): string[] => {
  const [host, port] = args
  if (!host || host.startsWith('-')) return [...args]
  const named = port !== undefined && !port.startsWith('-') ? [host, port] : [host]
  const keys = atLeast(version, '2.0')
    ? (['jobmanager.rpc.address', 'rest.port'] as const)
    : (['--host', '--webui-port'] as const)
  const said = named.flatMap((value, index) =>
    atLeast(version, '2.0') ? ['-D', `${keys[index]}=${value}`] : [keys[index] ?? '', value],
  )
  return [...args.slice(named.length), ...said]
}

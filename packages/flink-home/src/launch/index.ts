/**
 * Turns a container's command into the process to start. A Flink service becomes one direct `java …`; everything else runs
 * as it is, with Flink's real scripts on the PATH.
 */
import { basename, join } from 'node:path'
import type { FlinkHome } from '../distribution/record.ts'
import type { OnProgress } from '../distribution/progress.ts'
import { FlinkHomeError } from '../errors.ts'
import { readFlinkConfig } from '../flink-config.ts'
import type { Launch, LaunchContext } from '../image.ts'
import type { Java } from '../java.ts'
import { commandOf } from './command.ts'
import type { Command } from './command.ts'
import { containerFiles } from './container-files.ts'
import { entryOptions } from './image-config.ts'
import { javaCommand, roleOf } from './java-command.ts'
import type { Role } from './jvm-options.ts'
import { enabledPlugins, withPlugins } from './plugins.ts'

export interface LaunchFlink {
  home: FlinkHome
  java: Java
  /** no start-up aids: exactly the flags that Flink's scripts would give */
  plainJvm?: boolean | undefined
  /** the class-data archive for a role, as a file name in `/opt/flink/.drey`; only asked if `lib/` is the home's own */
  archive?: ((role: Role) => string | undefined) | undefined
  /** sentences that belong to every start from this image */
  notes?: readonly string[] | undefined
  progress?: OnProgress | undefined
}

const FLINK = '/opt/flink'

export const launchFlink =
  (image: LaunchFlink) =>
  async (at: LaunchContext): Promise<Launch> => {
    const command = commandOf(at.argv, at.env)
    const env = { ...at.env, ...flinkEnvironment(at) }
    if (command.is === 'help') return { argv: ['/bin/sh', '-c', `printf '%s\\n' "$1"`, 'sh', USAGE], env }
    try {
      const { plugins, notes } = command.entry
        ? await enabledPlugins(image.home, at.env['ENABLE_BUILT_IN_PLUGINS'], image.progress)
        : { plugins: [], notes: [] }
      const started =
        command.is === 'service' ? startService(image, at, command, env) : { argv: command.argv, env, notes: [] }
      return {
        argv: withPlugins(started.argv, plugins, at.hostPath),
        env: started.env,
        notes: [...(image.notes ?? []), ...notes, ...started.notes],
      }
    } catch (error) {
      if (!(error instanceof FlinkHomeError)) throw error
      // A container that refuses its configuration says so in its log and ends with 1, as the scripts do.
      return {
        argv: ['/bin/sh', '-c', `printf '[ERROR] %s\\n' "$1" >&2; exit 1`, 'sh', error.message],
        env,
        notes: [error.message],
      }
    }
  }

const startService = (
  image: LaunchFlink,
  at: LaunchContext,
  command: Command & { is: 'service' },
  env: Record<string, string>,
): { argv: readonly string[]; env: Record<string, string>; notes: string[] } => {
  const { home, java } = image
  const files = containerFiles(at)
  const confPath = at.env['FLINK_CONF_DIR'] ?? `${FLINK}/conf`
  const config = readFlinkConfig(home.version, (file) => files.read(`${confPath}/${file}`))
  const script = { argv: ['bash', '-c', 'exec "$0" "$@"', ...command.script], env }
  if (config['env.stdout-err.redirect-to-file'] === 'true')
    return { ...script, notes: ["Started by Flink's own scripts, since env.stdout-err.redirect-to-file is set."] }

  const ownConfig = !!files.source(`${confPath}/log4j-console.properties`)?.startsWith(join(home.dir, 'conf'))
  const jars = libraries(files.filesBelow(`${FLINK}/lib`))
  const unchanged =
    jars.join() === libraries(containerFiles({ hostPath: (path) => path }).filesBelow(join(home.dir, 'lib'))).join()
  const archive = unchanged ? image.archive?.(roleOf(command.service)) : undefined
  const built = javaCommand({
    home,
    java,
    service: command.service,
    args: command.args,
    config,
    env: { ...env, HOSTNAME: at.env['HOSTNAME'] ?? '' },
    classPath: jars.map((jar) => at.hostPath(`${FLINK}/lib/${jar}`)),
    confDir: env['FLINK_CONF_DIR'] ?? '',
    logDir: at.hostPath(at.env['FLINK_LOG_DIR'] ?? config['env.log.dir'] ?? `${FLINK}/log`),
    defaults: ownConfig && command.entry ? entryOptions(at) : {},
    hostsFile: at.hostsFile,
    plainJvm: image.plainJvm === true,
    archive: archive && at.hostPath(`${FLINK}/.drey/${archive}`),
  })
  if (!built) return { ...script, notes: ["Started by Flink's own scripts, since env.java.opts needs a shell."] }
  const level = {
    MAX_LOG_FILE_NUMBER: config['env.log.max'] ?? '10',
    ROOT_LOG_LEVEL: config['env.log.level'] ?? 'INFO',
  }
  const ignored =
    !ownConfig &&
    command.entry &&
    (at.env['FLINK_PROPERTIES'] ?? at.env['TASK_MANAGER_NUMBER_OF_TASK_SLOTS']) !== undefined
      ? [
          'FLINK_PROPERTIES and TASK_MANAGER_NUMBER_OF_TASK_SLOTS have no effect: the configuration is a read-only ConfigMap.',
        ]
      : []
  return { argv: built.argv, env: { ...level, ...env }, notes: [...built.notes, ...ignored] }
}

/** Bytewise order with flink-dist last, as `config.sh` puts them. */
const libraries = (files: readonly string[]): string[] => {
  const jars = files
    .filter((file) => file.endsWith('.jar'))
    .sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
  const dist = jars.filter((jar) => basename(jar).startsWith('flink-dist'))
  if (dist.length !== 1)
    throw new FlinkHomeError(
      'NOT_A_DISTRIBUTION',
      dist.length === 0
        ? `There is no flink-dist jar in ${FLINK}/lib.`
        : `There are several flink-dist jars in ${FLINK}/lib: ${dist.join(', ')}.`,
      `Do not mount a volume over ${FLINK}/lib; put jars into ${FLINK}/usrlib or lay them over with \`drey image map --overlay\`.`,
    )
  return [...jars.filter((jar) => !dist.includes(jar)), ...dist]
}

/** The variables that `config.sh` exports and Flink's processes read. */
const flinkEnvironment = ({ env, hostPath }: LaunchContext): Record<string, string> => ({
  FLINK_HOME: hostPath(FLINK),
  FLINK_BIN_DIR: hostPath(`${FLINK}/bin`),
  FLINK_CONF_DIR: hostPath(env['FLINK_CONF_DIR'] ?? `${FLINK}/conf`),
  FLINK_LIB_DIR: hostPath(env['FLINK_LIB_DIR'] ?? `${FLINK}/lib`),
  FLINK_OPT_DIR: hostPath(env['FLINK_OPT_DIR'] ?? `${FLINK}/opt`),
  FLINK_PLUGINS_DIR: hostPath(env['FLINK_PLUGINS_DIR'] ?? `${FLINK}/plugins`),
})

const USAGE = `Usage: docker-entrypoint.sh (jobmanager|standalone-job|taskmanager|history-server|help) [arguments]
or: docker-entrypoint.sh COMMAND [arguments]`

/**
 * JVM flags beside memory: what the user's configuration says, what Flink needs on newer Java versions, and what a home
 * adds so that short-lived development jobs start faster. The user's flags come last and win.
 */
import { atLeast } from '../distribution/version.ts'
import type { FlinkConfig } from '../flink-config.ts'
import { shellWords } from './words.ts'

export type Role = 'jobmanager' | 'taskmanager' | 'historyserver'

/**
 * Flags from `env.java.*` and the environment, in the order of Flink's `config.sh`. Undefined if they need a real shell.
 */
export const userOptions = (
  role: Role,
  version: string,
  config: FlinkConfig,
  env: Readonly<Record<string, string>>,
): string[] | undefined => {
  const both = (suffix: string, older?: string): string => {
    const own = config[`env.java.opts.${suffix}`] || (older ? config[older] : undefined) || ''
    const base = atLeast(version, '1.19') ? (config[`env.java.default-opts.${suffix}`] ?? '') : ''
    return unquoted(`${base} ${own}`.trim())
  }
  const all =
    env['FLINK_ENV_JAVA_OPTS'] ||
    `${atLeast(version, '1.18') ? '-XX:+IgnoreUnrecognizedVMOptions ' : ''}${both('all', 'env.java.opts')}`
  const own = env[roleVariable[role]] || both(role)
  // The script takes the quotes away and splits once more: a value with blanks falls apart there, and so it does here.
  return shellWords(`${all} ${own}`, env)?.flatMap((word) => word.split(/\s+/).filter(Boolean))
}

const roleVariable = {
  jobmanager: 'FLINK_ENV_JAVA_OPTS_JM',
  taskmanager: 'FLINK_ENV_JAVA_OPTS_TM',
  historyserver: 'FLINK_ENV_JAVA_OPTS_HS',
} as const

const unquoted = (text: string): string => text.replace(/^"/, '').replace(/"$/, '')

/**
 * Packages of the JDK that Flink and its serializers reach into. Images for Java 11 do without them; a home may run such
 * an image on Java 17, where a job fails with InaccessibleObjectException unless they are open.
 */
const OPENED = [
  'java.base/java.lang',
  'java.base/java.net',
  'java.base/java.io',
  'java.base/java.nio',
  'java.base/sun.nio.ch',
  'java.base/java.lang.reflect',
  'java.base/java.text',
  'java.base/java.time',
  'java.base/java.util',
  'java.base/java.util.concurrent',
  'java.base/java.util.concurrent.atomic',
  'java.base/java.util.concurrent.locks',
]
const EXPORTED = [
  'java.base/sun.net.util',
  'java.rmi/sun.rmi.registry',
  'jdk.compiler/com.sun.tools.javac.api',
  'jdk.compiler/com.sun.tools.javac.file',
  'jdk.compiler/com.sun.tools.javac.parser',
  'jdk.compiler/com.sun.tools.javac.tree',
  'jdk.compiler/com.sun.tools.javac.util',
  'java.security.jgss/sun.security.krb5',
]

/** What this Java needs and nobody has said: nothing if the user opens packages, or on Java up to 15. */
export const neededOptions = (
  version: string,
  java: number,
  user: readonly string[],
): { options: string[]; notes: string[] } => {
  const options: string[] = []
  const notes: string[] = []
  if (java >= 16 && !user.some((option) => option.startsWith('--add-opens'))) {
    options.push(...EXPORTED.map((name) => `--add-exports=${name}=ALL-UNNAMED`))
    options.push(...OPENED.map((name) => `--add-opens=${name}=ALL-UNNAMED`))
    notes.push(`Packages of Java ${java} are opened for Flink (--add-opens), since env.java.opts.all opens none.`)
  }
  // Java 24 and newer refuse to start with it.
  const manager = java > 17 && java < 24 && atLeast(version, '1.19')
  if (manager && !user.some((option) => option.startsWith('-Djava.security.manager')))
    options.push('-Djava.security.manager=allow')
  return { options, notes }
}

/** Flags that make a JVM start faster, except those whose matter the user has decided. */
export const startUpAids = (
  user: readonly string[],
  archive: string | undefined,
): { options: string[]; notes: string[] } => {
  const says = (pattern: RegExp): boolean => user.some((option) => pattern.test(option))
  const options: string[] = []
  const notes: string[] = []
  if (!says(/^-XX:(?:TieredStopAtLevel|[+-]TieredCompilation|[+-]UseJVMCICompiler|CompilationMode)/)) {
    options.push('-XX:TieredStopAtLevel=1')
    notes.push('Compiled by the quick compiler only (-XX:TieredStopAtLevel=1): short jobs start faster.')
  }
  if (!says(/^-XX:[+-]Use\w*GC$/)) {
    options.push('-XX:+UseSerialGC')
    notes.push('Serial garbage collector (-XX:+UseSerialGC): less memory and threads.')
  }
  if (archive !== undefined && !says(/^-X(?:share:|X:SharedArchiveFile|X:ArchiveClassesAtExit)/)) {
    // Without the second flag a JVM that cannot use the archive would say so on the container's standard output.
    options.push(`-XX:SharedArchiveFile=${archive}`, '-Xlog:cds=off', '-Xlog:cds+dynamic=off')
    notes.push('Classes come from an archive made for this Flink and this Java (-XX:SharedArchiveFile).')
  }
  return { options, notes: notes.length > 0 ? [...notes, 'Switch these off with `drey up --plain-jvm`.'] : [] }
}

/** Where a home keeps what: one folder per home, Flink distributions shared by all of them. */
import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import { exit, Problem } from '../command.ts'

export interface HomePaths {
  name: string
  dir: string
  /** what commands need to mean this home again: empty, or ` --name other` */
  words: string
  pki: string
  kubeconfig: string
  /** who runs the home now, and how to reach it */
  state: string
  log: string
  /** what the operator looked at and decided, pass by pass */
  journal: string
  /** objects of the API server */
  store: string
  /** pods, logs, volumes */
  runtime: string
  images: string
  flink: string
}

export const homePaths = (flags: { home?: unknown; name?: unknown }, env: NodeJS.ProcessEnv): HomePaths => {
  const name = typeof flags.name === 'string' ? checked(flags.name) : 'default'
  const data = env['XDG_DATA_HOME'] || join(env['HOME'] || homedir(), '.local', 'share')
  const given = typeof flags.home === 'string' ? notEmpty(flags.home) : env['DREY_HOME']
  const dir = given
    ? typeof flags.name === 'string'
      ? join(resolve(given), name)
      : resolve(given)
    : join(data, 'drey', name)
  return {
    name,
    dir,
    words: [
      ...(typeof flags.home === 'string' ? ['--home', quoted(flags.home)] : []),
      ...(typeof flags.name === 'string' && name !== 'default' ? ['--name', quoted(name)] : []),
    ]
      .map((word) => ` ${word}`)
      .join(''),
    pki: join(dir, 'pki'),
    kubeconfig: join(dir, 'kubeconfig'),
    state: join(dir, 'home.json'),
    log: join(dir, 'log', 'drey.log'),
    journal: join(dir, 'journal'),
    store: join(dir, 'store'),
    runtime: join(dir, 'runtime'),
    images: join(dir, 'images.json'),
    // The same place as `defaultFlinkDir`, whose package would cost every command more time than all the rest.
    flink: env['DREY_FLINK_DIR'] || join(data, 'drey', 'flink'),
  }
}

/** A name becomes a folder, which `drey down --purge` deletes; beside the homes' folders lies that of the Flink versions. */
const checked = (name: string): string => {
  if (/^[\w][\w.-]*$/.test(name) && name !== 'flink') return name
  throw new Problem('BAD_NAME', `--name ${name} cannot be a home’s name.`, {
    fix: 'letters, digits, dots and dashes, and not "flink": drey up --name scratch',
    exitCode: exit.usage,
  })
}

/** An empty word is a variable that is not set; the default home, which `down --purge` would delete, was not meant. */
const notEmpty = (home: string): string => {
  if (home.trim() !== '') return home
  throw new Problem('USAGE', '--home is empty.', { fix: 'a folder, or no --home at all', exitCode: exit.usage })
}

/** a word as a shell reads it */
export const quoted = (text: string): string =>
  /^[\w./:@-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`

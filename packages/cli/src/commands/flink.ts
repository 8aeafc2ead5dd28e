/** `drey flink add|list|remove`: the Flink distributions of this machine, shared by all homes. */
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { FlinkHome } from '@drey/flink-home'
import { command, exit, Problem, type Context } from '../command.ts'
import { homePaths } from '../home/paths.ts'

const dirOf = (context: Context): string => homePaths(context.flags, context.env).flink

/** One line per half second on a terminal that can rewrite it; one per step otherwise. */
const progressTo = (context: Context) => {
  const live = process.stderr.isTTY === true && !context.env['CI']
  let step = ''
  return (progress: { step: string; what: string; message: string }) => {
    if (live) context.stderr(`\r\u001B[K${progress.message}`)
    else if (step !== `${progress.step} ${progress.what}`)
      context.stderr(`${new Date().toISOString()} ${progress.message}\n`)
    step = `${progress.step} ${progress.what}`
  }
}

export const flinkAdd = command({
  name: 'flink add',
  group: 'Home',
  summary: 'Make a Flink version usable on this machine.',
  effect: 'change',
  args: [{ name: 'version', summary: 'like 1.20 (its newest patch) or 1.20.5', optional: true }],
  flags: {
    from: { type: 'text', value: 'DIR|TGZ', summary: 'an official distribution you already have' },
    opt: { type: 'boolean', summary: 'fetch all optional jars now, not when a pod asks for one' },
  },
  examples: ['drey flink add 1.20', 'drey flink add --from flink-2.2.1-bin-scala_2.12.tgz'],
  async run(context) {
    const { addFlink, findJava } = await import('@drey/flink-home')
    const version = context.args['version'] as string | undefined
    const from = context.flags['from'] as string | undefined
    if (!version && !from)
      throw new Problem('USAGE', 'Which version?', { fix: 'drey flink add 1.20', exitCode: exit.usage })
    // Java first: without one that runs it, a download would be for nothing.
    await findJava({ env: context.env, ...(version ? { flink: version } : {}) })
    const home = await addFlink({
      dir: dirOf(context),
      version,
      from,
      opt: context.flags['opt'] === true,
      progress: progressTo(context),
      signal: context.signal,
    }).catch((error: unknown) => {
      if (!context.signal.aborted) throw error
      throw new Problem('INTERRUPTED', `Flink ${version ?? from} is not there yet; what was fetched is kept.`, {
        fix: `to go on: drey flink add ${version ?? `--from ${from}`}`,
        exitCode: exit.interrupted,
      })
    })
    if (process.stderr.isTTY) context.stderr('\r\u001B[K')
    context.stdout(`✓ Flink ${home.version} in ${home.dir}\n`)
    for (const line of substituted(home.substitutions)) context.stdout(`! ${line}\n`)
    return exit.ok
  },
})

export const flinkList = command({
  name: 'flink list',
  group: 'Home',
  summary: 'The Flink versions of this machine.',
  effect: 'read',
  flags: { output: { type: 'text', short: 'o', value: 'FORM', summary: 'json' } },
  async run(context) {
    const { listFlink } = await import('@drey/flink-home')
    const homes = listFlink(dirOf(context))
    if (context.flags['output'] === 'json')
      context.stdout(`${JSON.stringify({ kind: 'FlinkHomes', version: 1, items: homes })}\n`)
    else if (homes.length === 0)
      context.stderr('None yet. A version is fetched when a pod first needs it, or by: drey flink add 1.20\n')
    else
      for (const home of homes)
        context.stdout(
          [
            `${home.version.padEnd(8)} ${home.dir}`,
            ...substituted(home.substitutions).map((line) => `         ! ${line}`),
          ]
            .map((line) => `${line}\n`)
            .join(''),
        )
    return exit.ok
  },
})

/** What is of another version than the home, one line per artifact: `flink-s3-fs-presto 1.20.5 → 1.20.0`. */
const substituted = (all: FlinkHome['substitutions'] | undefined): string[] => {
  const counts = new Map<string, number>()
  for (const { what, wanted, got } of all ?? []) {
    const line = `${what.split(' ')[0]} ${wanted} → ${got}`
    counts.set(line, (counts.get(line) ?? 0) + 1)
  }
  return [...counts].map(([line, count]) => (count > 1 ? `${line} (${count} jars)` : line))
}

export const flinkRemove = command({
  name: 'flink remove',
  group: 'Home',
  summary: 'Delete a Flink version from this machine.',
  effect: 'change',
  args: [{ name: 'version', summary: 'like 1.18 or 1.18.1' }],
  async run(context) {
    const { removeFlink } = await import('@drey/flink-home')
    for (const home of await removeFlink(dirOf(context), String(context.args['version']), usedBy))
      context.stdout(`✓ removed Flink ${home.version} · ${home.dir}\n`)
    return exit.ok
  },
})

/** Whoever runs from a home would lose its jars under its feet. In a pod the home lies at the image's place: the file tells. */
const usedBy = ({ dir, version }: FlinkHome): string | undefined => {
  const jar = `lib/flink-dist-${version}.jar`
  const own = statSync(join(dir, jar), { throwIfNoEntry: false })
  const isSame = (path: string) => own !== undefined && statSync(path, { throwIfNoEntry: false })?.ino === own.ino
  const user = readdirSync('/proc').find((pid) => {
    if (!/^\d+$/.test(pid)) return false
    try {
      const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8')
      return (
        words.includes(`flink-dist-${version}.jar`) &&
        (words.includes(dir) || isSame(`/proc/${pid}/root/opt/flink/${jar}`))
      )
    } catch {
      return false
    }
  })
  return user === undefined ? undefined : `process ${user} runs from it`
}

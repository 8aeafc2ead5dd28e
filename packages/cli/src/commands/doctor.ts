/** `drey doctor`: what this machine can do, and how to fix what it cannot. */
import { execFileSync } from 'node:child_process'
import { accessSync, constants, existsSync, statfsSync } from 'node:fs'
import { freemem, totalmem } from 'node:os'
import { createServer } from 'node:net'
import { dirname } from 'node:path'
import { command, exit, type Context } from '../command.ts'
import type { Finding } from '../finding.ts'
import { homePaths } from '../home/paths.ts'
import { runningHome } from '../home/state.ts'

const gib = 1 << 30

export const doctor = command({
  name: 'doctor',
  group: 'Home',
  summary: 'What this machine can do for a home, and how to fix what it cannot.',
  effect: 'read',
  examples: ['drey doctor', 'drey doctor --context prod     (what a cluster has of what Flink resources need)'],
  flags: { output: { type: 'text', short: 'o', value: 'FORM', summary: 'json' } },
  async run(context) {
    const { flags, stdout } = context
    const ofCluster = flags['context'] !== undefined || flags['kubeconfig'] !== undefined
    const findings = ofCluster ? await ofTheCluster(context) : await ofTheMachine(context)
    const problems = findings.filter((f) => f.mark === '✗').length
    const warnings = findings.filter((f) => f.mark === '!').length
    const fine = findings.filter((f) => f.mark === '✓').length
    if (flags['output'] === 'json') stdout(`${JSON.stringify({ kind: 'Doctor', version: 1, findings })}\n`)
    else {
      const width = Math.max(18, ...findings.map(({ what }) => what.length))
      for (const f of findings)
        stdout(`${f.mark} ${f.what.padEnd(width)} ${f.text}\n${f.fix ? `${' '.repeat(width + 3)}fix: ${f.fix}\n` : ''}`)
      stdout(
        `${fine} fine, ${warnings} warning${warnings === 1 ? '' : 's'}, ${problems} problem${problems === 1 ? '' : 's'}\n`,
      )
    }
    return problems > 0 ? exit.no : exit.ok
  },
})

const ofTheMachine = async ({ flags, env }: Context): Promise<Finding[]> => {
  const paths = homePaths(flags, env)
  return [
    await java(env),
    ...(await isolation()),
    memory(),
    disk(paths.dir),
    await port(runningHome(paths)?.url),
    kubectl(),
  ]
}

const ofTheCluster = async (context: Context): Promise<Finding[]> => {
  const [{ clusterFindings }, { withTarget }] = await Promise.all([
    import('../cluster-findings.ts'),
    import('./objects.ts'),
  ])
  let findings: Finding[] = []
  await withTarget(context, async (target) => {
    findings = await clusterFindings(target)
    return exit.ok
  })
  return findings
}

const java = async (env: NodeJS.ProcessEnv): Promise<Finding> => {
  const { findJava, javaRange } = await import('@drey/flink-home')
  try {
    const found = await findJava({ env, flink: '1.20' })
    const versions = ['1.17', '1.18', '1.19', '1.20', '2.0', '2.1', '2.2', '2.3'].filter((flink) => {
      const { min, max } = javaRange(flink)
      return found.feature >= min && found.feature <= max
    })
    return { mark: '✓', what: `Java ${found.version}`, text: `runs Flink ${versions[0]} … ${versions.at(-1)}` }
  } catch (error) {
    const problem = error as { message: string; fix?: string }
    return { mark: '✗', what: 'Java', text: problem.message, ...(problem.fix ? { fix: problem.fix } : {}) }
  }
}

const isolation = async (): Promise<Finding[]> => {
  const { detectIsolation } = await import('@drey/runtime')
  const report = await detectIsolation()
  return [
    report.mount.works
      ? { mark: '✓', what: 'mount namespaces', text: report.mount.how }
      : {
          mark: '!',
          what: 'mount namespaces',
          text: `not usable: ${report.mount.why}; pods get links instead of their own files`,
          ...(report.mount.fix ? { fix: report.mount.fix } : {}),
        },
    report.netns.works
      ? {
          mark: '✓',
          what: 'network namespaces',
          text: `${report.netns.how}; only with --isolation namespaces, and pods there do not reach outside hosts`,
        }
      : {
          mark: '-',
          what: 'network namespaces',
          text: `not usable: ${report.netns.why}; pods get addresses of 127.0.0.0/8`,
        },
  ]
}

const memory = (): Finding => {
  const free = freemem()
  const jobs = Math.floor(free / (1.8 * gib))
  const text = `${(free / gib).toFixed(1)} GiB free of ${(totalmem() / gib).toFixed(1)}: about ${jobs} small job${jobs === 1 ? '' : 's'} at once`
  return {
    mark: jobs >= 4 ? '✓' : jobs >= 1 ? '!' : '✗',
    what: 'memory',
    text,
    ...(jobs < 1 ? { fix: 'end other programs: a small job needs 1.8 GiB' } : {}),
  }
}

const disk = (dir: string): Finding => {
  // Looking changes nothing: the folder may not be there yet.
  let there = dir
  while (!existsSync(there)) there = dirname(there)
  try {
    accessSync(there, constants.W_OK)
  } catch {
    return {
      mark: '✗',
      what: 'disk',
      text: `${there} is not writable for you`,
      fix: 'drey up --home DIR with a folder you may write to',
    }
  }
  const { bavail, bsize } = statfsSync(there)
  const free = (bavail * bsize) / gib
  const text = `${free.toFixed(1)} GiB free in ${dir}; one Flink version needs 0.6 GiB`
  return free > 3
    ? { mark: '✓', what: 'disk', text }
    : {
        mark: free > 1.5 ? '!' : '✗',
        what: 'disk',
        text,
        fix: 'drey flink remove VERSION, or: drey up --home DIR on another disk',
      }
}

/** of the home that runs, else the one that a home would like to have */
const port = async (url: string | undefined): Promise<Finding> => {
  if (url !== undefined) return { mark: '✓', what: `port ${new URL(url).port}`, text: 'the home runs' }
  const wanted = 6443
  const free = await new Promise<boolean>((resolve) => {
    const probe = createServer()
    probe.once('error', () => resolve(false))
    probe.listen(wanted, '127.0.0.1', () => probe.close(() => resolve(true)))
  })
  return free
    ? { mark: '✓', what: `port ${wanted}`, text: 'free' }
    : { mark: '!', what: `port ${wanted}`, text: 'used by another program: the API takes another port' }
}

const kubectl = (): Finding => {
  try {
    const text = execFileSync('kubectl', ['version', '--client', '-o', 'json'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
      timeout: 10_000,
    })
    const version = (JSON.parse(text) as { clientVersion?: { gitVersion?: string } }).clientVersion?.gitVersion ?? ''
    return { mark: '✓', what: 'kubectl', text: version }
  } catch {
    return { mark: '-', what: 'kubectl', text: 'not found: drey get|logs|apply|wait|delete work without it' }
  }
}

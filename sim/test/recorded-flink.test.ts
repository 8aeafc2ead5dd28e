/** The model of Flink against what real JobManagers answered: the same questions at the same moments of the same story. */
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { mismatches, type Shape } from './shape.ts'
import { loneJobManager } from './lone-job-manager.ts'
import { differences, notAsked } from './recorded-differences.ts'

interface Recorded {
  moment: string
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  path: string
  request?: unknown
  status: number
  says?: string
  state?: string
  error?: string
  cause?: string
  result?: string
  failure?: string
  shape?: number
}

const dir = new URL('./fixtures/flink-rest/', import.meta.url)
const lines = <T>(file: string): T[] =>
  readFileSync(new URL(file, dir), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as T)
const shapes = lines<Shape>('shapes.jsonl')

type World = Awaited<ReturnType<typeof loneJobManager>>
const id = (n: number) => `a0b1${String(n).padStart(28, '0')}`

/** What happens before the questions of a moment are asked. */
const before: Readonly<Record<string, (world: World) => Promise<unknown> | unknown>> = {
  'taskmanagers-registering': (world) => world.setTaskManagers('demo-taskmanager-1-1', 'demo-taskmanager-1-2'),
  running: (world) => world.pass(7_000),
  'savepoint-disposal': ({ files }) =>
    files.put({ path: 'file:/flink/state/sp/savepoint-a0b100-000000000001', kind: 'savepoint', id: 9, stamp: 0, jobId: id(1), cluster: '', at: 0 }), // prettier-ignore
  'checkpoint-in-progress': ({ knobs }) => void (knobs.savepointMs = 5_000),
  restarting: async (world) => {
    world.knobs.savepointMs = 300
    await world.pass(6_000)
  },
  'running-again': async (world) => {
    await world.setTaskManagers('demo-taskmanager-1-2', 'demo-taskmanager-1-3')
    await world.pass(6_000)
  },
  failing: (world) => world.pass(100),
  'failing-to-failed': async (world) => {
    world.job(id(1))?.fail({ forGood: true, why: 'org.apache.flink.runtime.JobException: Recovery is suppressed' })
    await world.setTaskManagers()
  },
  submitted: (world) => world.setTaskManagers('demo-taskmanager-1-4', 'demo-taskmanager-1-5'),
  cancelling: (world) => world.pass(3_000),
  canceled: (world) => world.pass(3_000),
  'stop-with-savepoint': (world) => world.pass(1_000),
  'restored-from-savepoint': ({ files }) =>
    files.put({ path: 'file:/flink/state/sp/savepoint-a0b100-000000000005', kind: 'savepoint', id: 2, stamp: 0, jobId: id(6), cluster: '', at: 0 }), // prettier-ignore
}

/** What makes a state come that an answer shows for the first time. */
const toReach: Readonly<Record<string, (world: World) => Promise<unknown> | unknown>> = {
  'restarting RESTARTING': (world) => world.setTaskManagers('demo-taskmanager-1-2'),
  'finished FINISHED': async (world) => {
    await world.pass(5_000)
    world.job(id(5))?.finish()
  },
}

type Line = Recorded & Record<string, unknown>

/** Which job a request is about, and whether the answer shows that it exists. */
const jobIn = (path: string) => /a0b1[0-9a-f]{28}/.exec(path)?.[0]
const isFound = (one: Line) => one.status < 300 || String(one.error).includes('UnavailableDispatcher')

export const play = async (version: string): Promise<string[]> => {
  const world = await loneJobManager(version)
  const jars = new Map<string, string>()
  const found: string[] = []
  const story = lines<Line>(`${version}.jsonl`)
  /** runs of jars that begin a job; they are answered later than the first look at it */
  const runs = new Map(
    story.flatMap((one) => {
      const { jobId } = (one.request ?? {}) as { jobId?: string }
      return one.path.endsWith('/run') && jobId?.startsWith('a0b1') && !one.moment.includes('duplicate')
        ? [[jobId, one]]
        : []
    }),
  )
  const begun = new Map<Line, ReturnType<World['ask']>>()
  const requestOf = (one: Line) => {
    const parts = (one.request as { multipart?: { name: string; filename: string }[] } | undefined)?.multipart
    const file = parts?.filter((part) => part.name.startsWith('jarfile'))
    return {
      method: one.method,
      path: one.path.replace(/\/jars\/([^/]+\.jar)/, (_, name: string) => `/jars/${jars.get(name) ?? name}`),
      ...(file?.length === 1 ? { upload: { file: '', name: file[0]?.filename ?? '' } } : {}),
      ...(parts || one.request === undefined ? {} : { body: one.request === 'null' ? null : one.request }),
    }
  }
  const begin = (run: Line) => {
    if (!begun.has(run)) begun.set(run, world.ask(requestOf(run)))
    return begun.get(run) as ReturnType<World['ask']>
  }
  let moment = ''
  for (const one of story) {
    if (one.moment !== moment) await before[one.moment]?.(world)
    moment = one.moment
    if (
      notAsked.some(({ pattern }) =>
        pattern.test(`${one.moment}: ${one.method} ${one.path} ${JSON.stringify(one.request)}`),
      )
    )
      continue
    const run = runs.get(jobIn(one.path) ?? '')
    if (run && isFound(one)) void begin(run)
    await toReach[`${moment} ${one.says ?? one.state}`]?.(world)
    // Jobs get the time that passed in the recording before anything was ordered.
    if (one.method === 'POST' && /\/(stop|savepoints|checkpoints)$/.test(one.path) && moment !== 'initializing')
      await world.pass(moment === 'stop-with-savepoint' ? 5_000 : 1_500)
    let wrong: string[] = []
    // What was polled in the recording is polled here; an order is given once.
    for (let tries = 0; tries < (one.method !== 'GET' ? 1 : one.path.endsWith('/checkpoints') ? 50 : 9); tries++) {
      if (tries > 0) await world.pass(100)
      const pending = [...runs.values()].includes(one) ? begin(one) : world.ask(requestOf(one))
      if (one.path.endsWith('/run')) await world.pass(1_500)
      const answer = await pending
      wrong = answer === 'refused' ? ['refused'] : compare(one, answer)
      if (wrong.length === 0) break
    }
    if (one.path === '/jars/upload' && one.status === 200) {
      const list = (await world.ask({ method: 'GET', path: '/jars' })) as {
        body: { files: { id: string; name: string }[] }
      }
      for (const jar of list.body.files) jars.set(jar.name, jar.id)
    }
    for (const what of wrong)
      found.push(
        `${one.moment}: ${one.method} ${one.path} ${JSON.stringify(one.request ?? null).slice(0, 70)}: ${what}`,
      )
  }
  return found
}

const firstWords = (text: string) =>
  text
    .split(/[:.[\n]\s/)
    .slice(0, 2)
    .join(': ')
    .slice(0, 60)

const compare = (one: Recorded & Record<string, unknown>, answer: { status: number; body: unknown }): string[] => {
  if (answer.status !== one.status) return [`HTTP ${answer.status} instead of ${one.status}`]
  const body = answer.body as any
  if (one.status >= 300) {
    const errors = (body?.errors ?? []) as string[]
    const text = errors.at(-1) ?? ''
    const said = errors.length > 1 ? `${errors[0]} | ${text.split('\n')[1] ?? ''}` : (text.split('\n')[0] ?? '')
    if (one.error?.startsWith('Internal server error.')) return errors.length === 2 ? [] : ['not an internal error']
    const wanted = String(one.error ?? '')
    return [
      ...(firstWords(said) === firstWords(wanted)
        ? []
        : [`says "${said.slice(0, 90)}" instead of "${wanted.slice(0, 90)}"`]),
      ...(wanted.includes('Could not execute') && one.cause && !text.includes(one.cause.split(':')[0] ?? '')
        ? [`cause is not ${one.cause.slice(0, 90)}`]
        : []),
    ]
  }
  const failure = body?.operation?.['failure-cause'] ?? body?.operation?.failureCause
  const words = {
    says: body?.status?.id ?? (typeof body?.status === 'string' ? body.status : undefined),
    state: body?.state,
    result: body?.['job-execution-result']?.['application-status'],
    failure: failure?.class,
  }
  return [
    ...Object.entries(words).flatMap(([name, value]) =>
      one[name] === undefined || one[name] === value ? [] : [`${name} is ${value} instead of ${one[name]}`],
    ),
    ...(one.failure && one.cause && !failure?.['stack-trace'].includes(one.cause.split(':')[0])
      ? [`cause is not ${one.cause}`]
      : []),
    ...(one.shape === undefined ? [] : mismatches(shapes[one.shape] as Shape, body)),
  ]
}

describe('the model answers as a real JobManager', () => {
  const used = new Set<RegExp>()
  for (const version of ['1.18.1', '1.20.5', '2.0.2', '2.2.1', '2.3.0'])
    test(`of Flink ${version}, but for what is named`, async () => {
      const found = await play(version)
      for (const { pattern } of differences) if (found.some((line) => pattern.test(line))) used.add(pattern)
      expect(found.filter((line) => !differences.some(({ pattern }) => pattern.test(line)))).toEqual([])
    })
  test('and every named difference is one', () => {
    expect(differences.filter(({ pattern }) => !used.has(pattern)).map(({ because }) => because)).toEqual([])
  })
})

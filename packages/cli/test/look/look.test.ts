/** status, explain, history, why-not and plan as a user meets them: over HTTPS, in the middle of stories, with all rights and with few. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { serve, withoutNow, world, type Served, type StoredObject } from './served.ts'

// Each of them opens a server with its keys: on a busy machine that takes a while.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })

const golden = (name: string) => fileURLToPath(new URL(`../golden/look/${name}`, import.meta.url))

/** What the JobManager of a story would say now. */
const jobManagerOf = (objects: readonly StoredObject[]): Record<string, unknown> => {
  const resource = objects.map(({ object }) => object as any).find(({ status }) => status?.jobStatus?.jobId)
  const { jobId, state, startTime } = resource?.status?.jobStatus ?? {}
  return {
    '/jobs/overview': {
      jobs: [
        { jid: jobId, name: 'orders', state, 'start-time': Number(startTime ?? 0), tasks: { total: 2, running: 2 } },
      ],
    },
    '/overview': { taskmanagers: 2, 'slots-total': 2, 'slots-available': 0 },
    '/config': { 'flink-version': '1.20.5', 'flink-revision': 'abc' },
    [`/jobs/${jobId}/checkpoints`]: {
      counts: { completed: 7 },
      latest: {
        completed: {
          id: 7,
          status: 'COMPLETED',
          external_path: 'file:///cp/chk-7',
          latest_ack_timestamp: 1_767_225_700_000,
          trigger_timestamp: 1_767_225_699_000,
          state_size: 1_234_567,
          is_savepoint: false,
        },
      },
    },
  }
}

const stories: { name: string; whyNot: 0 | 1; subject?: string; kind?: string }[] = [
  { name: 'upgraded', whyNot: 0 },
  { name: 'saving', whyNot: 0 },
  { name: 'suspended', whyNot: 1 },
  { name: 'rolled-back', whyNot: 1 },
  { name: 'refused', whyNot: 1 },
  { name: 'failed', whyNot: 1 },
  { name: 'no-image', whyNot: 1 },
  { name: 'session', whyNot: 0 },
  { name: 'session-job', whyNot: 0, subject: 'clicks', kind: 'FlinkSessionJob' },
]

describe.each(stories)('$name', ({ name, whyNot, subject = 'orders', kind: kindOf = 'FlinkDeployment' }) => {
  let cluster: Served
  beforeAll(async () => {
    const objects = world(name)
    cluster = await serve(objects, { flink: jobManagerOf(objects) })
  })
  afterAll(() => cluster.close())

  test('without a terminal', async () => {
    const parts: string[] = []
    for (const words of [
      ['status', subject],
      ['explain', subject],
      ['history', subject, '--steps'],
      ['why-not', subject],
    ]) {
      const { code, stdout, stderr } = await cluster.drey(...words)
      expect([words[0], stderr]).toEqual([words[0], ''])
      expect([words[0], code]).toEqual([words[0], words[0] === 'why-not' ? whyNot : 0])
      parts.push(`$ drey ${words.join(' ')}\n${withoutNow(stdout)}`)
    }
    await expect(parts.join('\n')).toMatchFileSnapshot(golden(`${name}.txt`))
  })

  test('for machines', async () => {
    for (const [word, kind] of [
      ['status', 'JobStatus'],
      ['explain', 'Because'],
      ['history', 'History'],
      ['why-not', 'WhyNot'],
    ] as const) {
      const { stdout } = await cluster.drey(word, subject, '-o', 'json')
      expect(JSON.parse(stdout)).toMatchObject({
        kind,
        version: 1,
        resource: { kind: kindOf, namespace: 'shop', name: subject },
        cluster: 'test',
      })
    }
  })
})

describe('a plan', () => {
  let cluster: Served
  beforeAll(async () => {
    const objects = world('last-state')
    cluster = await serve(objects, { flink: jobManagerOf(objects) })
  })
  afterAll(() => cluster.close())

  const edits: [name: string, code: number, words: string[]][] = [
    ['new parallelism', 0, ['--set', 'spec.job.parallelism=4']],
    ['by savepoint', 0, ['--set', 'spec.image=flink:3', '--set', 'job.upgradeMode=savepoint']],
    ['without state', 0, ['--set', 'spec.image=flink:3', '--set', 'spec.job.upgradeMode=stateless']],
    ['suspend', 0, ['--set', 'spec.job.state=suspended']],
    ['restart', 0, ['--set', 'spec.restartNonce=7']],
    [
      'redeploy from a path',
      0,
      ['--set', 'spec.job.savepointRedeployNonce=1', '--set', 'spec.job.initialSavepointPath=s3://b/sp-1'],
    ],
    ['a secret', 0, ['--config', 's3.secret-key=correct-horse']],
    ['an operator option', 0, ['--config', 'kubernetes.operator.savepoint.history.max.count=3']],
    ['nothing', 0, ['--set', 'spec.job.parallelism=2']],
    ['refused by the rules', 7, ['--set', 'spec.job.parallelism=-1']],
    ['refused by the schema', 7, ['--set', 'spec.job.parallelism=many']],
    ['refused for the mode', 7, ['--set', 'spec.mode=standalone']],
  ]
  test('of each edit', async () => {
    const parts: string[] = []
    for (const [name, expected, words] of edits) {
      const { code, stdout, stderr } = await cluster.drey('plan', 'orders', ...words)
      expect([name, stderr, code]).toEqual([name, '', expected])
      expect(stdout).not.toContain('correct-horse')
      parts.push(
        `# ${name}: drey plan orders ${words.join(' ').replace('correct-horse', '…')}\n${withoutNow(stdout).replace(/plan [0-9a-f]{6}/, 'plan ID')}`,
      )
    }
    await expect(parts.join('\n')).toMatchFileSnapshot(golden('plans.txt'))
  })

  /** The same world with something else in the deployment's status, or without some objects. */
  const changed = (status: object, without: (object: StoredObject) => boolean = () => false): StoredObject[] =>
    world('last-state')
      .filter((one) => !without(one))
      .map((one) => {
        if (!one.bucket.startsWith('flinkdeployments')) return one
        const before = one.object['status'] as { jobStatus: object }
        const { jobStatus, ...rest } = status as { jobStatus?: object }
        return {
          ...one,
          object: { ...one.object, status: { ...before, ...rest, jobStatus: { ...before.jobStatus, ...jobStatus } } },
        }
      })

  test('waits for a savepoint that is under way, and goes on after it', async () => {
    const objects = changed({
      jobStatus: {
        savepointInfo: {
          triggerId: 'abc',
          triggerType: 'MANUAL',
          triggerTimestamp: Date.now(),
          formatType: 'CANONICAL',
        },
      },
    })
    const [path, answer] = Object.entries(jobManagerOf(objects)).find(([one]) => one.endsWith('/checkpoints'))!
    const busy = await serve(objects, {
      flink: {
        ...jobManagerOf(objects),
        [path]: answer,
        [path.replace(/checkpoints$/, 'savepoints/abc')]: { status: { id: 'IN_PROGRESS' } },
      },
    })
    try {
      const { stdout } = await busy.drey('plan', 'orders', '--set', 'spec.image=flink:3')
      expect(stdout).toContain('UPGRADE by last state')
      expect(stdout).toMatch(/ {2}first {3}.*savepoint.*in progress/)
    } finally {
      await busy.close()
    }
  })
  test('does not begin without a resume point', async () => {
    const objects = changed(
      { jobManagerDeploymentStatus: 'MISSING', jobStatus: { state: 'RECONCILING' } },
      ({ bucket, object }) =>
        bucket === 'configmaps'
          ? !object.metadata.name.startsWith('drey-')
          : !bucket.startsWith('flink') && bucket !== 'events',
    )
    const lost = await serve(objects)
    try {
      const { stdout, code } = await lost.drey('plan', 'orders', '--set', 'spec.image=flink:3', '--exit-code')
      expect(stdout).toContain('UPGRADE would not begin now')
      expect(stdout).toMatch(/blocked {3}.*HA metadata is not available.*Manual restore required/)
      expect(code).toBe(1)
    } finally {
      await lost.close()
    }
  })

  test('has an id that names the edit and the world', async () => {
    const idOf = async (...words: string[]) =>
      JSON.parse((await cluster.drey('plan', 'orders', ...words, '-o', 'json')).stdout).id as string
    const [one, again, other] = [
      await idOf('--set', 'spec.job.parallelism=4'),
      await idOf('--set', 'spec.job.parallelism=4'),
      await idOf('--set', 'spec.job.parallelism=5'),
    ]
    expect(one).toMatch(/^[0-9a-f]{6}$/)
    expect(again).toBe(one)
    expect(other).not.toBe(one)
  })

  test('--exit-code tells whether there is something to do', async () => {
    expect((await cluster.drey('plan', 'orders', '--exit-code', '--set', 'spec.job.parallelism=2')).code).toBe(0)
    expect((await cluster.drey('plan', 'orders', '--exit-code', '--set', 'spec.job.parallelism=3')).code).toBe(1)
  })

  test.each([
    [[], /^error USAGE: A plan of what\?/],
    [['orders', '-f', 'x.yaml'], /^error USAGE: A file and a name are two different plans\./],
    [['orders', '--set', 'spec.job.parallelism'], /^error USAGE: --set spec\.job\.parallelism has no value\./],
    [
      ['orders', '--set', 'spec.job.parallelism.x=1'],
      /^error USAGE: --set spec\.job\.parallelism\.x: parallelism is no object\./,
    ],
  ])('%j is wrong usage', async (words, said) => {
    const { code, stderr } = await cluster.drey('plan', ...words)
    expect(stderr).toMatch(said)
    expect(code).toBe(2)
  })
})

test('the plan of a session job stops and submits it, and leaves its cluster alone', async () => {
  const objects = world('session-job')
  const cluster = await serve(objects, { flink: jobManagerOf(objects) })
  try {
    const { stdout } = await cluster.drey('plan', 'clicks', '--set', 'spec.job.parallelism=4', '-o', 'json')
    const plan = JSON.parse(stdout)
    expect(plan).toMatchObject({ outcome: 'change', what: 'upgrade', by: 'savepoint', restore: { from: 'savepoint' } })
    expect(plan.steps.map(({ step }: { step: string }) => step)).toEqual(['suspend', 'submit'])
  } finally {
    await cluster.close()
  }
})

describe('names', () => {
  let cluster: Served
  beforeAll(async () => {
    const objects = world('session')
    const uid = 'b5b7c7e0-0000-4000-8000-000000000001'
    const job = (name: string, deploymentName: string) => ({
      bucket: 'flinksessionjobs.flink.apache.org',
      key: `shop/${name}`,
      object: {
        apiVersion: 'flink.apache.org/v1beta1',
        kind: 'FlinkSessionJob',
        metadata: {
          name,
          namespace: 'shop',
          uid: `${uid}${name.length}`,
          resourceVersion: '5',
          generation: 1,
          creationTimestamp: '2026-01-01T00:00:00Z',
        },
        spec: {
          deploymentName,
          job: { jarURI: 'https://example.com/a.jar', parallelism: 1, upgradeMode: 'stateless' },
        },
      },
    })
    const snapshot = {
      bucket: 'flinkstatesnapshots.flink.apache.org',
      key: 'shop/before-release',
      object: {
        apiVersion: 'flink.apache.org/v1beta1',
        kind: 'FlinkStateSnapshot',
        metadata: {
          name: 'before-release',
          namespace: 'shop',
          uid: `${uid}s`,
          resourceVersion: '6',
          generation: 1,
          creationTimestamp: '2026-01-01T00:00:00Z',
        },
        spec: { jobReference: { kind: 'FlinkSessionJob', name: 'clicks' }, savepoint: {} },
        status: {
          state: 'ABANDONED',
          failures: 0,
          error: 'Snapshot before-release was abandoned: the job clicks is not RUNNING.',
        },
      },
    }
    cluster = await serve([...objects, job('orders', 'orders'), job('clicks', 'nowhere'), snapshot])
  })
  afterAll(() => cluster.close())

  test('a name that two kinds share is asked back with both spellings', async () => {
    expect(await cluster.drey('status', 'orders')).toMatchObject({
      code: 2,
      stderr:
        'error NAME_AMBIGUOUS: Several Flink resources in shop are called "orders".\n' +
        '  fix    drey … FlinkDeployment/orders\n  fix    drey … FlinkSessionJob/orders\n',
    })
  })
  test.each([['sessionjob/orders'], ['sessionjob', 'orders'], ['FlinkSessionJob', 'orders']])(
    '%s %s',
    async (...words) => {
      const { code, stdout } = await cluster.drey('status', ...words)
      expect([code, stdout]).toEqual([0, expect.stringMatching(/^orders · test\/shop · CREATED/)])
    },
  )
  test('no such name, and what it may have been', async () => {
    expect(await cluster.drey('why-not', 'click')).toMatchObject({
      code: 3,
      stderr: expect.stringContaining('did you mean clicks?'),
    })
    expect((await cluster.drey('why-not', 'pods/clicks')).code).toBe(2)
  })
  test('a session job that waits for a cluster that does not exist', async () => {
    const { code, stdout } = await cluster.drey('why-not', 'clicks')
    expect(code).toBe(1)
    expect(stdout).toContain('no operator has looked at it since it was created')
    expect(stdout).toContain('✗ cluster    it waits for session cluster nowhere, which does not exist')
    expect((await cluster.drey('status', 'clicks')).stdout).toContain(
      'waits for session cluster nowhere, which does not exist',
    )
  })
  test('a session job on a ready cluster would be submitted; elsewhere it would wait', async () => {
    expect((await cluster.drey('plan', 'sessionjob/orders', '--set', 'spec.job.parallelism=2')).stdout).toContain(
      'submit',
    )
    const { stdout, code } = await cluster.drey('plan', 'clicks', '--set', 'spec.job.parallelism=2')
    expect(stdout).toContain('DEPLOY would not begin now')
    expect(stdout).toContain('blocked   waiting for session cluster nowhere, which does not exist yet')
    expect(code).toBe(0)
  })
  test('a snapshot that was abandoned', async () => {
    expect((await cluster.drey('status', 'before-release')).stdout).toMatch(/^before-release · test\/shop · ABANDONED/)
    const { code, stdout } = await cluster.drey('why-not', 'before-release')
    expect([code, stdout]).toEqual([1, expect.stringContaining('FlinkSessionJob clicks is not submitted')])
    expect((await cluster.drey('explain', 'before-release')).code).toBe(0)
    expect((await cluster.drey('plan', 'before-release', '--set', 'spec.savepoint.path=x')).code).toBe(2)
  })
})

describe('explain', () => {
  let cluster: Served
  beforeAll(async () => void (cluster = await serve(world('upgraded'))))
  afterAll(() => cluster.close())

  test('a problem code', async () => {
    expect(await cluster.drey('explain', 'SAVEPOINT_FAILED')).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(
        /^SAVEPOINT_FAILED: The job could not be stopped with a savepoint\.\n {2}state {2}Nothing was changed/,
      ),
    })
    expect(await cluster.drey('explain', 'SAVEPOINT_FAILD')).toMatchObject({
      code: 3,
      stderr: expect.stringContaining('did you mean SAVEPOINT_FAILED?'),
    })
  })
  test('an option, also by an older spelling, and one of our own', async () => {
    const { stdout } = await cluster.drey('explain', 'kubernetes.operator.savepoint.history.max.count')
    expect(stdout).toMatch(/^kubernetes\.operator\.savepoint\.history\.max\.count: How many savepoints are kept/)
    expect((await cluster.drey('explain', 'state.savepoints.dir')).stdout).toContain('is another spelling of it')
    expect(
      JSON.parse((await cluster.drey('explain', 'kubernetes.operator.drey.history.enabled', '-o', 'json')).stdout),
    ).toMatchObject({
      kind: 'Option',
      version: 1,
      default: 'true',
      scope: 'operator',
    })
  })
  test('--since goes further back', async () => {
    expect((await cluster.drey('explain', 'orders', '--since', '5000d')).stdout).toContain('first deployment')
    expect((await cluster.drey('explain', 'orders', '--since', 'ever')).code).toBe(2)
  })
  test('passes need a journal, and say where one comes from', async () => {
    expect(await cluster.drey('explain', 'orders', '--cycles')).toMatchObject({
      code: 3,
      stderr: expect.stringMatching(
        /^error NOT_FOUND: There is no journal at .*\n {2}fix {4}a home keeps one by itself/,
      ),
    })
  })
})

test('documents as YAML, and no other form', async () => {
  const cluster = await serve(world('upgraded'))
  try {
    for (const [word, kind] of [
      ['status', 'JobStatus'],
      ['explain', 'Because'],
      ['history', 'History'],
      ['why-not', 'WhyNot'],
      ['plan', 'Plan'],
    ] as const) {
      const edit = word === 'plan' ? ['--set', 'spec.job.parallelism=9'] : []
      expect((await cluster.drey(word, 'orders', ...edit, '-o', 'yaml')).stdout).toMatch(
        new RegExp(`^kind: ${kind}\nversion: 1\n`),
      )
      expect((await cluster.drey(word, 'orders', ...edit, '-o', 'xml')).code).toBe(2)
    }
  } finally {
    await cluster.close()
  }
})

describe('replay', () => {
  let cluster: Served
  beforeAll(async () => void (cluster = await serve(world('upgraded'))))
  afterAll(() => cluster.close())
  test.each([
    ['no-such.json', undefined, /ENOENT/],
    ['bad.json', 'nonsense', /line 1 is not JSON/],
    ['other.json', '{"kind":"Pod"}', /it is not of kind Cycle/],
    ['empty.json', '', /it holds nothing/],
    [
      'half.json',
      '{"kind":"Cycle","version":1,"resource":{"kind":"FlinkDeployment"},"object":{"metadata":{}},"observed":{"operator":{"config":{"base":[]}}},"decision":{}}',
      /cannot be decided/,
    ],
  ])('%s is unreadable and ends with 2', async (name, text, cause) => {
    const file = join(cluster.dir, name)
    if (text !== undefined) writeFileSync(file, text)
    const { code, stdout, stderr } = await cluster.drey('replay', file)
    expect(stderr).toMatch(/^error CYCLE_UNREADABLE: .* is no saved pass that can be decided again\./)
    expect(stderr).toMatch(cause)
    expect([code, stdout]).toEqual([2, ''])
  })
})

describe('with few rights', () => {
  const flinkRead = { apiGroups: ['flink.apache.org'], resources: ['flinkdeployments'], verbs: ['get'] }
  test('everything is told that can be, and what is missing is named', async () => {
    const objects = world('upgraded')
    const cluster = await serve(objects, { rights: [flinkRead], flink: jobManagerOf(objects) })
    const bob = cluster.as('bob')
    try {
      const status = await bob('status', 'orders')
      expect([status.code, status.stderr]).toEqual([0, ''])
      expect(status.stdout).toContain('RUNNING')
      for (const right of ['get configmaps', 'list events', 'list pods', 'get services/proxy'])
        expect(status.stdout).toContain(`no right to ${right} in shop`)
      expect((await bob('explain', 'orders')).stdout).toContain('no right to list events in shop')
      expect((await bob('history', 'orders')).stdout).toContain('no right to get configmaps in shop')
      expect((await bob('why-not', 'orders')).code).toBe(0)
      const plan = await bob('plan', 'orders', '--set', 'spec.job.parallelism=4')
      expect([plan.code, plan.stderr]).toEqual([0, ''])
      expect(plan.stdout).toContain('no right to get services/proxy: what the job does is taken from the status')
    } finally {
      await cluster.close()
    }
  })
  test('no right to the resource itself ends with 4', async () => {
    const objects = world('upgraded')
    const cluster = await serve(objects, { rights: [] })
    try {
      for (const word of ['status', 'explain', 'history', 'why-not'])
        expect(await cluster.as('bob')(word, 'orders')).toMatchObject({
          code: 4,
          stderr: expect.stringContaining('error FORBIDDEN'),
        })
    } finally {
      await cluster.close()
    }
  })
})

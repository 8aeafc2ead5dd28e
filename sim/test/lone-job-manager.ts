/** One JobManager of the model, without a cluster around it: a session cluster whose TaskManagers come and go as a test says. */
import type { FlinkRequest, FlinkResponse } from '@drey/flink'
import { readSettings } from '../flink/config.ts'
import { jobManager } from '../flink/job-manager.ts'
import { storage } from '../flink/storage.ts'
import { scheduler } from '../scheduler.ts'

export const loneJobManager = async (version: string, conf: Readonly<Record<string, string>> = {}) => {
  const time = scheduler()
  const files = storage()
  const taskManagers: { pod: string; slots: number }[] = []
  const knobs = { savepointMs: 300 }
  const entries = {
    'kubernetes.cluster-id': 'demo',
    '$internal.flink.version': `v${version.split('.').slice(0, 2).join('_')}`,
    'execution.target': 'remote',
    'execution.checkpointing.interval': '2 s',
    'execution.checkpointing.dir': 'file:/flink/state/chk',
    'web.refresh-interval': '100',
    ...conf,
  }
  const manager = jobManager({
    scheduler: time,
    random: () => 0.5,
    client: undefined as never,
    storage: files,
    settings: readSettings({
      'flink-conf.yaml': Object.entries(entries)
        .map(([key, value]) => `${key}: ${value}`)
        .join('\n'),
    }),
    pod: { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'demo-0', namespace: 'default', uid: 'u' } },
    attempt: 1,
    lock: { free: () => true, take() {} },
    taskManagers: () => taskManagers,
    savepointsWork: () => true,
    savepointsVanish: () => false,
    savepointMs: () => knobs.savepointMs,
    overviewAgeMs: () => 0,
    told() {},
    exited() {},
  })
  const pass = (ms: number) => time.runTo(time.now() + ms)
  const setTaskManagers = async (...names: string[]) => {
    taskManagers.splice(0, taskManagers.length, ...names.map((pod) => ({ pod, slots: 1 })))
    manager.taskManagersChanged()
    await pass(1)
  }
  await pass(4_000)
  return {
    manager,
    files,
    knobs,
    pass,
    setTaskManagers,
    job: (id: string) => manager.jobs.find((one) => one.id === id),
    ask: (r: Omit<FlinkRequest, 'base' | 'timeoutMs'>): Promise<FlinkResponse | 'refused'> =>
      Promise.resolve(manager.answer({ base: '', timeoutMs: 1, ...r })),
  }
}

/** Carries out decisions: Kubernetes writes and Flink orders, in the order decided, stopping at the first failure. */
import type { Action, FlinkAction } from '@drey/core'
import { FlinkUnreachable, type FlinkAt, type FlinkClient } from '@drey/flink'
import { actOnKube, type KubeClient } from '@drey/kube'
import type { KubeAction, KubeObject, Outcome } from '@drey/reconcile'
import type { RunSessionJob } from './artifacts.ts'

export interface ActOptions {
  client: KubeClient
  flink: FlinkClient
  runSessionJob: RunSessionJob
  wrote(object: KubeObject): void
  /** what came of a lenient order to dispose of a savepoint */
  disposed(uid: string, path: string, accepted: boolean): void
  timeoutMs: number
}

export const fieldManager = 'drey'

export const act =
  (o: ActOptions) =>
  async (resource: KubeObject, actions: readonly Action[]): Promise<Outcome> => {
    for (const [index, action] of actions.entries()) {
      if (isFlink(action)) {
        try {
          await onFlink(o, action, resource.metadata.uid ?? '')
        } catch (error) {
          return { ok: false, error, failedAction: index }
        }
      } else {
        const outcome = await actOnKube(o.client, [action], { fieldManager, wrote: o.wrote })
        if (!outcome.ok) return { ...outcome, failedAction: index }
      }
    }
    return { ok: true }
  }

const flinkVerbs = new Set<string>([
  'stop-with-savepoint',
  'savepoint',
  'checkpoint',
  'cancel',
  'dispose',
  'run-jar',
  'rescale',
])
const isFlink = (action: Action): action is FlinkAction => flinkVerbs.has((action as KubeAction).do)

const onFlink = async (o: ActOptions, action: FlinkAction, uid: string): Promise<void> => {
  const at = (timeoutMs = o.timeoutMs): FlinkAt => ({
    base: action.do === 'dispose' ? action.cluster.base : action.job.cluster.base,
    timeoutMs,
  })
  switch (action.do) {
    case 'stop-with-savepoint':
      return o.flink.stopWithSavepoint(at(), action.job.jobId, {
        triggerId: action.trigger,
        ...(action.directory ? { directory: action.directory } : {}),
        drain: action.drain,
        format: action.format,
      })
    case 'savepoint':
      return o.flink.savepoint(at(), action.job.jobId, {
        triggerId: action.trigger,
        ...(action.directory ? { directory: action.directory } : {}),
        format: action.format,
      })
    case 'checkpoint':
      return o.flink.checkpoint(at(), action.job.jobId, { triggerId: action.trigger, type: action.type })
    case 'cancel':
      try {
        await o.flink.cancel(at(action.timeoutMs), action.job.jobId)
      } catch (error) {
        if (!action.lenient && !(error instanceof FlinkUnreachable)) throw error
      }
      return
    case 'dispose': {
      const told = o.flink.dispose(at(), action.path)
      return action.lenient
        ? told.then(
            () => o.disposed(uid, action.path, true),
            () => o.disposed(uid, action.path, false),
          )
        : told
    }
    case 'rescale':
      return o.flink.rescale(at(), action.job.jobId, action.requirements)
    case 'run-jar':
      return o.runSessionJob(action, at(action.timeoutMs))
  }
}

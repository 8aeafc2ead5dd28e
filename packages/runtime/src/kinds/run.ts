/**
 * Runs one built-in controller: its cycle over the informer's objects, with the memory that keeps it from acting twice on
 * the same old view (pods it just made are in the cache at once, pods it just deleted count as ending at once).
 */
import {
  actOnKube,
  controller,
  eventRecorder,
  kubePorts,
  type Controller,
  type Informer,
  type KubeClient,
} from '@drey/kube'
import type { Clock, Decision, KubeAction, KubeObject, Outcome } from '@drey/reconcile'
import { nextLook, type LastFailure } from './decide.ts'

/** pino's shape, as far as we use it */
export interface Log {
  debug(fields: object, message: string): void
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
}

export interface Shell {
  client: KubeClient
  clock: Clock
  log: Log
  /** puts an object that a write returned into the cache of its kind */
  remember(object: KubeObject): void
  /** objects deleted by us whose end the watch has not told yet */
  leaving: Leaving
}

export interface Leaving {
  add(uid: string): void
  has(uid: string): boolean
  forget(uid: string): void
}

/**
 * How long a delete of ours is believed. The watch tells its effect within milliseconds; when it says nothing for this long,
 * the delete met a conflict and the object is still wanted gone.
 */
export const leavingMs = 5000

export const leavingObjects = (clock: Clock): Leaving => {
  const since = new Map<string, number>()
  return {
    add(uid) {
      const now = clock.now()
      for (const [other, at] of since) if (now - at > leavingMs) since.delete(other)
      since.set(uid, now)
    },
    has: (uid) => clock.now() - (since.get(uid) ?? -Infinity) <= leavingMs,
    forget: (uid) => since.delete(uid),
  }
}

export interface BuiltIn<R extends KubeObject & { status?: unknown }, O, S, A> {
  /** as Kubernetes calls it in Events: `deployment-controller` */
  name: string
  informer: Informer<R>
  finalizer?: string
  observe(resource: R, lastFailure: LastFailure | undefined): O
  decide(resource: R, observed: O): Decision<S, A>
  /** carries out what is not a KubeAction */
  act?(action: Exclude<A, KubeAction>): Promise<void>
}

const isKubeAction = (action: { do: string }): action is KubeAction =>
  ['apply', 'create', 'delete', 'scale', 'merge'].includes(action.do)

export const runBuiltIn = <R extends KubeObject & { status?: unknown }, O, S, A extends { do: string }>(
  shell: Shell,
  kind: BuiltIn<R, O, S, A>,
): Controller => {
  const { client, clock, log } = shell
  const failures = new Map<string, LastFailure>()
  /** when we last deleted something for a resource: soon after it is time to see whether that is gone */
  const deleted = new Map<string, number>()
  const recorder = eventRecorder({
    client,
    clock,
    component: kind.name,
    trouble: (error) => log.debug({ controller: kind.name, error: String(error) }, 'an Event was not written'),
  })
  kind.informer.onChange(({ old, now }) => {
    if (!old || now) return
    failures.delete(old.metadata.uid ?? '')
    deleted.delete(old.metadata.uid ?? '')
  })

  const perform = async (action: A): Promise<Outcome> => {
    if (isKubeAction(action)) {
      const outcome = await actOnKube(client, [action], { fieldManager: kind.name, wrote: shell.remember })
      if (outcome.ok && action.do === 'delete') shell.leaving.add(action.uid)
      return outcome
    }
    try {
      await kind.act?.(action as Exclude<A, KubeAction>)
      return { ok: true }
    } catch (error) {
      return { ok: false, error, failedAction: 0 }
    }
  }

  const act = async (resource: R, actions: readonly A[]): Promise<Outcome> => {
    const uid = resource.metadata.uid ?? ''
    for (const [failedAction, action] of actions.entries()) {
      const outcome = await perform(action)
      if (outcome.ok && action.do === 'delete') deleted.set(uid, clock.now())
      if (outcome.ok) continue
      failures.set(uid, {
        action: action.do,
        message: outcome.error instanceof Error ? outcome.error.message : String(outcome.error),
      })
      return { ...outcome, failedAction }
    }
    failures.delete(uid)
    return { ok: true }
  }

  return controller<R, O, S, A>({
    clock,
    informer: kind.informer,
    kind: {
      name: kind.name,
      observe: async (resource) => kind.observe(resource, failures.get(resource.metadata.uid ?? '')),
      decide(resource, observed) {
        const decided = kind.decide(resource, observed)
        const since = clock.now() - (deleted.get(resource.metadata.uid ?? '') ?? -Infinity)
        return since > leavingMs
          ? decided
          : { ...decided, lookAgainMs: nextLook(decided.lookAgainMs, leavingMs - since + 1) }
      },
    },
    ports: kubePorts<R, S, A>({
      client,
      informer: kind.informer,
      act,
      ...(kind.finalizer ? { finalizer: kind.finalizer } : {}),
    }),
    // Events are written here and not before the acts: "Created pod" is said when the pod was created.
    told({ key, resource, decision, outcome, recorded }) {
      if (!recorded) return
      if (decision.actions.length > 0) log.debug({ controller: kind.name, key, rule: decision.rule }, decision.because)
      const notes = decision.events.filter((note) => note.type === 'Warning' || outcome?.ok !== false)
      void recorder.record(resource, notes)
    },
    failed: (key, error, retryInMs) =>
      log.debug(
        { controller: kind.name, key, error: String(error), retryInMs },
        'an act failed and will be tried again',
      ),
  })
}

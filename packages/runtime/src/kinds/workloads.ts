/** What the workload controllers look at, and what wakes them. */
import type { Controller, Informer } from '@drey/kube'
import { keyOf, type KubeObject } from '@drey/reconcile'
import type { Caches } from './caches.ts'
import { timeText } from './decide.ts'
import { decideDeployment } from './deployment/decide.ts'
import { byController, controllerOf } from './owned.ts'
import { decideReplicaSet } from './replica-set.ts'
import { runBuiltIn, type Shell } from './run.ts'
import type { Pod } from './types.ts'

/** Wakes the controlling object of `ownerKind` whenever a dependent changes. */
export const wakeOwner = <T extends KubeObject>(dependents: Informer<T>, ownerKind: string, owners: Controller) =>
  dependents.onChange(({ old, now }) => {
    for (const object of [old, now]) {
      const owner = object && controllerOf(object)
      if (object && owner?.kind === ownerKind)
        owners.wake(keyOf({ metadata: { ...object.metadata, name: owner.name } }))
    }
  })

/** The pods an object controls; those we deleted count as ending before the watch says so. */
export const podsOf = (shell: Shell, caches: Caches, uid: string | undefined): Pod[] =>
  caches.pods
    .byIndex(byController, uid ?? '')
    .map((pod) =>
      shell.leaving.has(pod.metadata.uid ?? '') && !pod.metadata.deletionTimestamp
        ? { ...pod, metadata: { ...pod.metadata, deletionTimestamp: timeText(shell.clock.now()) } }
        : pod,
    )

export const workloadControllers = (shell: Shell, caches: Caches): Controller[] => {
  const { clock } = shell

  const deployments = runBuiltIn(shell, {
    name: 'deployment-controller',
    informer: caches.deployments,
    decide: decideDeployment,
    observe: ({ metadata }) => {
      const replicaSets = caches.replicaSets.byIndex(byController, metadata.uid ?? '')
      return {
        now: clock.now(),
        replicaSets,
        pods: replicaSets.flatMap((set) => podsOf(shell, caches, set.metadata.uid)),
        taken: (name: string) => caches.replicaSets.get(`${metadata.namespace}/${name}`) !== undefined,
      }
    },
  })
  wakeOwner(caches.replicaSets, 'Deployment', deployments)
  // The end of a pod lets a Deployment that recreates go on.
  caches.pods.onChange(({ old, now }) => {
    const set = old && !now && controllerOf(old)
    const owner = set && caches.replicaSets.get(`${old.metadata.namespace}/${set.name}`)
    const name = owner && controllerOf(owner)?.name
    if (name) deployments.wake(`${old.metadata.namespace}/${name}`)
  })

  const replicaSets = runBuiltIn(shell, {
    name: 'replicaset-controller',
    informer: caches.replicaSets,
    decide: decideReplicaSet,
    observe: ({ metadata }, lastFailure) => ({
      now: clock.now(),
      pods: podsOf(shell, caches, metadata.uid),
      ...(lastFailure ? { lastFailure } : {}),
    }),
  })
  wakeOwner(caches.pods, 'ReplicaSet', replicaSets)

  return [deployments, replicaSets]
}

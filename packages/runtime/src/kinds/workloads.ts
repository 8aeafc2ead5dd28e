/** What the workload controllers look at, and what wakes them. */
import { equal, type Controller, type Informer } from '@drey/kube'
import { keyOf, type KubeObject } from '@drey/reconcile'
import type { Caches } from './caches.ts'
import { decideCronJob } from './cron-job.ts'
import { decideDaemonSet } from './daemon-set.ts'
import { timeText, type LastFailure } from './decide.ts'
import { decideDeployment } from './deployment/decide.ts'
import { decideJob } from './job.ts'
import { byController, controllerOf } from './owned.ts'
import { decideReplicaSet } from './replica-set.ts'
import { runBuiltIn, type Shell } from './run.ts'
import { decideStatefulSet } from './stateful-set.ts'
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
  const withPods = ({ metadata }: KubeObject, lastFailure: LastFailure | undefined) => ({
    now: clock.now(),
    pods: podsOf(shell, caches, metadata.uid),
    ...(lastFailure ? { lastFailure } : {}),
  })

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
    observe: withPods,
  })
  wakeOwner(caches.pods, 'ReplicaSet', replicaSets)

  const statefulSets = runBuiltIn(shell, {
    name: 'statefulset-controller',
    informer: caches.statefulSets,
    decide: decideStatefulSet,
    observe: withPods,
  })
  wakeOwner(caches.pods, 'StatefulSet', statefulSets)

  const daemonSets = runBuiltIn(shell, {
    name: 'daemonset-controller',
    informer: caches.daemonSets,
    decide: decideDaemonSet,
    observe: (set, lastFailure) => ({ ...withPods(set, lastFailure), nodes: caches.nodes.list() }),
  })
  wakeOwner(caches.pods, 'DaemonSet', daemonSets)
  caches.nodes.onChange(({ old, now }) => {
    // A node's heartbeat changes nothing for us, its coming, going and labels do.
    if (old && now && equal(old.metadata.labels, now.metadata.labels)) return
    for (const set of caches.daemonSets.list()) daemonSets.wake(keyOf(set))
  })

  const jobs = runBuiltIn(shell, {
    name: 'job-controller',
    informer: caches.jobs,
    decide: decideJob,
    observe: withPods,
  })
  wakeOwner(caches.pods, 'Job', jobs)

  const cronJobs = runBuiltIn(shell, {
    name: 'cronjob-controller',
    informer: caches.cronJobs,
    decide: decideCronJob,
    observe: ({ metadata }, lastFailure) => ({
      now: clock.now(),
      jobs: caches.jobs.byIndex(byController, metadata.uid ?? ''),
      ...(lastFailure ? { lastFailure } : {}),
    }),
  })
  wakeOwner(caches.jobs, 'CronJob', cronJobs)

  return [deployments, replicaSets, statefulSets, daemonSets, jobs, cronJobs]
}

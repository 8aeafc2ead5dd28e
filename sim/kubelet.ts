/**
 * The machines of a world: gives pods a node, pulls images, waits for what they mount, runs their programs, tells their state and
 * ends them. Images say how they behave by name: `…missing…` cannot be pulled, `…crashes…` ends at once, `…never-ready…` hangs.
 */
import type { Store } from '@drey/apiserver'
import type { KubeClient } from '@drey/kube'
import { pods as podType } from '@drey/kube'
import { pathOf, type KubeObject } from '@drey/reconcile'
import type { Program } from './flink/model.ts'
import type { Scheduler } from './scheduler.ts'

interface Pod extends KubeObject {
  spec: {
    nodeName?: string
    containers: { name: string; image: string }[]
    volumes?: { name: string; configMap?: { name: string } }[]
  }
  status?: { phase?: string; conditions?: { type: string; status: string }[] }
}

interface Care {
  program: Program | undefined
  startedAt: number
  restarts: number
  ending: boolean
  ready: boolean
}

export interface Kubelet {
  /** ends the program in a pod; it is started again as its restart policy says */
  killProcess(podKey: string): void
  /** pods that do not end although they are deleted */
  hang: (pod: KubeObject) => boolean
  /** how long a deleted pod takes to end */
  endMs: number
  close(): void
}

const bindMs = 150
const startMs = 900
const endMs = 800
const restartMs = 6_000
const probeMs = 500

export const kubelet = (o: {
  scheduler: Scheduler
  store: Store
  client: KubeClient
  start(pod: KubeObject, exited: (code: number) => void): Program | undefined
}): Kubelet => {
  const { scheduler, store, client } = o
  const cared = new Map<string, Care>()
  let address = 1
  const ref = (pod: KubeObject) => ({ type: podType, namespace: pod.metadata.namespace ?? '', name: pod.metadata.name })
  const keyOf = (pod: KubeObject) => `${pod.metadata.namespace}/${pod.metadata.name}`
  const now = (pod: KubeObject): Pod | undefined => {
    const live = store.get('pods', keyOf(pod)) as Pod | undefined
    return live?.metadata.uid === pod.metadata.uid ? live : undefined
  }
  const time = () => new Date(scheduler.now()).toISOString().replace(/\.\d+Z$/, 'Z')
  const say = (pod: Pod, status: Record<string, unknown>) =>
    void client.merge(ref(pod), { status }, 'status').catch(() => {})

  const care = (pod: Pod) => {
    const uid = pod.metadata.uid ?? ''
    if (cared.has(uid)) return
    const own: Care = { program: undefined, startedAt: 0, restarts: 0, ending: false, ready: false }
    cared.set(uid, own)
    scheduler.after(bindMs, () => {
      const live = now(pod)
      if (!live || own.ending) return
      const path = pathOf(podType, {
        namespace: pod.metadata.namespace,
        name: pod.metadata.name,
        subresource: 'binding',
      })
      const body = {
        apiVersion: 'v1',
        kind: 'Binding',
        metadata: { name: pod.metadata.name },
        target: { kind: 'Node', name: 'node' },
      }
      void client.send({ method: 'POST', path, body }).catch(() => {})
      begin(live, own)
    })
  }
  const begin = (pod: Pod, own: Care) => {
    scheduler.after(startMs, () => {
      const live = now(pod)
      if (!live || own.ending) return
      const image = live.spec.containers[0]?.image ?? ''
      const container = live.spec.containers[0]?.name ?? 'main'
      if (image.includes('missing')) {
        const waiting = { reason: 'ImagePullBackOff', message: `Back-off pulling image "${image}"` }
        return say(live, {
          phase: 'Pending',
          containerStatuses: [
            { name: container, ready: false, restartCount: 0, image, imageID: '', state: { waiting } },
          ],
        })
      }
      const mounts = (live.spec.volumes ?? []).flatMap((volume) => volume.configMap?.name ?? [])
      if (mounts.some((name) => !store.get('configmaps', `${live.metadata.namespace}/${name}`))) return begin(live, own)
      run(live, own, image, container)
    })
  }
  const run = (pod: Pod, own: Care, image: string, container: string) => {
    const exited = (code: number) => {
      own.program?.end()
      own.program = undefined
      own.ready = false
      if (own.ending || !now(pod)) return
      own.restarts++
      say(pod, {
        conditions: [{ type: 'Ready', status: 'False', lastTransitionTime: time() }],
        containerStatuses: [
          {
            name: container,
            ready: false,
            restartCount: own.restarts,
            image,
            imageID: image,
            state: { waiting: { reason: 'CrashLoopBackOff', message: 'back-off restarting failed container' } },
            lastState: { terminated: { exitCode: code, reason: 'Error', startedAt: time(), finishedAt: time() } },
          },
        ],
      })
      scheduler.after(restartMs, () => now(pod) && !own.ending && run(pod, own, image, container))
    }
    own.startedAt = scheduler.now()
    say(pod, {
      phase: 'Running',
      podIP: `10.1.0.${address++ % 250}`,
      startTime: time(),
      conditions: [{ type: 'Ready', status: 'False', lastTransitionTime: time() }],
      containerStatuses: [
        {
          name: container,
          ready: false,
          restartCount: own.restarts,
          image,
          imageID: image,
          state: { running: { startedAt: time() } },
        },
      ],
    })
    if (image.includes('crashes')) return void scheduler.after(500, () => exited(1))
    if (image.includes('never-ready')) return
    own.program = o.start(pod, exited)
    const program = own.program
    const probe = () => {
      if (own.ending || own.program !== program) return
      if (!program || program.ready()) {
        own.ready = true
        return say(pod, {
          conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: time() }],
          containerStatuses: [
            {
              name: container,
              ready: true,
              restartCount: own.restarts,
              image,
              imageID: image,
              state: { running: { startedAt: time() } },
            },
          ],
        })
      }
      scheduler.after(probeMs, probe)
    }
    scheduler.after(probeMs, probe)
  }
  const end = (pod: Pod) => {
    const own = cared.get(pod.metadata.uid ?? '')
    if (own?.ending || self.hang(pod)) return
    if (own) own.ending = true
    scheduler.after(self.endMs, () => {
      own?.program?.end()
      if (own) own.program = undefined
      cared.delete(pod.metadata.uid ?? '')
      void client.remove(ref(pod), { uid: pod.metadata.uid ?? '', graceSeconds: 0 }).catch(() => {})
    })
  }

  const stop = store.subscribe((change) => {
    const pod = change.object as Pod
    if (change.type === 'DELETED') {
      // Removed by force: the process goes a moment later.
      const own = cared.get(pod.metadata.uid ?? '')
      cared.delete(pod.metadata.uid ?? '')
      if (own) {
        own.ending = true
        scheduler.after(endMs, () => own.program?.end())
      }
    } else if (pod.metadata.deletionTimestamp) end(pod)
    else care(pod)
  }, 'pods')

  const self: Kubelet = {
    hang: () => false,
    endMs,
    killProcess(podKey) {
      const pod = store.get('pods', podKey) as Pod | undefined
      const own = cared.get(pod?.metadata.uid ?? '')
      if (!pod || !own?.program) return
      const container = pod.spec.containers[0]
      own.program.end()
      own.program = undefined
      own.ready = false
      own.restarts++
      say(pod, { conditions: [{ type: 'Ready', status: 'False', lastTransitionTime: time() }] })
      scheduler.after(
        1_000,
        () => now(pod) && !own.ending && run(pod, own, container?.image ?? '', container?.name ?? 'main'),
      )
    },
    close: stop,
  }
  return self
}

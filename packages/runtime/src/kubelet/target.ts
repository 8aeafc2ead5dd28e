/** The pods of this node as the kubelet server asks for them: logs, exec, attach, ports. */
import { join } from 'node:path'
import type { PodNetwork } from '../isolation/isolation.ts'
import { execPlan, type ExecPlace } from './exec.ts'
import { openInput } from './process/input.ts'
import { logFiles } from './process/log.ts'
import type { ContainerRun } from './pod/container-run.ts'
import type { PodWorker } from './pod/worker.ts'
import { TargetError, type ContainerAddress, type KubeletTarget } from './streaming/target.ts'

export interface PodTarget extends KubeletTarget {
  /** where to start a process for this container; throws TargetError */
  place(at: ContainerAddress): ExecPlace
}

export const podTarget = (options: {
  workers(): readonly PodWorker[]
  network: PodNetwork
  privileged: boolean
}): PodTarget => {
  const { network, privileged } = options

  const podOf = (namespace: string, name: string): PodWorker => {
    const found = options
      .workers()
      .filter(({ record }) => record.namespace === namespace && record.name === name)
      .at(-1)
    if (!found) throw new TargetError(404, `pod "${name}" not found`)
    return found
  }
  const containerOf = ({ namespace, pod, container }: ContainerAddress): ContainerRun => {
    const found = podOf(namespace, pod).containers.get(container)
    if (!found) throw new TargetError(404, `container ${container} not found in pod ${pod}_${namespace}`)
    return found
  }
  const containerSpec = ({ namespace, pod, container }: ContainerAddress) => {
    const spec = podOf(namespace, pod).pod?.spec
    return [...(spec?.initContainers ?? []), ...(spec?.containers ?? [])].find(({ name }) => name === container)
  }
  const running = (at: ContainerAddress): { run: ContainerRun; pid: number; instanceDir: string } => {
    const run = containerOf(at)
    const { instance } = run.state
    const { instanceDir } = run
    if (!instance || instance.pid === undefined || instance.ended || !instanceDir)
      throw new TargetError(400, `container ${at.container} of pod ${at.pod}_${at.namespace} does not run`)
    return { run, pid: instance.pid, instanceDir }
  }
  const place = (at: ContainerAddress): ExecPlace => {
    const { pid, instanceDir } = running(at)
    return { instanceDir, pid, privileged, ownNetwork: network.mode === 'netns' }
  }
  const logOf = (run: ContainerRun, n: number) => ({
    files: () => logFiles(join(run.dir, String(n))),
    ended:
      run.state.record.current?.n === n && run.state.instance ? nothing(run.state.instance.over) : Promise.resolve(),
  })

  return {
    place,
    pods: () => options.workers().flatMap(({ pod }) => pod ?? []),
    async logs(at, { previous }) {
      const run = containerOf(at)
      const { current, previous: last } = run.state.record
      const wanted = previous ? last : current
      const what = `container "${at.container}" in pod "${at.pod}"`
      if (!wanted && previous)
        throw new TargetError(400, `previous terminated ${what.replace(' in pod', ` in pod`)} not found`)
      if (!wanted)
        throw new TargetError(400, `${what} is waiting to start: ${run.state.waiting?.reason ?? 'ContainerCreating'}`)
      return logOf(run, wanted.n)
    },
    exec: async (at, command) => execPlan(place(at), command),
    async attach(at) {
      const { run, instanceDir } = running(at)
      const pipe = join(instanceDir, 'stdin')
      const log = logOf(run, run.state.record.current?.n ?? 0)
      const { input, isFirst } = await openInput(pipe, containerSpec(at)?.stdinOnce ?? false)
      return { log, tty: false, fromStart: isFirst, ...(input ? { stdin: input } : {}) }
    },
    async dial({ namespace, pod }, port) {
      const { record } = podOf(namespace, pod)
      return network.connect(record.ip, port)
    },
  }
}

/** the same moment, without its value */
const nothing = async (moment: Promise<unknown>): Promise<void> => void (await moment)

/**
 * A home in one process: API server, built-in controllers, pod runtime and operator, started in the order in which they need
 * each other and stopped in reverse. Whatever fails on the way takes down what was started before.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer as createTcpServer } from 'node:net'
import { join } from 'node:path'
import type { Duplex } from 'node:stream'
import {
  adminKubeconfig,
  createApiServer,
  ensurePki,
  findObject,
  journalIn,
  newAdminKey,
  serveApi,
  serviceAccountTokens,
  type ApiServer,
  type UserInfo,
} from '@drey/apiserver'
import { readOperatorConfig } from '@drey/core'
import { undiciFlink } from '@drey/flink'
import { findJava, imageCatalogue } from '@drey/flink-home'
import { kubeClient } from '@drey/kube'
import { journalFile, startOperator } from '@drey/operator'
import { realClock, type KubeTransport } from '@drey/reconcile'
import { chooseIsolation, serveKubelet, startControllers, startKubelet } from '@drey/runtime'
import { Problem } from '../command.ts'
import { installCrd, planCrds } from '../install-crds.ts'
import { reportMissingRights } from './missing-rights.ts'
import { podAddresses } from './pod-addresses.ts'
import { markOf } from './process.ts'
import { operatorDefaults } from './operator-defaults.ts'
import { takeHome } from './lock.ts'
import { removeState, writeState, type HomeState } from './state.ts'
import type { HomePaths } from './paths.ts'

export interface HomeOptions {
  paths: HomePaths
  /** `auto`, `namespaces`, `loopback`, or the two choices spelled out: `mount+netns` … */
  isolation: string
  plainJvm: boolean
  operator: boolean
  /** refuse pods what their service accounts may not do, as a cluster does; otherwise it is only reported */
  enforceRights: boolean
  /** 0: the preferred port if it is free, else any */
  port: number
  log(message: string, fields?: object): void
  env: NodeJS.ProcessEnv
  startedAtMs: number
}

export interface Home {
  state: HomeState
  kubeconfig: string
  /** ends everything: pods' processes too, unless `keepPods` */
  close(o: { keepPods: boolean }): Promise<void>
}

const preferredPort = 6443
const admin: UserInfo = { name: 'drey-admin', groups: ['system:masters', 'system:authenticated'] }
const nodeName = 'drey'
const nodeAddress = '127.0.0.1'
/** a line whose range of Java versions is the widest in use */
const oldestCommonFlink = '1.20'

export const runHome = async (o: HomeOptions): Promise<Home> => {
  const { paths, log } = o
  // Begun early: another thread makes it meanwhile.
  const adminKey = newAdminKey(paths.pki)
  // Java first: without one that runs Flink, a home would be for nothing.
  const java = await findJava({ env: o.env, flink: oldestCommonFlink })
  const giveBack = await takeHome(paths, 'home')
  const closers: ((keepPods: boolean) => Promise<void> | void)[] = [giveBack]
  let state: HomeState = {
    process: markOf(process.pid)!,
    phase: 'starting',
    startedAt: new Date().toISOString(),
    operator: o.operator,
  }
  const close = async ({ keepPods }: { keepPods: boolean }) => {
    for (const closer of closers.splice(0).toReversed())
      await Promise.resolve(closer(keepPods)).catch((error: unknown) =>
        log('not closed cleanly', { error: String(error) }),
      )
  }
  try {
    writeState(paths, state)
    closers.push(() => removeState(paths))
    const isolation = await chooseIsolation(o.isolation)
    if (isolation.files === 'links') checkForLinks(paths)
    const pki = ensurePki(paths.pki, { nodeName, adminKey: await adminKey })
    for (const dir of [paths.store, paths.runtime]) mkdirSync(dir, { recursive: true, mode: 0o700 })

    // The server is there before the kubelet, which alone knows the way to pods with networks of their own.
    let dialPod: ((host: string, port: number) => Promise<Duplex>) | undefined
    const toPod = (host: string, port: number) =>
      dialPod?.(host, port) ?? Promise.reject(new Error('no pod can be reached yet'))
    const server = createApiServer({
      clock: realClock,
      random: Math.random,
      persist: journalIn(paths.store),
      caCertificate: pki.ca,
    })
    closers.push(() => server.close())
    const { served, notice } = await listen(paths, o.port, (port) =>
      serveApi({
        server,
        port,
        tls: { ...pki.server, clientCa: pki.ca },
        auth: {
          serviceAccounts: serviceAccountTokens({
            signingKey: pki.serviceAccountKey,
            now: Date.now,
            find: findObject(server),
          }),
          ...(o.enforceRights ? {} : { tolerate: reportMissingRights(server.transport(admin, 'drey'), log) }),
        },
        kubelet: { ca: pki.ca, ...pki.kubeletClient },
        dialPod: toPod,
        log: (line) => log(line),
      }),
    )
    closers.push(() => served.close())
    await ensureCrds(server, log)
    const kubeconfig = adminKubeconfig({ server: served.url, ca: pki.ca, client: pki.admin, name: 'drey' })
    writeFileSync(paths.kubeconfig, kubeconfig, { mode: 0o600 })

    const transport = (component: string) => server.transport(admin, component)
    const controllers = startControllers({
      transport: transport('controllers'),
      clock: realClock,
      random: Math.random,
      log: quiet(log),
      dir: paths.runtime,
      forward: { nodeAddress, podAddresses: isolation.network === 'loopback', connect: toPod },
    })
    closers.push(() => controllers.close())
    const images = imageCatalogue({ flinkDir: paths.flink, mapFile: paths.images, plainJvm: o.plainJvm, env: o.env })
    closers.push(() => images.close())
    const kubeletPort = await freePort()
    const kubelet = await startKubelet({
      transport: transport('kubelet'),
      nodeName,
      dir: paths.runtime,
      images,
      isolation,
      nodeAddress,
      apiServer: { host: '127.0.0.1', port: served.port },
      port: kubeletPort,
      schedule: true,
      log: (message) => log(message),
    })
    dialPod = kubelet.connect
    closers.push((keepPods) => kubelet.close({ keepPods }))
    const streaming = await serveKubelet({
      host: '127.0.0.1',
      port: kubeletPort,
      tls: { ...pki.kubelet, clientCa: pki.ca },
      target: kubelet.target,
      log: quiet(log),
    })
    closers.push(() => streaming.close())
    if (o.operator) closers.push(await openOperator(transport('operator'), paths, log, kubelet.connect))

    state = {
      ...state,
      phase: 'ready',
      url: served.url,
      isolation: `${isolation.files}+${isolation.network}`,
      java: java.version,
      readyMs: Date.now() - o.startedAtMs,
      notices: [
        ...(notice ? [notice] : []),
        ...(isolation.network === 'netns'
          ? ['pods reach each other and the API only: no outside hosts, nothing that listens on this machine']
          : []),
      ],
    }
    writeState(paths, state)
    return { state, kubeconfig: paths.kubeconfig, close }
  } catch (error) {
    await close({ keepPods: true })
    throw error
  }
}

/** With links, programs and shell scripts are told paths of the home in place of their own: those must be one plain word. */
const checkForLinks = (paths: HomePaths): void => {
  if (/^[^\s'"`$\\;&|<>()*?[\]{}!#~:]+$/.test(paths.dir)) return
  throw new Problem('HOME_PATH', `The path of the home ${paths.name} has characters that mean something to a shell.`, {
    where: paths.dir,
    cause: 'without mount namespaces, pods see this path in place of their own ones',
    fix: ['a folder without spaces and quotes: drey up --home DIR', 'what mount namespaces need: drey doctor'],
  })
}

const openOperator = async (
  transport: KubeTransport,
  paths: HomePaths,
  log: HomeOptions['log'],
  dial: (host: string, port: number) => Promise<Duplex>,
): Promise<() => Promise<void>> => {
  const addresses = podAddresses(transport, realClock)
  await addresses.ready
  const flink = undiciFlink({ resolve: addresses.resolve, dial })
  const journal = journalFile(paths.journal, {
    trouble: (error) => log('! the journal of passes is not written', { error: String(error) }),
  })
  const operator = startOperator({
    transport,
    flinkHttp: flink.http,
    clock: realClock,
    random: Math.random,
    config: readOperatorConfig(operatorDefaults),
    side: { logFiles: { 'log4j-console.properties': operatorDefaults['log4j-console.properties'] } },
    snapshotResources: true,
    loopbackJars: true,
    journal: journal.write,
    log: { info: (message, fields) => log(message, fields), warn: (message, fields) => log(`! ${message}`, fields) },
  })
  await operator.ready
  return async () => {
    await operator.close()
    await journal.close()
    addresses.close()
    await flink.close()
  }
}

/** Our CRDs, created or brought up to date; never made older than what a newer Drey left. */
const ensureCrds = async (server: ApiServer, log: HomeOptions['log']): Promise<void> => {
  const client = kubeClient(server.transport(admin, 'drey'))
  for (const planned of await planCrds(client)) {
    const { crd, plan } = planned
    if (plan.do === 'leave' || plan.do === 'stop' || plan.do === 'wait')
      log(`! CRD ${crd.metadata.name} is another than this Drey’s and stays`, plan)
    await installCrd(client, planned)
  }
}

/**
 * The port asked for, or the one this home had last time (processes of pods that still run know no other), or the usual one,
 * or any. Only a port that was asked for and is taken is an error; any other way out is told.
 */
const listen = async <T extends { port: number }>(
  paths: HomePaths,
  wanted: number,
  serve: (port: number) => Promise<T>,
): Promise<{ served: T; notice?: string }> => {
  const file = join(paths.dir, 'port')
  const last = existsSync(file) ? Number(readFileSync(file, 'utf8')) : 0
  const candidates = wanted > 0 ? [wanted] : [...(last > 0 ? [last] : []), preferredPort, 0]
  const taken: number[] = []
  for (const port of candidates) {
    try {
      const served = await serve(port)
      writeFileSync(file, String(served.port), { mode: 0o600 })
      return taken.length > 0
        ? { served, notice: `port ${taken[0]} is used by another program: the API is at ${served.port} instead` }
        : { served }
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      if (code === 'EACCES')
        throw new Problem('PORT_FORBIDDEN', `Port ${port} may not be opened by this user.`, {
          cause: (error as Error).message,
          fix: 'a port above 1023, or drey up without --port',
        })
      if (code !== 'EADDRINUSE') throw error
      taken.push(port)
    }
  }
  throw new Problem('PORT_IN_USE', `Port ${wanted} is used by another program.`, {
    fix: [`see which: ss -ltnp 'sport = :${wanted}'`, 'let Drey choose: drey up without --port'],
  })
}

const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const probe = createTcpServer()
    probe.on('error', reject)
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as { port: number }
      probe.close(() => resolve(port))
    })
  })

/** Components log in pino's shape; a home prints what a person can use. */
const quiet = (log: HomeOptions['log']) => {
  const say = (fields: unknown, message?: string) =>
    typeof fields === 'string' ? log(fields) : log(message ?? '', fields as object)
  return { trace: () => {}, debug: () => {}, info: say, warn: say, error: say }
}

/**
 * A real control plane as plain processes on loopback: etcd, kube-apiserver and kube-controller-manager, with certificates of
 * a home's own making. The programs are looked for in `$REAL_KUBERNETES/bin` or `~/.cache/real-kubernetes/bin`.
 */
import { spawn, type ChildProcess } from 'node:child_process'
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { adminKubeconfig, ensurePki, type KeyPair } from '@drey/apiserver'
import { httpTransport, kubeClient, loadCluster, serviceAccounts, type KubeClient } from '@drey/kube'

export interface ControlPlane {
  kubeconfig: string
  client: KubeClient
  /** PEM file of the CA that signed the API server's kubelet client certificate */
  kubeletClientCa: string
  close(): Promise<void>
}

const bin = join(process.env['REAL_KUBERNETES'] || join(homedir(), '.cache', 'real-kubernetes'), 'bin')
const programs = ['etcd', 'kube-apiserver', 'kube-controller-manager'] as const

/** What is missing here; undefined where everything is built. */
export const missingPrograms = (): string | undefined => {
  const missing = programs.filter((name) => !existsSync(join(bin, name)))
  return missing.length === 0 ? undefined : `no ${missing.join(', ')} in ${bin}`
}

export const startControlPlane = async (dir: string): Promise<ControlPlane> => {
  mkdirSync(join(dir, 'log'), { recursive: true, mode: 0o700 })
  const pkiDir = join(dir, 'pki')
  const pki = ensurePki(pkiDir)
  const at = (name: string) => join(pkiDir, name)
  const [port, etcdPort, peerPort, managerPort] = await freePorts(4)
  const server = `https://127.0.0.1:${port}`
  const kubeconfigOf = (name: string, client: KeyPair) => {
    const file = join(dir, name)
    writeFileSync(file, adminKubeconfig({ server, ca: pki.ca, client, name: 'real' }), { mode: 0o600 })
    return file
  }
  const kubeconfig = kubeconfigOf('kubeconfig', pki.admin)
  const started: { name: string; child: ChildProcess; ended: Promise<void> }[] = []
  const start = (name: (typeof programs)[number], flags: Readonly<Record<string, string | number | boolean>>) => {
    const log = openSync(join(dir, 'log', `${name}.log`), 'a')
    const words = Object.entries(flags).map(([flag, value]) => `--${flag}=${value}`)
    const child = spawn(join(bin, name), words, { stdio: ['ignore', log, log], cwd: dir })
    closeSync(log)
    started.push({ name, child, ended: new Promise((resolve) => child.once('exit', () => resolve())) })
  }
  const transport = httpTransport(await loadCluster({ file: kubeconfig }), 'real-kubernetes-test')
  const client = kubeClient(transport)
  const close = async () => {
    await transport.close()
    for (const { child, ended } of started.toReversed()) {
      const hard = setTimeout(() => child.kill('SIGKILL'), 10_000)
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM')
      await ended
      clearTimeout(hard)
    }
  }
  const until = async (what: string, isSo: () => Promise<unknown>, timeoutMs = 60_000) => {
    const deadline = Date.now() + timeoutMs
    while (!(await isSo().catch(() => undefined))) {
      const dead = started.find(({ child }) => child.exitCode !== null)
      if (!dead && Date.now() < deadline) {
        await new Promise((resolve) => setTimeout(resolve, 100))
        continue
      }
      const name = dead?.name ?? 'kube-apiserver'
      const said = readFileSync(join(dir, 'log', `${name}.log`), 'utf8')
        .split('\n')
        .slice(-8)
        .join('\n')
      throw new Error(`${what}: ${name} ${dead ? 'ended' : 'is not ready'}\n${said}`)
    }
  }
  try {
    start('etcd', {
      name: 'real',
      'data-dir': join(dir, 'etcd'),
      'listen-client-urls': `http://127.0.0.1:${etcdPort}`,
      'advertise-client-urls': `http://127.0.0.1:${etcdPort}`,
      'listen-peer-urls': `http://127.0.0.1:${peerPort}`,
      'initial-advertise-peer-urls': `http://127.0.0.1:${peerPort}`,
      'initial-cluster': `real=http://127.0.0.1:${peerPort}`,
      'log-level': 'warn',
      'unsafe-no-fsync': true,
    })
    start('kube-apiserver', {
      'etcd-servers': `http://127.0.0.1:${etcdPort}`,
      'bind-address': '127.0.0.1',
      'secure-port': port!,
      // Only told to clients in the pods' network as the Service kubernetes; an address for documentation.
      'advertise-address': '192.0.2.2',
      'service-cluster-ip-range': '10.96.0.0/16',
      'authorization-mode': 'Node,RBAC',
      'tls-cert-file': at('apiserver.crt'),
      'tls-private-key-file': at('apiserver.key'),
      'client-ca-file': at('ca.crt'),
      'kubelet-client-certificate': at('apiserver-kubelet-client.crt'),
      'kubelet-client-key': at('apiserver-kubelet-client.key'),
      'kubelet-preferred-address-types': 'InternalIP',
      'service-account-issuer': 'https://kubernetes.default.svc.cluster.local',
      'service-account-key-file': at('service-account.pub'),
      'service-account-signing-key-file': at('service-account.key'),
    })
    await until('the API server', async () => (await client.send({ method: 'GET', path: '/readyz' })) !== undefined)
    // Only now: it gives up when the API server is not healthy within ten seconds.
    const managerConfig = kubeconfigOf('controller-manager.kubeconfig', pki.controller)
    start('kube-controller-manager', {
      kubeconfig: managerConfig,
      'authentication-kubeconfig': managerConfig,
      'authorization-kubeconfig': managerConfig,
      'bind-address': '127.0.0.1',
      'secure-port': managerPort!,
      'cert-dir': pkiDir,
      'leader-elect': false,
      'use-service-account-credentials': true,
      'service-account-private-key-file': at('service-account.key'),
      'root-ca-file': at('ca.crt'),
      'service-cluster-ip-range': '10.96.0.0/16',
      'kube-api-qps': 200,
      'kube-api-burst': 400,
    })
    await until('the default service account', () =>
      client.find({ type: serviceAccounts, namespace: 'default', name: 'default' }),
    )
    return { kubeconfig, client, kubeletClientCa: at('ca.crt'), close }
  } catch (error) {
    await close()
    throw error
  }
}

/** Ports nobody uses now; held all at once, so that they differ. */
export const freePorts = async (count: number): Promise<number[]> => {
  const servers = await Promise.all(
    Array.from(
      { length: count },
      () =>
        new Promise<ReturnType<typeof createServer>>((resolve) => {
          const server = createServer().listen(0, '127.0.0.1', () => resolve(server))
        }),
    ),
  )
  const ports = servers.map((server) => (server.address() as { port: number }).port)
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))))
  return ports
}

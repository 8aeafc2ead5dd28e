/**
 * A network namespace per pod: an address of its own on a bridge of the home, standard ports, harmless wildcards. As root
 * the bridge lies in the machine's network. As an ordinary user it lies in a namespace of the home, kept by a small process
 * that also passes connections in and out, since the machine itself has no way into it (see gateway.ts).
 *
 * Pods reach each other and the API server, and nothing else: nobody translates their addresses for the outside world.
 */
import { existsSync, readFileSync } from 'node:fs'
import { addresses, hash } from './addresses.ts'
import { forward } from './forward.ts'
import { endGateway, gatewayOf, type Gateway } from './gateway.ts'
import type { PodNetwork } from './isolation.ts'
import { dial } from './loopback.ts'
import { run } from './run.ts'

/** Names of what belongs to one home, short enough for interface names (15 characters). */
const namesOf = (dir: string) => {
  const word = hash(dir).toString(16).padStart(8, '0')
  return {
    bridge: `drey${word}`,
    namespace: (uid: string) => `drey-${word}-${hash(uid).toString(16).padStart(8, '0')}`,
    prefix: `drey-${word}-`,
    cable: (uid: string) => `d${hash(`${word}${uid}`).toString(16).padStart(8, '0')}`,
  }
}

export const namespacePodNetwork = async (
  dir: string,
  apiServer: { host: string; port: number },
): Promise<PodNetwork> => {
  const privileged = process.getuid?.() === 0
  const names = namesOf(dir)
  const pool = addresses(dir, 'netns', () => `10.${freeNetwork(dir)}`)
  const gatewayIp = `${pool.network}.0.1`
  const gateway: Gateway | undefined = privileged ? undefined : await gatewayOf(dir, gatewayIp, apiServer)
  const inside = gateway?.enter ?? []
  const ip = (args: readonly string[], input = '') => run([...inside, 'ip', ...args], input)

  const isThere = await ip(['link', 'show', names.bridge]).then(
    () => true,
    () => false,
  )
  if (!isThere) await ip(['link', 'add', names.bridge, 'type', 'bridge'])
  // Again each time: a home that was killed may have left its bridge half made.
  await ip(
    ['-batch', '-'],
    [`addr replace ${gatewayIp}/16 dev ${names.bridge}`, `link set ${names.bridge} up`, 'link set lo up'].join('\n'),
  )
  // The API server listens on loopback only, which a namespace cannot reach: the same port on the bridge leads there.
  const forwarder = gateway ? undefined : await forward({ host: gatewayIp, port: apiServer.port }, apiServer)
  await gateway?.listen()

  return {
    mode: 'netns',
    allocate: (inUse) => pool.next(inUse),
    async setUp({ uid, ip: address }) {
      const name = names.namespace(uid)
      const there = await ip(['netns', 'list'])
      if (there.split('\n').some((line) => line.split(' ')[0] === name)) return
      await ip(['netns', 'add', name])
      const cable = names.cable(uid)
      await ip(
        ['-batch', '-'],
        [
          `link add dev ${cable} type veth peer name eth0 netns ${name}`,
          `link set ${cable} master ${names.bridge} up`,
        ].join('\n'),
      )
      await ip(
        ['-n', name, '-batch', '-'],
        [
          'link set lo up',
          `addr add ${address}/16 dev eth0`,
          'link set eth0 up',
          `route add default via ${gatewayIp}`,
        ].join('\n'),
      )
    },
    async tearDown({ uid }) {
      await ip(['netns', 'del', names.namespace(uid)]).catch(() => '')
    },
    enter: ({ uid }) => [...inside, 'nsenter', `--net=/run/netns/${names.namespace(uid)}`],
    rootInside: !privileged,
    connect: gateway ? gateway.connect : dial,
    // By name, since that is what certificates of API servers carry; the hosts file leads it to the bridge.
    apiServer: { host: 'kubernetes.default.svc', ip: gatewayIp, port: apiServer.port },
    async close({ keep }) {
      forwarder?.close()
      await gateway?.close()
      if (!keep) await sweepNetwork(dir)
    },
  }
}

/** Ends what a dead home left of its network. */
export const sweepNetwork = async (dir: string): Promise<void> => {
  if (process.getuid?.() !== 0) {
    await endGateway(dir)
    return
  }
  const names = namesOf(dir)
  if (!existsSync(`/sys/class/net/${names.bridge}`)) return
  const list = await run(['ip', 'netns', 'list']).catch(() => '')
  for (const line of list.split('\n')) {
    const name = line.split(' ')[0] ?? ''
    if (name.startsWith(names.prefix)) await run(['ip', 'netns', 'del', name]).catch(() => '')
  }
  await run(['ip', 'link', 'del', names.bridge]).catch(() => '')
}

/** The second byte of a 10.x.0.0/16 to which the machine has no route yet. */
const freeNetwork = (dir: string): number => {
  const taken = new Set(
    readFileSync('/proc/net/route', 'utf8')
      .split('\n')
      .flatMap((line) => {
        const destination = line.split('\t')[1] ?? ''
        return destination.endsWith('0A') ? [Number.parseInt(destination.slice(4, 6), 16)] : []
      }),
  )
  const start = 128 + (hash(dir) % 120)
  for (let i = 0; i < 120; i++) {
    const second = 128 + ((start - 128 + i) % 120)
    if (!taken.has(second)) return second
  }
  return start
}

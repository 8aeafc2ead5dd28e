/**
 * Addresses for pods, handed out in a circle and remembered on disk, so that an address is used again only when the whole
 * range has gone round: a late message to a pod that is gone must not reach its successor.
 */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { NetworkMode } from './isolation.ts'

export interface Addresses {
  /** a /16, for example `127.83` */
  readonly network: string
  next(inUse: ReadonlySet<string>): string
}

/** What addresses of each mode begin with. */
const first: Readonly<Record<NetworkMode, string>> = { loopback: '127.', netns: '10.' }

/** Whether an address was given out in this mode: an address of the other one leads nowhere. */
export const isAddressOf = (mode: NetworkMode, address: string): boolean => address.startsWith(first[mode])

/** `choose` picks the network for a new directory; afterwards it stays as long as the mode does. */
export const addresses = (dir: string, mode: NetworkMode, choose: () => string): Addresses => {
  const file = join(dir, 'addresses.json')
  const known = read(file)
  const isKept = known !== undefined && isAddressOf(mode, known.network)
  const state = isKept ? known : { network: choose(), last: 255 }
  const save = () => {
    mkdirSync(dir, { recursive: true })
    writeFileSync(`${file}.new`, JSON.stringify(state))
    renameSync(`${file}.new`, file)
  }
  // Before anything is made of it: a start that is killed before the first pod is followed by one that finds it taken, by itself.
  if (!isKept) save()
  return {
    network: state.network,
    next(inUse) {
      for (let tries = 0; tries < size; tries++) {
        state.last = state.last + 1 >= size ? 256 : state.last + 1
        const low = state.last % 256
        if (low === 0 || low === 255) continue
        const address = `${state.network}.${Math.floor(state.last / 256)}.${low}`
        if (inUse.has(address)) continue
        save()
        return address
      }
      throw new Error(`All addresses of ${state.network}.0.0/16 are in use.`)
    },
  }
}

const size = 65_536

const read = (file: string): { network: string; last: number } | undefined => {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as { network: string; last: number }
  } catch {
    return undefined
  }
}

/**
 * A loopback network for a home: 127.16 … 127.254, by the home's directory, and one where nobody listens at present (other
 * homes of this machine may have the same first choice).
 */
export const loopbackNetwork = (dir: string): string => {
  const busy = new Set(listeners())
  const start = hash(dir) % 239
  for (let i = 0; i < 239; i++) {
    const second = 16 + ((start + i) % 239)
    if (!busy.has(second)) return `127.${second}`
  }
  return `127.${16 + start}`
}

/** Second bytes of the 127.x addresses that have sockets now; /proc/net/tcp writes addresses as little-endian hex. */
const listeners = (): number[] =>
  ['/proc/net/tcp', '/proc/net/tcp6'].flatMap((file) => {
    try {
      return [...readFileSync(file, 'utf8').matchAll(/^\s*\d+: (?:0{16}FFFF0000)?([0-9A-F]{6})7F:/gm)].map((match) =>
        Number.parseInt((match[1] ?? '').slice(4, 6), 16),
      )
    } catch {
      return []
    }
  })

export const hash = (text: string): number => {
  let value = 0x811c9dc5
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193) >>> 0
  return value
}

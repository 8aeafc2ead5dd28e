/**
 * How pods are kept apart, in two separate choices. Files: `mount` gives each container a mount namespace with a root of its
 * own, `links` a directory of links and translated paths. Network: `loopback` gives each pod an address of 127.0.0.0/8,
 * `netns` a network namespace with an address on the home's bridge.
 */
import type { Duplex } from 'node:stream'

export type FilesMode = 'mount' | 'links'
export type NetworkMode = 'loopback' | 'netns'

export interface IsolationChoice {
  files: FilesMode
  network: NetworkMode
}

/** The network of pods: addresses, the way into it, and the way to its ports from here. */
export interface PodNetwork {
  readonly mode: NetworkMode
  /** an address never used lately */
  allocate(inUse: ReadonlySet<string>): string
  /** makes the pod's network; again for a pod that has one already is fine */
  setUp(pod: { uid: string; ip: string }): Promise<void>
  tearDown(pod: { uid: string; ip: string }): Promise<void>
  /** words before a command that has to run in the pod's network; empty: none needed */
  enter(pod: { uid: string }): readonly string[]
  /** true when `enter` leads into a user namespace in which we are root */
  readonly rootInside: boolean
  connect(host: string, port: number): Promise<Duplex>
  /** where pods reach the API server: what they are told, and the address behind it */
  readonly apiServer: { host: string; ip: string; port: number }
  /** `keep`: pods stay, a successor takes the network over */
  close(options: { keep: boolean }): Promise<void>
}

/**
 * What a container image is to a runtime without containers: files laid at fixed paths, an environment, a command, and
 * two small hooks for what only the image's owner knows (Flink's entry script, Flink's configuration file).
 */
export interface ResolvedImage {
  /** the reference as the pod names it, and the digest-like identity shown as `imageID` */
  image: string
  imageId: string
  /** directories and files of this machine laid at paths of the container, later ones over earlier ones; read-only unless said */
  layers: readonly { source: string; target: string; writable?: boolean }[]
  env: Readonly<Record<string, string>>
  entrypoint: readonly string[]
  command: readonly string[]
  workingDir: string
  /**
   * Turns the final argv (after `$(VAR)` expansion, with the container's environment) into the process to start: the
   * image's entry script and `bin/*.sh` are interpreted rather than run. Undefined: run argv as it is.
   */
  launch?(at: LaunchContext): Promise<Launch | undefined> | Launch | undefined
  /** May change a file of a mounted ConfigMap while it is materialised for one pod; undefined keeps it. */
  adjustFile?(at: { containerPath: string; content: string; podIp: string; loopback: boolean }): string | undefined
}

export interface LaunchContext {
  argv: readonly string[]
  env: Readonly<Record<string, string>>
  /** where a path of the container lies for the process: the same path in a mount namespace, a host path otherwise */
  hostPath(containerPath: string): string
  /**
   * what is laid at which path of the container, image layers included, later ones over earlier ones (a `layer` merges with
   * what lies there, a `volume` hides it): lets the image read the container's files (Flink's configuration, jars in `lib/`) before the process starts. Left out: `hostPath` is read.
   */
  mounts?: readonly { source: string; target: string; as?: 'layer' | 'volume' }[]
  /**
   * a file of hosts-file syntax that names every pod and Service, for `-Djdk.net.hosts.file`; `/etc/hosts` if the
   * container has its own, which needs no such flag.
   * It is this pod's own file and begins with `<podIp> localhost <pod name> <host name of the machine or UTS namespace>`: a
   * JobManager up to 2.1 hands uploaded jars to `localhost`, which must be itself, and both kinds of process look up the
   * host name they run under. Then it is the only source of names: hosts of the outside world are unknown to the process.
   */
  hostsFile?: string
  podIp: string
  loopback: boolean
  /** the container's memory limit in bytes, if it has one */
  memoryLimitBytes?: number
}

export interface Launch {
  argv: readonly string[]
  env: Readonly<Record<string, string>>
  /** sentences about what the home added, shown by `drey explain` and in the pod's annotation */
  notes?: readonly string[]
}

/** How the runtime turns an image reference into something it can start. */
export interface ImageCatalogue {
  /**
   * Resolves a reference. May take long (a Flink distribution is fetched): `progress` gets sentences for Events meanwhile.
   * Throws `ImageUnknownError` for a reference nobody mapped.
   */
  resolve(image: string, progress: (message: string) => void, signal?: AbortSignal): Promise<ResolvedImage>
}

/** No mapping for this reference. The message names the commands that help. */
export class ImageUnknownError extends Error {
  readonly image: string
  constructor(image: string, message: string) {
    super(message)
    this.name = 'ImageUnknownError'
    this.image = image
  }
}

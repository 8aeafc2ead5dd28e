/** Image references, and what a reference to a Flink image asks for. */

export interface Reference {
  /** `docker.io`, `ghcr.io`, `registry:5000`; Docker Hub's own if none is written */
  host: string
  /** `library/flink`, `apache/flink`, `my-team/orders` */
  path: string
  tag?: string
  digest?: string
}

/** https://github.com/distribution/reference: the first part is a host if it has a dot or a colon, or is `localhost`. */
export const parseReference = (text: string): Reference | undefined => {
  const match = /^(?<name>[^@\s]+?)(?::(?<tag>[\w][\w.-]{0,127}))?(?:@(?<digest>\w+:[0-9a-fA-F]{32,}))?$/.exec(
    text.trim(),
  )
  const { name, tag, digest } = match?.groups ?? {}
  if (!name) return undefined
  const [first = '', ...rest] = name.split('/')
  const hasHost = rest.length > 0 && (/[.:]/.test(first) || first === 'localhost')
  const path = hasHost ? rest.join('/') : name
  if (!path || /[^\w./-]/.test(path) || path.includes('//')) return undefined
  const host = hasHost ? (first === 'index.docker.io' ? 'docker.io' : first) : 'docker.io'
  const full = host === 'docker.io' && !path.includes('/') ? `library/${path}` : path
  return { host, path: full, ...(tag ? { tag } : {}), ...(digest ? { digest } : {}) }
}

/** One spelling for every way to write a reference; without digest, which a home cannot check. */
export const canonical = ({ host, path, tag }: Reference): string => `${host}/${path}${tag ? `:${tag}` : ''}`

export interface FlinkTag {
  /** `1.20`, `1.20.5`; absent for `latest` */
  version?: string
  /** the Java that the tag names */
  java?: number
}

/**
 * What a tag of a Flink image says, undefined if the image is no Flink image or the tag no Flink tag: the words are those of the official
 * images (https://hub.docker.com/_/flink), since a tag that nobody published must not run whatever Flink is at hand.
 */
export const flinkTag = (reference: Reference): FlinkTag | undefined => {
  const { host, path, tag, digest } = reference
  const name = path.slice(path.lastIndexOf('/') + 1)
  const isFlink =
    name === 'flink' || (host === 'ghcr.io' && /^flink(?:[-_.]|$)/.test(name) && !name.includes('operator'))
  if (!isFlink) return undefined
  // A digest alone says nothing about the version; beside a tag, the tag does.
  if (!tag) return digest ? undefined : {}
  const match =
    /^(?:(?<version>\d+\.\d+(?:\.\d+)?)|latest)?(?<rest>(?:(?:^|-)(?:scala_2\.\d+|java\d+|debian|ubuntu|alpine))*)$/.exec(
      tag,
    )
  if (!match?.groups) return undefined
  const { version, rest = '' } = match.groups
  const java = /java(\d+)/.exec(rest)?.[1]
  return { ...(version ? { version } : {}), ...(java ? { java: Number(java) } : {}) }
}

/** Small images whose programs the machine has anyway. */
const utilities: Readonly<Record<string, readonly string[]>> = {
  busybox: ['sh'],
  alpine: ['/bin/sh'],
  bash: ['bash'],
  debian: ['bash'],
  ubuntu: ['bash'],
  curl: ['curl'],
  'alpine-curl': ['curl'],
}

/** The default command of a utility image, undefined for every other image. */
export const utilityCommand = ({ path }: Reference): readonly string[] | undefined =>
  utilities[path.slice(path.lastIndexOf('/') + 1)]

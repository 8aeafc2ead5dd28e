/** A Flink home as an image: its folders at `/opt/flink`, the entry script understood, the user's files laid over it. */
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { FlinkHome } from '../distribution/record.ts'
import type { ResolvedImage } from '../image.ts'
import type { Java } from '../java.ts'
import { adjustFlinkConfig } from '../launch/adjust-config.ts'
import { launchFlink } from '../launch/index.ts'
import type { Role } from '../launch/jvm-options.ts'
import { ENTRY_SCRIPT } from './entry-script.ts'
import type { ImageMapping } from './mappings.ts'

export interface FlinkImage {
  image: string
  home: FlinkHome
  java: Java
  plainJvm?: boolean | undefined
  mapping?: ImageMapping | undefined
  archive(role: Role): string | undefined
  /** what a user must know about the choice of version and Java */
  notes?: readonly string[] | undefined
  progress?: ((message: string) => void) | undefined
}

const FLINK = '/opt/flink'

export const flinkImage = ({
  image,
  home,
  java,
  plainJvm,
  mapping,
  archive,
  notes,
  progress,
}: FlinkImage): ResolvedImage => ({
  image,
  imageId: `flink:${home.version}@sha256:${digest([home, java.version, mapping ?? null])}`,
  layers: [...layersOf(home), ...(mapping?.overlays ?? [])],
  env: {
    FLINK_HOME: FLINK,
    JAVA_HOME: java.home,
    PATH: `${FLINK}/bin:${java.home}/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin`,
    LC_ALL: 'C.UTF-8',
    ...mapping?.env,
  },
  entrypoint: ['/docker-entrypoint.sh'],
  command: ['help'],
  workingDir: FLINK,
  launch: launchFlink({ home, java, plainJvm, archive, notes, progress: progress && ((at) => progress(at.message)) }),
  adjustFile: adjustFlinkConfig({ plainJvm }),
})

/**
 * Each folder of the home on its own, so that `/opt/flink` itself belongs to the container: Flink writes logs and fetched
 * artifacts there, and pods mount `usrlib`. For the same reason each plug-in on its own: the entry script adds some.
 */
const layersOf = (home: FlinkHome): { source: string; target: string }[] => {
  const script = join(home.dir, '.drey', 'docker-entrypoint.sh')
  // An empty folder first: a /opt/flink of the machine itself is no part of the image.
  const nothing = join(home.dir, '.drey', 'empty')
  mkdirSync(nothing, { recursive: true })
  if (!existsSync(script)) writeFileSync(script, ENTRY_SCRIPT, { mode: 0o755 })
  const children = readdirSync(home.dir).filter((name) => !['log', 'plugins', 'drey-home.json'].includes(name))
  const plugins = readdirSync(join(home.dir, 'plugins')).map((name) => join('plugins', name))
  return [
    { source: nothing, target: FLINK },
    ...[...children, ...plugins].map((path) => ({ source: join(home.dir, path), target: join(FLINK, path) })),
    { source: script, target: '/docker-entrypoint.sh' },
  ]
}

const digest = (parts: readonly unknown[]): string => createHash('sha256').update(JSON.stringify(parts)).digest('hex')

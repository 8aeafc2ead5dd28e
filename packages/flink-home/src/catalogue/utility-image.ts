/** Images like busybox or curl: the container's root is this machine, its programs are the machine's. */
import { createHash } from 'node:crypto'
import type { ResolvedImage } from '../image.ts'
import type { ImageMapping } from './mappings.ts'

export const utilityImage = (image: string, command: readonly string[], mapping?: ImageMapping): ResolvedImage => ({
  image,
  imageId: `drey/host-shell@sha256:${createHash('sha256')
    .update(JSON.stringify([command, mapping ?? null]))
    .digest('hex')}`,
  layers: mapping?.overlays ?? [],
  env: { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', ...mapping?.env },
  entrypoint: [],
  command,
  workingDir: '/',
  // Entry scripts of such images put their program before arguments that begin with a dash: `curl -s …`.
  launch: ({ argv, env }) => (argv[0]?.startsWith('-') ? { argv: [...command, ...argv], env } : undefined),
})

/** `drey image build|map|list|unmap`: what the user's own image names mean on this machine. */
import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { command, exit, Problem, type Context } from '../command.ts'
import { homePaths } from '../home/paths.ts'

const fileOf = (context: Context): string => homePaths(context.flags, context.env).images

export const imageBuild = command({
  name: 'image build',
  group: 'Home',
  summary: 'Make an image name from a Dockerfile of FROM, COPY and ENV; nothing of it is run.',
  effect: 'change',
  args: [{ name: 'context', summary: 'the folder COPY takes files from', optional: true }],
  flags: {
    tag: { type: 'text', short: 't', value: 'IMAGE', summary: 'the name, as pods write it' },
    filename: { type: 'text', short: 'f', value: 'FILE', summary: 'the Dockerfile (default: the one of the folder)' },
    buildArg: { type: 'list', value: 'K=V', summary: 'a value for an ARG' },
  },
  examples: ['drey image build -t my.registry/orders:7 .'],
  async run(context) {
    const { buildImage, listMappings, mapImage } = await import('@drey/flink-home')
    const image = context.flags['tag']
    if (typeof image !== 'string')
      throw new Problem('USAGE', 'Which name? -t is missing.', {
        fix: 'drey image build -t my.registry/orders:7 .',
        exitCode: exit.usage,
      })
    const folder = resolve(context.cwd, String(context.args['context'] ?? '.'))
    const given = context.flags['filename']
    const file = typeof given === 'string' ? resolve(context.cwd, given) : join(folder, 'Dockerfile')
    if (!existsSync(file))
      throw new Problem('FILE_UNREADABLE', `There is no ${file}.`, {
        fix: 'drey image build -t NAME -f FILE FOLDER, or without one: drey image map NAME --flink 1.20 --overlay ./target',
        exitCode: exit.usage,
      })
    const text = readFileSync(file, 'utf8')
    const maps = fileOf(context)
    // A folder of its own for each build: pods of the one before still use theirs.
    const stamp = createHash('sha256').update(`${image} ${Date.now()}`).digest('hex').slice(0, 12)
    const { mapping, notes } = buildImage({
      image,
      dockerfile: { name: basename(file), text },
      context: folder,
      into: join(dirname(maps), 'images', stamp),
      mappings: listMappings(maps),
      args: pairsOf(context, 'buildArg', '--build-arg'),
    })
    mapImage(maps, mapping)
    for (const note of notes) context.stderr(`! ${note}\n`)
    context.stdout(`✓ ${image} built on ${mapping.flink ? `Flink ${mapping.flink}` : 'this machine'}\n`)
    return exit.ok
  },
})

/** Flags of the form NAME=VALUE. */
const pairsOf = (context: Context, name: string, typed: string): Record<string, string> =>
  Object.fromEntries(
    ((context.flags[name] as string[] | undefined) ?? []).map((pair) => {
      const at = pair.indexOf('=')
      if (at < 1)
        throw new Problem('USAGE', `${typed} ${pair} is not NAME=VALUE.`, {
          fix: `${typed} LEVEL=debug`,
          exitCode: exit.usage,
        })
      return [pair.slice(0, at), pair.slice(at + 1)]
    }),
  )

export const imageMap = command({
  name: 'image map',
  group: 'Home',
  summary: 'Say what an image name means: a Flink version with your files laid over it.',
  effect: 'change',
  args: [{ name: 'image', summary: 'as pods write it' }],
  flags: {
    flink: { type: 'text', value: 'VERSION', summary: 'the Flink version it is built on' },
    overlay: { type: 'list', value: 'DIR', summary: 'files laid over /opt/flink, or DIR:TARGET' },
    env: { type: 'list', short: 'e', value: 'K=V', summary: 'a variable of the image' },
    java: { type: 'text', value: 'VERSION', summary: 'the Java version to run it with' },
  },
  examples: ['drey image map my.registry/orders:7 --flink 1.20 --overlay ./target'],
  async run(context) {
    const { mapImage } = await import('@drey/flink-home')
    const overlays = ((context.flags['overlay'] as string[] | undefined) ?? []).map((text) => {
      const [source = '', target] = text.split(/:(?=\/)/)
      return { source: resolve(context.cwd, source), target: target ?? '/opt/flink' }
    })
    for (const { source } of overlays)
      if (!existsSync(source)) context.stderr(`! ${source} is not there yet; pods of this image wait for it\n`)
    const { flink } = context.flags
    if (typeof flink === 'string' && !/^\d+\.\d+(\.\d+)?$/.test(flink))
      throw new Problem('USAGE', `--flink ${flink} is no Flink version.`, {
        fix: '--flink 1.20 or --flink 1.20.5',
        exitCode: exit.usage,
      })
    mapImage(fileOf(context), {
      image: String(context.args['image']),
      ...(typeof flink === 'string' ? { flink } : {}),
      ...(typeof context.flags['java'] === 'string' ? { java: Number(context.flags['java']) } : {}),
      overlays,
      env: pairsOf(context, 'env', '--env'),
    })
    context.stdout(`✓ ${String(context.args['image'])} mapped\n`)
    return exit.ok
  },
})

export const imageList = command({
  name: 'image list',
  group: 'Home',
  summary: 'The image names mapped in this home.',
  effect: 'read',
  async run(context) {
    const { listMappings } = await import('@drey/flink-home')
    for (const mapping of listMappings(fileOf(context)))
      context.stdout(
        `${mapping.image.padEnd(40)} ${mapping.flink ? `Flink ${mapping.flink}` : 'this machine'}${mapping.overlays.map((o) => ` + ${o.source}`).join('')}\n`,
      )
    context.stderr(
      'Built in: flink:VERSION (with any host, -scala_2.12, -java17 …), busybox, alpine, bash, curlimages/curl\n',
    )
    return exit.ok
  },
})

export const imageUnmap = command({
  name: 'image unmap',
  group: 'Home',
  summary: 'Forget an image name.',
  effect: 'change',
  args: [{ name: 'image', summary: 'as it was mapped' }],
  async run(context) {
    const { unmapImage } = await import('@drey/flink-home')
    if (!unmapImage(fileOf(context), String(context.args['image'])))
      throw new Problem('NOT_FOUND', `${String(context.args['image'])} is not mapped.`, {
        fix: 'drey image list',
        exitCode: exit.notFound,
      })
    context.stdout(`✓ ${String(context.args['image'])} unmapped\n`)
    return exit.ok
  },
})

/** `drey image map|list|unmap`: what the user's own image names mean on this machine. */
import { resolve } from 'node:path'
import { command, exit, Problem, type Context } from '../command.ts'
import { homePaths } from '../home/paths.ts'

const fileOf = (context: Context): string => homePaths(context.flags, context.env).images

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
    const env = Object.fromEntries(
      ((context.flags['env'] as string[] | undefined) ?? []).map((pair) => {
        const at = pair.indexOf('=')
        if (at < 1)
          throw new Problem('USAGE', `--env ${pair} is not NAME=VALUE.`, {
            fix: '--env LEVEL=debug',
            exitCode: exit.usage,
          })
        return [pair.slice(0, at), pair.slice(at + 1)]
      }),
    )
    mapImage(fileOf(context), {
      image: String(context.args['image']),
      ...(typeof context.flags['flink'] === 'string' ? { flink: context.flags['flink'] } : {}),
      ...(typeof context.flags['java'] === 'string' ? { java: Number(context.flags['java']) } : {}),
      overlays,
      env,
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

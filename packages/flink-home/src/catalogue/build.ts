/**
 * An image from a Dockerfile, without running any of it: the base says which Flink, `COPY` lays files over it, `ENV` sets
 * variables. What would have to run (`RUN`, other stages) is refused with the way round.
 */
import { cpSync, existsSync, globSync, mkdirSync, rmSync, statSync } from 'node:fs'
import { basename, dirname, join, posix, relative, resolve } from 'node:path'
import { FlinkHomeError } from '../errors.ts'
import { envOf, lastStage, type Instruction } from './dockerfile.ts'
import { findMapping, type ImageMapping } from './mappings.ts'
import { flinkTag, parseReference, utilityCommand } from './reference.ts'

export interface BuildImage {
  /** the name it gets */
  image: string
  /** the Dockerfile's text, and how it is called in errors */
  dockerfile: { name: string; text: string }
  /** where `COPY` takes files from */
  context: string
  /** an empty folder of its own, for the copies */
  into: string
  /** names that are mapped already: an image may be built on one of them */
  mappings: readonly ImageMapping[]
  args?: Readonly<Record<string, string>>
}

/** The mapping of the new image, and what of the Dockerfile means nothing here. Nothing stays behind when it fails. */
export const buildImage = (build: BuildImage): { mapping: ImageMapping; notes: readonly string[] } => {
  const { dockerfile, into } = build
  const refuse = (line: number, message: string, fix: string): never => {
    throw new FlinkHomeError('COMMAND_REFUSED', `${dockerfile.name}:${line}: ${message}`, fix)
  }
  try {
    return built(build, refuse)
  } catch (error) {
    rmSync(into, { recursive: true, force: true })
    throw error
  }
}

type Refuse = (line: number, message: string, fix: string) => never

const built = ({ image, dockerfile, context, into, mappings, args }: BuildImage, refuse: Refuse) => {
  const stage = lastStage(dockerfile.text, args)
  const base =
    baseOf(stage.from, mappings) ??
    refuse(
      stage.line,
      `nothing is known of the base image ${stage.from}.`,
      'FROM flink:1.20, or map it first: drey image map',
    )
  const env: Record<string, string> = { ...base.env }
  const targets = new Set<string>()
  const notes: string[] = []
  let at = base.flink === undefined ? '/' : '/opt/flink'
  for (const instruction of stage.instructions) {
    const { name, words, line } = instruction
    switch (name) {
      case 'COPY':
      case 'ADD':
        targets.add(copy({ instruction, context, into, at, refuse }))
        break
      case 'ENV':
        for (const pair of envOf(instruction)) env[pair.name] = pair.value
        break
      case 'WORKDIR':
        at = posix.resolve(at, words[0] ?? '')
        break
      case 'RUN':
        if (/^mkdir (-p )?[\w./ -]+$/.test(instruction.text))
          for (const dir of words.slice(1).filter((word) => !word.startsWith('-'))) {
            const target = posix.resolve(at, dir)
            mkdirSync(join(into, target), { recursive: true })
            targets.add(target)
          }
        else if (/^(chown|chmod) /.test(instruction.text))
          notes.push(`${dockerfile.name}:${line}: files keep their owner and rights`)
        else
          refuse(
            line,
            `RUN ${shortened(instruction.text)} cannot be run here.`,
            'Run it on this machine first, then take its result: COPY target/job.jar /opt/flink/usrlib/',
          )
        break
      case 'ENTRYPOINT':
      case 'CMD':
        notes.push(`${dockerfile.name}:${line}: ${name} is not used, pods say what they run`)
        break
      case 'ARG':
      case 'EXPOSE':
      case 'HEALTHCHECK':
      case 'LABEL':
      case 'MAINTAINER':
      case 'SHELL':
      case 'STOPSIGNAL':
      case 'USER':
      case 'VOLUME':
        break
      default:
        refuse(line, `${name} is no instruction.`, 'COPY, ADD, ENV, ARG and WORKDIR are understood.')
    }
  }
  const overlays = [...targets]
    .toSorted()
    .filter((target, _, all) => !all.some((above) => above !== target && target.startsWith(`${above}/`)))
    .map((target) => ({ source: join(into, target), target }))
  return {
    mapping: {
      image,
      ...(base.flink === undefined ? {} : { flink: base.flink }),
      ...(base.java === undefined ? {} : { java: base.java }),
      overlays: [...base.overlays, ...overlays],
      env,
    },
    notes,
  }
}

const baseOf = (from: string, mappings: readonly ImageMapping[]): Omit<ImageMapping, 'image'> | undefined => {
  const mapped = findMapping(mappings, from)
  if (mapped) return mapped
  const reference = parseReference(from)
  const tag = reference && flinkTag(reference)
  if (tag) return { ...(tag.java ? { java: tag.java } : {}), flink: tag.version ?? 'latest', overlays: [], env: {} }
  return reference && utilityCommand(reference) ? { overlays: [], env: {} } : undefined
}

/** Copies into the folder of the image; answers the directory of the image that is laid over. */
const copy = ({
  instruction,
  context,
  into,
  at,
  refuse,
}: {
  instruction: Instruction
  context: string
  into: string
  /** the working directory */
  at: string
  refuse: Refuse
}): string => {
  const { name, words, options, line } = instruction
  const sources = words.slice(0, -1)
  const to = words.at(-1)
  if (options['from'])
    refuse(
      line,
      `COPY --from=${options['from']} takes files of a stage that is not run here.`,
      'Build them on this machine, then: COPY target/job.jar /opt/flink/usrlib/',
    )
  if (to === undefined || sources.length === 0)
    return refuse(line, `${name} needs a source and a target.`, 'COPY target/job.jar /opt/flink/usrlib/')
  const found = sources.flatMap((source) => {
    if (/^\w+:\/\//.test(source))
      refuse(line, `${name} ${source} is not fetched here.`, 'Download it first, then COPY it.')
    if (name === 'ADD' && /\.(tar(\.\w+)?|tgz)$/.test(source))
      refuse(line, `ADD does not unpack ${source} here.`, 'Unpack it first, then COPY the folder.')
    // As Docker does: nothing lies above the context.
    const inside = source.replace(/^\/+/, '') || '.'
    const matches = /[*?[]/.test(inside)
      ? globSync(inside, { cwd: context })
      : existsSync(join(context, inside))
        ? [inside]
        : []
    if (matches.length === 0)
      refuse(
        line,
        `${name} ${source}: there is nothing of that name in ${context}.`,
        'Build it first, or correct the path; it is taken from the folder given to the build.',
      )
    return matches.map((match) => {
      const path = resolve(context, match)
      if (relative(resolve(context), path).startsWith('..'))
        refuse(line, `${name} ${source} lies outside of ${context}.`, 'Copy it there first.')
      return path
    })
  })
  const isDirectory =
    to.endsWith('/') || to === '.' || found.length > 1 || found.some((path) => statSync(path).isDirectory())
  const target = posix.resolve(at, to)
  mkdirSync(join(into, isDirectory ? target : posix.dirname(target)), { recursive: true })
  for (const path of found)
    cpSync(
      path,
      statSync(path).isDirectory() || !isDirectory ? join(into, target) : join(into, target, basename(path)),
      { recursive: true, dereference: true },
    )
  return isDirectory ? target : dirname(target)
}

const shortened = (text: string): string => (text.length > 60 ? `${text.slice(0, 57)}…` : text)

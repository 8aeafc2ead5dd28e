/** The user's own image names: a JSON file of the Drey home, written by `drey image map`. */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { FlinkHomeError } from '../errors.ts'
import { canonical, parseReference } from './reference.ts'

export interface ImageMapping {
  /** the name as pods write it; without a tag it stands for all tags */
  image: string
  /** Flink version the image is built on, or `latest`; absent: a small image that runs programs of this machine */
  flink?: string
  java?: number
  /** folders whose files are laid over the image; `target` is `/opt/flink` unless said */
  overlays: readonly { source: string; target: string }[]
  env: Readonly<Record<string, string>>
}

/** Every mapping, by name. A missing file is an empty map. */
export const listMappings = (file: string): ImageMapping[] => {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
  const { images } = JSON.parse(text) as { images: ImageMapping[] }
  return images.toSorted((a, b) => (a.image < b.image ? -1 : 1))
}

/** Adds a mapping or replaces the one of that name. */
export const mapImage = (file: string, mapping: ImageMapping): void => {
  const name = nameOf(mapping.image)
  if (!name)
    throw new FlinkHomeError(
      'COMMAND_REFUSED',
      `"${mapping.image}" is no image name.`,
      'Write it as pods do, like my.registry/orders:7.',
    )
  write(file, [...listMappings(file).filter((other) => nameOf(other.image) !== name), mapping])
}

/** Removes a mapping; false if there was none. */
export const unmapImage = (file: string, image: string): boolean => {
  const before = listMappings(file)
  const after = before.filter((other) => nameOf(other.image) !== nameOf(image))
  if (after.length < before.length) write(file, after)
  return after.length < before.length
}

/** The mapping of a reference: its exact name first, then its name without tag. */
export const findMapping = (mappings: readonly ImageMapping[], image: string): ImageMapping | undefined => {
  const reference = parseReference(image)
  if (!reference) return undefined
  const names = [canonical(reference), `${reference.host}/${reference.path}`]
  for (const name of names) {
    const found = mappings.find((mapping) => nameOf(mapping.image) === name)
    if (found) return found
  }
  return undefined
}

const nameOf = (image: string): string | undefined => {
  const reference = parseReference(image)
  return reference && canonical(reference)
}

const write = (file: string, images: readonly ImageMapping[]): void => {
  mkdirSync(dirname(file), { recursive: true })
  const draft = `${file}.${process.pid}`
  writeFileSync(draft, `${JSON.stringify({ images }, null, 2)}\n`)
  renameSync(draft, file)
}

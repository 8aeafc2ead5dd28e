/** Puts a jar together from classes of other jars, byte for byte the same each time. */
import { buffer } from 'node:stream/consumers'
import { open as openFile } from 'node:fs/promises'
import { openPromise } from 'yauzl'
import { zipEntry, zipOf } from './zip.ts'
import type { ZipEntry } from './zip.ts'

export interface JarPart {
  jar: string
  /** which entries to take */
  wants(name: string): boolean
}

export interface Jar {
  to: string
  mainClass: string
  parts: readonly JarPart[]
}

export const buildJar = async ({ to, mainClass, parts }: Jar): Promise<void> => {
  const found = new Map<string, ZipEntry>()
  for (const part of parts)
    for (const entry of await entriesOf(part)) if (!found.has(entry.name)) found.set(entry.name, entry)
  const classes = [...found.values()].sort((a, b) => (a.name < b.name ? -1 : 1))
  const manifest = zipEntry(
    'META-INF/MANIFEST.MF',
    manifestText({ 'Manifest-Version': '1.0', 'program-class': mainClass }),
  )
  const file = await openFile(to, 'w', 0o644)
  try {
    await file.writeFile(zipOf([manifest, ...classes]))
  } finally {
    await file.close()
  }
}

const entriesOf = async ({ jar, wants }: JarPart): Promise<ZipEntry[]> => {
  const archive = await openPromise(jar, { autoClose: false, lazyEntries: true })
  const entries: ZipEntry[] = []
  try {
    for await (const entry of archive.eachEntry()) {
      if (entry.fileName.endsWith('/') || !wants(entry.fileName)) continue
      const stream = await archive.openReadStreamPromise(entry, { decodeFileData: false })
      entries.push({
        name: entry.fileName,
        method: entry.compressionMethod === 0 ? 0 : 8,
        crc32: entry.crc32,
        size: entry.uncompressedSize,
        data: await buffer(stream),
      })
    }
  } finally {
    archive.close()
  }
  return entries
}

/** A manifest folds its lines after 72 bytes. https://docs.oracle.com/en/java/javase/17/docs/specs/jar/jar.html */
export const manifestText = (fields: Readonly<Record<string, string>>): string =>
  Object.entries(fields)
    .map(([key, value]) => {
      const line = `${key}: ${value}`
      const rest = line.slice(70).match(/.{1,69}/g) ?? []
      return [line.slice(0, 70), ...rest.map((part) => ` ${part}`)].join('\r\n')
    })
    .join('\r\n') + '\r\n\r\n'

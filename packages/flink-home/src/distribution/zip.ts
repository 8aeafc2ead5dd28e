/**
 * Writes a zip file whose bytes depend on its entries alone (fixed times, given order), so that a jar that is put
 * together twice is the same jar. Entries arrive compressed as they lay in another archive, or plain.
 * APPNOTE.TXT 6.3.10, sections 4.3.7, 4.3.12 and 4.3.16; no zip64: jars of examples are small.
 */
import { crc32, deflateRawSync } from 'node:zlib'

export interface ZipEntry {
  name: string
  /** 0 stored, 8 deflated */
  method: 0 | 8
  crc32: number
  size: number
  /** as stored in the archive */
  data: Uint8Array
}

/** An entry from plain bytes. */
export const zipEntry = (name: string, content: Uint8Array | string): ZipEntry => {
  const plain = typeof content === 'string' ? Buffer.from(content, 'utf8') : content
  return { name, method: 8, crc32: crc32(plain), size: plain.length, data: deflateRawSync(plain, { level: 9 }) }
}

/** The whole archive, entries in the given order. */
export const zipOf = (entries: readonly ZipEntry[]): Buffer => {
  const parts: Uint8Array[] = []
  const directory: Buffer[] = []
  let offset = 0
  for (const entry of entries) {
    const name = Buffer.from(entry.name, 'utf8')
    const local = Buffer.concat([numbers([[4, 0x04034b50]]), common(entry, name.length), name])
    parts.push(local, entry.data)
    const attributes = [2, 2, 2, 4].map((width): [number, number] => [width, 0])
    directory.push(
      Buffer.concat([
        numbers([
          [4, 0x02014b50],
          [2, 20],
        ]),
        common(entry, name.length),
        numbers([...attributes, [4, offset]]),
        name,
      ]),
    )
    offset += local.length + entry.data.length
  }
  const central = Buffer.concat(directory)
  const count = entries.length
  const end = numbers([
    [4, 0x06054b50],
    [2, 0],
    [2, 0],
    [2, count],
    [2, count],
    [4, central.length],
    [4, offset],
    [2, 0],
  ])
  return Buffer.concat([...parts, central, end])
}

/** Flag bit 11: names are UTF-8. 0x0021 is the first day a zip can name, 1980-01-01. */
const common = (entry: ZipEntry, nameLength: number): Buffer =>
  numbers([
    [2, 20],
    [2, 0x0800],
    [2, entry.method],
    [2, 0],
    [2, 0x0021],
    [4, entry.crc32],
    [4, entry.data.length],
    [4, entry.size],
    [2, nameLength],
    [2, 0],
  ])

/** Little-endian numbers of 2 or 4 bytes, one after another. */
const numbers = (fields: readonly (readonly [number, number])[]): Buffer => {
  const buffer = Buffer.alloc(fields.reduce((sum, [width]) => sum + width, 0))
  let at = 0
  for (const [width, value] of fields)
    at = width === 2 ? buffer.writeUInt16LE(value, at) : buffer.writeUInt32LE(value >>> 0, at)
  return buffer
}

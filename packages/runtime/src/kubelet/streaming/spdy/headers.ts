/** Header blocks: name/value pairs, compressed with one zlib context per direction for the life of a session. */
import { constants, createDeflate, createInflate, type Deflate, type Inflate } from 'node:zlib'
import { dictionary } from './dictionary.ts'

export type Headers = Readonly<Record<string, string>>

/** Many times what Kubernetes sends; a block that inflates beyond it is an attack. */
const maxBlock = 1 << 20

export const headerCodec = () => {
  const inflate = createInflate({ dictionary, flush: constants.Z_SYNC_FLUSH })
  const deflate = createDeflate({ dictionary, flush: constants.Z_SYNC_FLUSH })
  return {
    /** Blocks must be given in the order of the wire, one after the other. */
    decode: async (block: Buffer): Promise<Headers> => unpack(await through(inflate, block)),
    encode: (headers: Headers): Promise<Buffer> => through(deflate, pack(headers)),
    close() {
      inflate.destroy()
      deflate.destroy()
    },
  }
}

const through = (zip: Inflate | Deflate, input: Buffer): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let size = 0
    const take = (chunk: Buffer) => {
      size += chunk.length
      if (size > maxBlock) finish(new Error('header block too large'))
      else chunks.push(chunk)
    }
    const finish = (error?: Error | null) => {
      zip.off('data', take)
      zip.off('error', finish)
      if (error) reject(error)
      else resolve(Buffer.concat(chunks))
    }
    zip.on('data', take)
    zip.once('error', finish)
    zip.write(input, (error) => finish(error))
  })

const pack = (headers: Headers): Buffer => {
  const pairs = Object.entries(headers)
  const texts = pairs.flatMap(([name, value]) => [Buffer.from(name.toLowerCase()), Buffer.from(value)])
  const block = Buffer.alloc(4 + texts.reduce((sum, text) => sum + 4 + text.length, 0))
  let at = block.writeUInt32BE(pairs.length)
  for (const text of texts) {
    at = block.writeUInt32BE(text.length, at)
    at += text.copy(block, at)
  }
  return block
}

const unpack = (block: Buffer): Headers => {
  const headers: Record<string, string> = Object.create(null)
  let at = 4
  const text = () => {
    const length = block.readUInt32BE(at)
    if (at + 4 + length > block.length) throw new Error('header block ends early')
    at += 4 + length
    return block.toString('utf8', at - length, at)
  }
  for (let left = block.readUInt32BE(0); left > 0; left--) headers[text().toLowerCase()] = text()
  return headers
}

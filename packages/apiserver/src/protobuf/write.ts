/** Writes the protobuf wire format, one field at a time: what wire.ts reads. A message is its fields, one after the other. */

export const textField = (number: number, value: string): Buffer => bytesField(number, Buffer.from(value, 'utf8'))

export const messageField = (number: number, fields: readonly Buffer[]): Buffer =>
  bytesField(number, Buffer.concat(fields))

export const booleanField = (number: number, value: boolean): Buffer => integerField(number, value ? 1 : 0)

/** for whole numbers from 0 on */
export const integerField = (number: number, value: number): Buffer =>
  Buffer.concat([varint(BigInt(number << 3)), varint(BigInt(value))])

export const doubleField = (number: number, value: number): Buffer => {
  const eight = Buffer.alloc(8)
  eight.writeDoubleLE(value)
  return Buffer.concat([varint(BigInt((number << 3) | 1)), eight])
}

const bytesField = (number: number, bytes: Buffer): Buffer =>
  Buffer.concat([varint(BigInt((number << 3) | 2)), varint(BigInt(bytes.length)), bytes])

const varint = (value: bigint): Buffer => {
  const bytes: number[] = []
  let rest = value
  for (; rest > 0x7fn; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80)
  return Buffer.from([...bytes, Number(rest)])
}

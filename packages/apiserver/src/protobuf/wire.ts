/** Reads the protobuf wire format: varints, fixed-size numbers and length-delimited bytes. Nothing about Kubernetes here. */

/** One field as it is on the wire. Varints are kept as BigInt: sizes and ids may exceed 2^53. */
export type WireField =
  | { number: number; kind: 'varint'; value: bigint }
  | { number: number; kind: 'bytes'; value: Buffer }
  | { number: number; kind: 'fixed64'; value: Buffer }
  | { number: number; kind: 'fixed32'; value: Buffer }

/** The fields of one message in the order sent. Throws a RangeError when the bytes end early or use a retired wire type. */
export const readFields = (bytes: Buffer): WireField[] => {
  const fields: WireField[] = []
  let at = 0
  const take = (length: number): Buffer => {
    if (length < 0 || at + length > bytes.length) throw new RangeError('unexpected EOF')
    at += length
    return bytes.subarray(at - length, at)
  }
  const varint = (): bigint => {
    let result = 0n
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = take(1)[0]!
      result |= BigInt(byte & 0x7f) << shift
      if (byte < 0x80) return result
    }
    throw new RangeError('integer overflow')
  }
  while (at < bytes.length) {
    const tag = varint()
    const number = Number(tag >> 3n)
    switch (Number(tag & 7n)) {
      case 0:
        fields.push({ number, kind: 'varint', value: varint() })
        break
      case 1:
        fields.push({ number, kind: 'fixed64', value: take(8) })
        break
      case 2:
        fields.push({ number, kind: 'bytes', value: take(Number(varint())) })
        break
      case 5:
        fields.push({ number, kind: 'fixed32', value: take(4) })
        break
      default:
        throw new RangeError(`wrong wireType = ${tag & 7n} for field ${number}`)
    }
  }
  return fields
}

/** A varint as a signed 64-bit number; exact up to 2^53. */
export const signed = (value: bigint): number => Number(BigInt.asIntN(64, value))

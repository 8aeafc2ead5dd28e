/** Decodes Kubernetes messages into the JSON values that the same object would have, guided by the table of built-in types. */
import { builtinType, type BuiltinField, type FieldType } from '../builtin/types.ts'
import { readFields, signed, type WireField } from './wire.ts'

type Json = Record<string, unknown>

/** The JSON form of a message of the named type. Unknown fields are skipped, as protobuf demands. */
export const decodeMessage = (typeName: string, bytes: Buffer): unknown => {
  const shape = shapeOf(typeName)
  if (shape.wrapped) return decodeInto([], shape.wrapped, readFields(bytes))
  const object: Json = {}
  readInto(object, shape.fields, bytes)
  return object
}

/** Fields by wire number; an embedded message (its fields are flattened in JSON) is a nested table. */
type Shape = { fields: FieldTable; wrapped?: FieldType }
type FieldTable = Map<number, BuiltinField | FieldTable>
const shapes = new Map<string, Shape>()

const shapeOf = (typeName: string): Shape => {
  const known = shapes.get(typeName)
  if (known) return known
  const type = builtinType(typeName)
  if (!type) throw new RangeError(`no such type: ${typeName}`)
  const fields: FieldTable = new Map()
  for (const field of type.fields) {
    let table = fields
    for (const number of field.numbers.slice(0, -1)) {
      const next = table.get(number)
      const nested: FieldTable = next instanceof Map ? next : new Map()
      table.set(number, nested)
      table = nested
    }
    const last = field.numbers.at(-1)
    if (last !== undefined) table.set(last, field)
  }
  const shape: Shape = { fields, ...(type.is ? { wrapped: type.is } : {}) }
  shapes.set(typeName, shape)
  return shape
}

const readInto = (object: Json, table: FieldTable, bytes: Buffer): void => {
  for (const wire of readFields(bytes)) {
    const field = table.get(wire.number)
    if (field instanceof Map) {
      if (wire.kind === 'bytes') readInto(object, field, wire.value)
    } else if (field) {
      const value = valueOf(field.type, wire, object[field.name])
      // Go writes every plain string and number of a message, also zeros; JSON leaves the optional ones out
      if (field.zeroMatters ? value !== undefined : !isZero(field.type, value)) object[field.name] = value
    }
  }
}

const isZero = (type: FieldType, value: unknown): boolean =>
  value === undefined ||
  ('scalar' in type && (value === '' || value === 0 || value === false) && type.scalar !== 'intstr')

/** Types like `Verbs` are messages with one repeated field 1, but plain lists in JSON. */
const decodeInto = (start: unknown[], type: FieldType, wires: WireField[]): unknown =>
  wires.filter((wire) => wire.number === 1).reduce<unknown>((list, wire) => valueOf(type, wire, list), start)

const valueOf = (type: FieldType, wire: WireField, before: unknown): unknown => {
  if ('list' in type) {
    const list = Array.isArray(before) ? before : []
    if (wire.kind === 'bytes' && isNumeric(type.list)) {
      for (const packed of packedVarints(wire.value))
        list.push(scalarOf((type.list as { scalar: string }).scalar, packed))
      return list
    }
    list.push(valueOf(type.list, wire, undefined))
    return list
  }
  if ('map' in type) {
    const map = (before as Json | undefined) ?? {}
    if (wire.kind !== 'bytes') return map
    let key = ''
    let value: unknown = 'scalar' in type.map && type.map.scalar === 'string' ? '' : undefined
    for (const part of readFields(wire.value)) {
      if (part.number === 1 && part.kind === 'bytes') key = part.value.toString('utf8')
      if (part.number === 2) value = valueOf(type.map, part, undefined)
    }
    if (value === undefined) value = 'scalar' in type.map && type.map.scalar === 'bytes' ? '' : {}
    Object.defineProperty(map, key, { value, enumerable: true, configurable: true, writable: true })
    return map
  }
  if ('ref' in type) return wire.kind === 'bytes' ? decodeMessage(type.ref, wire.value) : undefined
  return scalarOf(type.scalar, wire)
}

const isNumeric = (type: FieldType): boolean => 'scalar' in type && ['int32', 'int64', 'bool'].includes(type.scalar)

const packedVarints = (bytes: Buffer): WireField[] => {
  const found: WireField[] = []
  let at = 0
  while (at < bytes.length) {
    let value = 0n
    for (let shift = 0n; at < bytes.length; shift += 7n) {
      const byte = bytes[at++]!
      value |= BigInt(byte & 0x7f) << shift
      if (byte < 0x80) break
    }
    found.push({ number: 0, kind: 'varint', value })
  }
  return found
}

const scalarOf = (scalar: string, wire: WireField): unknown => {
  switch (scalar) {
    case 'int32':
    case 'int64':
      return wire.kind === 'varint' ? signed(wire.value) : undefined
    case 'bool':
      return wire.kind === 'varint' ? wire.value !== 0n : undefined
    case 'double':
      return wire.kind === 'fixed64' ? wire.value.readDoubleLE(0) : undefined
  }
  if (wire.kind !== 'bytes') return undefined
  const bytes = wire.value
  switch (scalar) {
    case 'string':
      return bytes.toString('utf8')
    case 'bytes':
      return bytes.toString('base64')
    case 'time':
    case 'microtime':
      return timeOf(bytes, scalar === 'microtime')
    case 'quantity':
      return textField(bytes, 1) ?? '0'
    case 'intstr': {
      const fields = readFields(bytes)
      const isString = fields.some((f) => f.number === 1 && f.kind === 'varint' && f.value === 1n)
      if (isString) return textField(bytes, 3) ?? ''
      const int = fields.find((f) => f.number === 2)
      return int?.kind === 'varint' ? signed(int.value) : 0
    }
    case 'raw':
    case 'json': {
      const raw = readFields(bytes).find((f) => f.number === 1)
      return raw?.kind === 'bytes' && raw.value.length ? (JSON.parse(raw.value.toString('utf8')) as unknown) : undefined
    }
    case 'schemaorbool': {
      const fields = readFields(bytes)
      const schema = fields.find((f) => f.number === 2)
      if (schema?.kind === 'bytes') return decodeMessage(schemaProps, schema.value)
      const allows = fields.find((f) => f.number === 1)
      return allows?.kind === 'varint' && allows.value !== 0n
    }
    case 'schemaorarray':
    case 'schemaorstrings': {
      const fields = readFields(bytes)
      const schema = fields.find((f) => f.number === 1)
      if (schema?.kind === 'bytes') return decodeMessage(schemaProps, schema.value)
      return fields
        .filter((f) => f.number === 2 && f.kind === 'bytes')
        .map((f) =>
          scalar === 'schemaorarray'
            ? decodeMessage(schemaProps, f.value as Buffer)
            : (f.value as Buffer).toString('utf8'),
        )
    }
  }
  return undefined
}

const schemaProps = 'apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaProps'

const textField = (bytes: Buffer, number: number): string | undefined => {
  const found = readFields(bytes).find((f) => f.number === number)
  return found?.kind === 'bytes' ? found.value.toString('utf8') : undefined
}

/** `{seconds, nanos}`; an empty message is the zero time, which JSON writes as null (here: left out). */
const timeOf = (bytes: Buffer, micro: boolean): string | undefined => {
  let seconds = 0n
  let nanos = 0
  for (const field of readFields(bytes)) {
    if (field.number === 1 && field.kind === 'varint') seconds = BigInt.asIntN(64, field.value)
    if (field.number === 2 && field.kind === 'varint') nanos = signed(field.value)
  }
  // Go's zero time is year 1
  if (!bytes.length || seconds <= -62135596800n) return undefined
  const base = new Date(Number(seconds) * 1000).toISOString().slice(0, 19)
  return micro ? `${base}.${String(Math.floor(nanos / 1000)).padStart(6, '0')}Z` : `${base}Z`
}

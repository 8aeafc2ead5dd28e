/**
 * The envelope around Kubernetes protobuf bodies: four magic bytes, then `runtime.Unknown` with the type and the raw message.
 * Source of the layout: kubernetes/apimachinery pkg/runtime/serializer/protobuf, pkg/runtime/generated.proto.
 */
import { builtinTypeNameOf } from '../builtin/types.ts'
import { decodeMessage } from './decode.ts'
import { readFields, type WireField } from './wire.ts'

const magic = Buffer.from([0x6b, 0x38, 0x73, 0x00])
const metaTypes = new Set(['DeleteOptions', 'CreateOptions', 'UpdateOptions', 'PatchOptions', 'ListOptions', 'Status'])

export const isProtobuf = (bytes: Buffer): boolean => bytes.length >= 4 && bytes.compare(magic, 0, 4, 0, 4) === 0

/** The object inside, as JSON with `apiVersion` and `kind`. Throws a RangeError for kinds that have no protobuf form here. */
export const decodeEnvelope = (bytes: Buffer): Record<string, unknown> => {
  const unknown = readFields(bytes.subarray(4))
  const typeMeta = bytesOf(unknown, 1)
  const raw = bytesOf(unknown, 2) ?? Buffer.alloc(0)
  const contentType = bytesOf(unknown, 4)?.toString('utf8')
  const apiVersion = (typeMeta && bytesOf(readFields(typeMeta), 1)?.toString('utf8')) || 'v1'
  const kind = (typeMeta && bytesOf(readFields(typeMeta), 2)?.toString('utf8')) || ''
  if (contentType === 'application/json') return JSON.parse(raw.toString('utf8')) as Record<string, unknown>
  // options travel under the group version of the resource they go with
  const typeName =
    builtinTypeNameOf(apiVersion, kind) ?? (metaTypes.has(kind) ? `apimachinery.pkg.apis.meta.v1.${kind}` : undefined)
  if (!typeName) throw new RangeError(`no kind "${kind}" is registered for version "${apiVersion}"`)
  return { apiVersion, kind, ...(decodeMessage(typeName, raw) as Record<string, unknown>) }
}

const bytesOf = (fields: WireField[], number: number): Buffer | undefined => {
  const found = fields.find((field) => field.number === number)
  return found?.kind === 'bytes' ? found.value : undefined
}

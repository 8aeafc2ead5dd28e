/** JSON Patch (RFC 6902), guarded: bounded, strict about array indexes, never through prototypes. */
import jsonPatch from 'fast-json-patch'
import { ApiError, badRequest } from '../errors.ts'

const refused = () => new ApiError(422, 'Invalid', 'the server rejected our request due to an error in our request', {})
const operations = new Set(['add', 'remove', 'replace', 'move', 'copy', 'test'])

/** At most so many operations in one patch, as kube-apiserver. */
const mostOperations = 10_000

/** The patched value; the input stays as it is. Throws the API server's 400, 413 or 422. */
export const applyJsonPatch = <T>(target: T, patch: unknown): T => {
  if (!Array.isArray(patch))
    throw badRequest('error decoding patch: json: cannot unmarshal object into Go value of type jsonpatch.Patch')
  if (patch.length > mostOperations)
    throw new ApiError(
      413,
      'RequestEntityTooLarge',
      `The allowed maximum operations in a JSON patch is ${mostOperations}, got ${patch.length}`,
    )
  for (const one of patch as { op?: unknown; path?: unknown; from?: unknown }[]) {
    if (typeof one !== 'object' || one === null || !operations.has(String(one.op))) throw refused()
    for (const pointer of [one.path, one.from]) if (typeof pointer === 'string' && !isPointer(pointer)) throw refused()
  }
  try {
    return jsonPatch.applyPatch(structuredClone(target), structuredClone(patch), true, true, true).newDocument as T
  } catch {
    throw refused()
  }
}

/** RFC 6901, without `01` as an array index (which the library would take). */
const isPointer = (text: string): boolean =>
  text === '' || (text.startsWith('/') && !/\/0\d+(\/|$)/.test(text) && !/~(?![01])/.test(text))

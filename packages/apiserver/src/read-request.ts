/** A request's body, read and decoded: what the machinery gets, and what a strict client must hear about the text. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Status } from '@drey/reconcile'
import type { ApiServer } from './api-server.ts'
import { duplicateFields, type Duplicate } from './duplicates.ts'
import { BodyError, decodeBody } from './negotiate.ts'
import { statusBody } from './respond.ts'
import type { ApiRequest, UserInfo } from './types.ts'

/** bytes; as kube-apiserver */
const bodyLimit = 3 << 20

export const readRequest = async (
  request: IncomingMessage,
  method: string,
  path: string,
  query: URLSearchParams,
  user: UserInfo,
  response: ServerResponse,
): Promise<{ apiRequest: ApiRequest; text: string; duplicates: readonly Duplicate[] }> => {
  const contentType = (request.headers['content-type'] ?? '').split(';')[0]!.trim().toLowerCase()
  const bytes = method === 'GET' || method === 'HEAD' ? undefined : await readBody(request)
  const signal = query.has('watch') ? abortOnClose(response) : undefined
  const body = bytes && decodeBody(bytes, contentType)
  const apiRequest: ApiRequest = {
    method: method === 'HEAD' ? 'GET' : method,
    path,
    query,
    ...(body === undefined ? {} : { body }),
    // a protobuf or YAML body is JSON from here on; what it was matters for patches only
    ...(contentType ? { contentType: method === 'PATCH' ? contentType : 'application/json' } : {}),
    user,
    ...(request.headers['user-agent'] ? { userAgent: request.headers['user-agent'] } : {}),
    ...(signal ? { signal } : {}),
  }
  const lenient = query.get('fieldValidation') === 'Ignore' || method === 'DELETE'
  const duplicates = bytes && body !== undefined && !lenient ? duplicateFields(bytes, contentType) : []
  return { apiRequest, duplicates, text: duplicates.length ? String(bytes) : '' }
}

/** All strict problems in one refusal, in order of appearance: the machinery is asked, without committing, which unknown fields it would warn of. */
export const strictError = async (
  server: ApiServer,
  request: ApiRequest,
  text: string,
  duplicates: readonly Duplicate[],
): Promise<Status> => {
  const query = new URLSearchParams(request.query)
  query.set('fieldValidation', 'Warn')
  query.set('dryRun', 'All')
  const tried = await server.handle({ ...request, query })
  const unknown = ('warnings' in tried && tried.warnings ? tried.warnings : []).flatMap((complaint) => {
    const field = /^unknown field "(?:.*[.\]])?(.*)"$/.exec(complaint)?.[1]
    return field === undefined ? [] : [{ complaint, at: text.indexOf(JSON.stringify(field)) }]
  })
  const complaints = [...duplicates, ...unknown].sort((a, b) => a.at - b.at).map(({ complaint }) => complaint)
  const { apiVersion = '', kind = '' } = (request.body ?? {}) as { apiVersion?: string; kind?: string }
  const version = apiVersion.slice(apiVersion.indexOf('/') + 1)
  return statusBody(
    400,
    'BadRequest',
    `${kind} in version "${version}" cannot be handled as a ${kind}: strict decoding error: ${complaints.join(', ')}`,
  )
}

const abortOnClose = (response: ServerResponse): AbortSignal => {
  const controller = new AbortController()
  response.on('close', () => controller.abort())
  return controller.signal
}

/** By events: an iterator over the request costs more than the rest of reading a small body. */
const readBody = (request: IncomingMessage): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    const tooLarge = (): void => reject(new BodyError(413, `Request entity too large: limit is ${bodyLimit}`))
    if (Number(request.headers['content-length'] ?? 0) > bodyLimit) {
      request.resume()
      return tooLarge()
    }
    const chunks: Buffer[] = []
    let size = 0
    request.on('data', (chunk: Buffer) => {
      size += chunk.length
      if (size <= bodyLimit) chunks.push(chunk)
    })
    request.on('end', () => {
      if (size > bodyLimit) tooLarge()
      else resolve(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks))
    })
    // a client that leaves in the middle
    request.on('error', reject)
    request.on('close', () => request.complete || reject(new BodyError(400, 'unexpected EOF')))
  })

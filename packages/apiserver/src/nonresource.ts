/** Paths that are no resources: health, version, discovery, OpenAPI, and the keys of ServiceAccount tokens. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { ApiServer, ResourceInfo } from './api-server.ts'
import { aggregatedType, discoveryOf, type Discovery } from './discovery.ts'
import { parseAccept, wantedOf } from './negotiate.ts'
import { openApiOf, type OpenApi } from './openapi.ts'
import { protobufTypes } from './openapi/version2-protobuf.ts'
import { sendReply, sendStatus, sendText, statusBody } from './respond.ts'
import { reviewResources } from './reviews.ts'
import type { ServiceAccountTokens } from './tokens.ts'
import { kubernetesVersion } from './version.ts'

export type PathAnswers = (request: IncomingMessage, response: ServerResponse, path: string) => Promise<void> | void

export const answerPath = (server: ApiServer, tokens: ServiceAccountTokens | undefined): PathAnswers => {
  let discovery: Discovery | undefined
  let openApi: OpenApi | undefined
  let shown: readonly ResourceInfo[] | undefined
  // built anew when the resources changed, and only when somebody asks
  const current = (): { discovery: Discovery; openApi: OpenApi } => {
    const resources = server.resources()
    if (shown !== resources || !discovery || !openApi) {
      shown = resources
      const all = withReviews(resources)
      discovery = discoveryOf(all)
      openApi = openApiOf(all)
    }
    return { discovery, openApi }
  }

  return async (request, response, rawPath) => {
    const path = rawPath.length > 1 && rawPath.endsWith('/') ? rawPath.slice(0, -1) : rawPath
    const json = (body: Record<string, unknown> | undefined): void =>
      body ? void sendReply(response, { status: 200, body }) : sendText(response, 404, '404 page not found\n')
    const parts = path.split('/').filter(Boolean)
    switch (parts[0]) {
      case 'healthz':
      case 'livez':
      case 'readyz':
        return health(request, response, parts[0])
      case 'version':
        return json({ ...kubernetesVersion })
      case undefined:
        return json({
          paths: ['/api', '/apis', '/healthz', '/livez', '/openapi/v2', '/openapi/v3', '/readyz', '/version'],
        })
      case 'api':
        if (parts.length === 1)
          return wantsAggregated(request)
            ? aggregated(request, response, current().discovery, 'api')
            : json(current().discovery.versions)
        return json(current().discovery.resources('', parts[1]!))
      case 'apis':
        if (parts.length === 1)
          return wantsAggregated(request)
            ? aggregated(request, response, current().discovery, 'apis')
            : json(current().discovery.groups)
        if (parts.length === 2) return json(current().discovery.group(parts[1]!))
        return json(current().discovery.resources(parts[1]!, parts[2]!))
      case 'openapi':
        return openApiAnswer(request, response, parts.slice(1), current().openApi)
      case '.well-known':
        if (tokens && parts[1] === 'openid-configuration')
          return json({
            issuer: tokens.issuer,
            jwks_uri: `${tokens.issuer}/openid/v1/jwks`,
            response_types_supported: ['id_token'],
            subject_types_supported: ['public'],
            id_token_signing_alg_values_supported: ['ES256'],
          })
        return json(undefined)
      case 'openid':
        return json(tokens && parts[2] === 'jwks' ? await tokens.keys() : undefined)
      default:
        return json(undefined)
    }
  }
}

/** Reviews are served by this side; the machinery's own table may know them too. */
const withReviews = (resources: readonly ResourceInfo[]): ResourceInfo[] => [
  ...resources,
  ...reviewResources.filter(
    (review) => !resources.some((r) => r.group === review.group && r.resource === review.resource),
  ),
]

const health = (request: IncomingMessage, response: ServerResponse, name: string): void => {
  const verbose = /[?&]verbose\b/.test(request.url ?? '')
  sendText(response, 200, verbose ? `[+]ping ok\n[+]store ok\n${name} check passed\n` : 'ok')
}

const wantsAggregated = (request: IncomingMessage): boolean =>
  parseAccept(request.headers.accept ?? '').some(
    ({ params }) =>
      params['g'] === 'apidiscovery.k8s.io' && params['v'] === 'v2' && params['as'] === 'APIGroupDiscoveryList',
  )

const aggregated = (
  request: IncomingMessage,
  response: ServerResponse,
  discovery: Discovery,
  root: 'api' | 'apis',
): void => {
  const { body, etag } = discovery.aggregated[root]
  sendCached(request, response, body, etag, aggregatedType)
}

/** With an ETag: clients that keep the document on disk ask whether it changed. */
const sendCached = (
  request: IncomingMessage,
  response: ServerResponse,
  body: string | Buffer,
  etag: string,
  type: string,
): void => {
  const headers = { etag, vary: 'Accept', 'cache-control': 'public' }
  if (request.headers['if-none-match'] === etag) {
    response.writeHead(304, headers)
    response.end()
    return
  }
  response.writeHead(200, { ...headers, 'content-type': type, 'content-length': Buffer.byteLength(body) })
  response.end(body)
}

const openApiAnswer = (
  request: IncomingMessage,
  response: ServerResponse,
  parts: readonly string[],
  openApi: OpenApi,
): void => {
  if (parts[0] === 'v2') {
    // client-go reads version 2 as protobuf only
    const asked = parseAccept(request.headers.accept ?? '').map(({ type }) => type)
    const isProtobuf = protobufTypes.some((type) => asked.includes(type))
    if (!isProtobuf && !wantedOf(request.headers.accept))
      return sendStatus(response, statusBody(406, 'NotAcceptable', 'OpenAPI v2 is served as JSON and protobuf', {}))
    const { body, etag } = openApi.version2(isProtobuf ? 'protobuf' : 'json')
    return sendCached(request, response, body, etag, isProtobuf ? protobufTypes[1] : 'application/json')
  }
  if (parts[0] !== 'v3') return sendText(response, 404, '404 page not found\n')
  if (parts.length === 1) return void sendReply(response, { status: 200, body: openApi.index() })
  const document = openApi.document(parts.slice(1).join('/'))
  if (!document) return sendText(response, 404, '404 page not found\n')
  sendCached(request, response, document.body, document.etag, 'application/json')
}

/** What both ordinary requests and upgrades need to know about a request, and what they are answered from. */
import type { IncomingMessage } from 'node:http'
import type { Guard } from './access.ts'
import type { ApiServer, RequestInfo, ResourceInfo } from './api-server.ts'
import { wantedOf, type Wanted } from './negotiate.ts'
import type { PathAnswers } from './nonresource.ts'
import type { PodStreams } from './pod-streams.ts'
import type { Proxy } from './proxy.ts'
import { statusBody } from './respond.ts'
import { isReview } from './reviews.ts'
import type { IncludeObject } from './table.ts'

export interface Context {
  server: ApiServer
  access: Guard
  answers: PathAnswers
  streams: PodStreams
  proxy: Proxy
  now: () => number
  log: (line: string) => void
}

/** What shape the client wants; `wanted` is absent when we have none of what it accepts. */
export const wishOf = (
  request: IncomingMessage,
  query: URLSearchParams,
  info?: RequestInfo,
): { wanted: Wanted | undefined; include: IncludeObject } => ({
  wanted: wantedOf(request.headers.accept, info !== undefined && isReview(info)),
  include: (query.get('includeObject') ?? 'Metadata') as IncludeObject,
})

export const notAcceptable = statusBody(
  406,
  'NotAcceptable',
  '406: Not Acceptable\n\nAvailable representations: application/json, application/yaml, application/json;stream=watch',
  {},
)

export const splitUrl = (url: string): { path: string; query: URLSearchParams } => {
  const mark = url.indexOf('?')
  return mark < 0
    ? { path: url, query: new URLSearchParams() }
    : { path: url.slice(0, mark), query: new URLSearchParams(url.slice(mark + 1)) }
}

/** The served resource a request speaks about, for Tables. A subresource has no columns of its own. */
export const resourceOf = (server: ApiServer, info: RequestInfo): ResourceInfo | undefined =>
  info.subresource && info.subresource !== 'status'
    ? undefined
    : server
        .resources()
        .find((r) => r.group === info.group && r.version === info.version && r.resource === info.resource)

/** The API server put together: which path means what, and the one function everything goes through. */
import type { KubeObject, Status } from '@drey/reconcile'
import { noAdmission, type Admission } from './admission.ts'
import type { ApiServer, ApiServerOptions, Extension, RequestInfo } from './api-server.ts'
import { startCollecting } from './collect.ts'
import { makeFirstNamespaces } from './collect/namespaces.ts'
import { serveDefinitions } from './definitions.ts'
import { ApiError, badRequest, methodNotAllowedHere, notFound, StorageError, unknownPath } from './errors.ts'
import { deepFreeze } from './json.ts'
import { createWebhooks } from './webhooks.ts'
import { inMemory } from './memory.ts'
import { deleteOptions, listOptions, writeOptions } from './options.ts'
import { patchObject } from './patching.ts'
import { parsePath } from './path.ts'
import { chooser, chosenFrom, getObject, listObjects } from './read.ts'
import { deleteObject, type Removal } from './remove.ts'
import { builtinKinds, createRegistry, type Kind } from './resources.ts'
import { createStore } from './store.ts'
import { bind, evict, finalize, scale } from './subresources.ts'
import type { ApiReply, ApiRequest, ObjectReply } from './types.ts'
import { openWatch } from './watch.ts'
import { createObject } from './create.ts'
import { hasStatus, type Machine, type Write, type Written } from './machine.ts'
import { replaceObject } from './update.ts'
import { asShown } from './versions.ts'

export type * from './api-server.ts'

export const createApiServer = (options: ApiServerOptions): ApiServer => {
  const { clock, random, persist } = options
  const registry = createRegistry(builtinKinds(options.serviceCidr ?? '10.96.0.0/16'))
  const store = createStore({
    now: () => clock.now(),
    ...(persist ? { persist } : {}),
    history: {
      ...(options.historySize ? { size: options.historySize } : {}),
      ...(options.historyMs ? { ms: options.historyMs } : {}),
    },
    ...(options.freeze ? { entering: deepFreeze } : {}),
  })
  const extensions: Extension[] = []
  const admission: Admission = options.callWebhook
    ? createWebhooks({ store, call: options.callWebhook, random })
    : noAdmission
  const machine: Machine = { store, now: () => clock.now(), random, admission }
  const stops = [serveDefinitions(machine, registry)]
  makeFirstNamespaces(machine, registry)
  const collecting =
    options.collect === false
      ? undefined
      : startCollecting(machine, registry, {
          caCertificate: options.caCertificate ?? '',
          eventTtlMs: options.eventTtlMs ?? 3_600_000,
          clock,
        })
  if (collecting) stops.push(collecting.stop)

  const handle = async (request: ApiRequest): Promise<ApiReply> => {
    try {
      const info = parsePath(request.method, request.path, request.query)
      if (!info) throw unknownPath()
      checkTimeout(request.query.get('timeout'))
      const extension = extensions.find((one) => one.matches(info))
      if (extension) return await extension.handle(request, info)
      return await answer(request, info)
    } catch (error) {
      return { status: statusOf(error).code, body: statusOf(error) }
    }
  }

  const answer = (request: ApiRequest, info: RequestInfo): ApiReply | Promise<ApiReply> => {
    const kind = registry.find(info.group, info.version, info.resource)
    if (!kind) throw unknownPath()
    if (kind.namespaced ? info.name !== undefined && info.namespace === undefined : info.namespace !== undefined)
      throw unknownPath()
    const warnings: string[] = kind.deprecationWarning ? [kind.deprecationWarning] : []
    if (info.subresource) return subresource(request, info, kind, warnings)
    if (!kind.verbs.includes(info.verb as never)) throw methodNotAllowedHere()
    const place = info.namespace === undefined ? {} : { namespace: info.namespace }
    switch (info.verb) {
      case 'get':
        return { status: 200, body: getObject(store, kind, info.namespace, info.name!) }
      case 'list':
        return { status: 200, body: listObjects(store, kind, info.namespace, request.query) }
      case 'watch':
        return openWatch(
          store,
          { ...(clock.after ? { after: clock.after } : {}), random },
          kind,
          info.namespace,
          watchQuery(request, info),
        )
      case 'delete':
        return removeOne({ kind, ...place, options: deleteOptions(request), user: request.user, warnings }, info.name!)
      case 'deletecollection':
        return removeMany({ kind, ...place, options: deleteOptions(request), user: request.user, warnings }, request)
    }
    const write: Write = {
      kind,
      ...place,
      ...(info.name === undefined ? {} : { name: info.name }),
      options: writeOptions(request, `${optionKinds[info.verb]}Options`),
      user: request.user,
      warnings,
    }
    if (kind.namespaced && info.namespace === undefined) throw methodNotAllowedHere()
    if (kind.onlyStored) warnings.push(kind.onlyStored)
    switch (info.verb) {
      case 'create':
        if (info.name !== undefined) throw methodNotAllowedHere()
        return replied(createObject(machine, write, request.body), warnings)
      case 'update':
        if (info.name === undefined) throw methodNotAllowedHere()
        return replied(replaceObject(machine, write, request.body), warnings)
      case 'patch':
        if (info.name === undefined) throw methodNotAllowedHere()
        return replied(patchObject(machine, write, request.body, request.contentType), warnings)
    }
    throw methodNotAllowedHere()
  }

  const subresource = (
    request: ApiRequest,
    info: RequestInfo,
    kind: Kind,
    warnings: string[],
  ): ApiReply | Promise<ApiReply> => {
    const part = kind.subresources.find((one) => one.name === info.subresource)
    if (!part || info.rest !== undefined) throw kind.origin === 'crd' ? notFound(kind, info.name ?? '') : unknownPath()
    if (!part.verbs.includes(info.verb)) throw methodNotAllowedHere()
    // an approval is a status that other rights guard
    const isStatus = part.name === 'approval' || (part.name === 'status' && hasStatus(kind))
    if (isStatus && info.verb === 'get')
      return { status: 200, body: getObject(store, kind, info.namespace, info.name!) }
    const write: Write = {
      kind,
      ...(info.namespace === undefined ? {} : { namespace: info.namespace }),
      name: info.name!,
      subresource: part.name === 'approval' ? 'status' : part.name,
      options: writeOptions(request, `${optionKinds[info.verb] ?? 'Get'}Options`),
      user: request.user,
      warnings,
    }
    if (part.name === 'scale' && kind.scale) return scale(machine, write, request)
    if (isStatus)
      return replied(
        info.verb === 'patch'
          ? patchObject(machine, write, request.body, request.contentType)
          : replaceObject(machine, write, request.body),
        warnings,
      )
    if (kind.bucket === 'pods' && part.name === 'binding') return bind(machine, write, request)
    if (kind.bucket === 'pods' && part.name === 'eviction') return evict(machine, write, request)
    if (kind.bucket === 'namespaces' && part.name === 'finalize') return finalize(machine, write, request)
    throw unknownPath()
  }

  const removeOne = async (removal: Removal, name: string): Promise<ObjectReply> =>
    withWarnings({ status: 200, body: await deleteObject(machine, removal, name) }, removal.warnings)

  const removeMany = async (removal: Removal, request: ApiRequest): Promise<ObjectReply> => {
    const { kind, namespace } = removal
    const selection = listOptions(request.query, false)
    const home = kind.namespaced ? namespace : undefined
    const chosen = chosenFrom(store, kind, home, chooser(kind, selection.labels, selection.fields))
    const items: KubeObject[] = []
    for (const object of chosen) {
      try {
        const own = object.metadata.namespace
        const reply = await deleteObject(
          machine,
          { ...removal, ...(own ? { namespace: own } : {}) },
          object.metadata.name,
        )
        items.push(reply.kind === 'Status' ? asShown(kind, object) : (reply as KubeObject))
      } catch (error) {
        if (!(error instanceof ApiError && error.status.code === 404)) throw error
      }
    }
    return withWarnings(
      {
        status: 200,
        body: {
          kind: kind.listKind,
          apiVersion: kind.apiVersion,
          metadata: { ...(kind.origin === 'crd' ? { continue: '' } : {}), resourceVersion: String(store.revision) },
          items,
        },
      },
      removal.warnings,
    )
  }

  const server: ApiServer = {
    handle,
    store,
    resources: () => registry.all(),
    onResourcesChanged: (listener) => registry.onChange(listener),
    extend: (extension) => void extensions.unshift(extension),
    transport: (user, userAgent) => inMemory(handle, user, userAgent),
    tick: () => (collecting ? collecting.sweep() : store.trim()),
    flushed: () => persist?.flushed() ?? Promise.resolve(),
    async close() {
      for (const stop of stops) stop()
      await persist?.close()
    },
  }
  return server
}

const checkTimeout = (text: string | null): void => {
  if (text && !/^(0|(\d+(\.\d+)?(ns|us|µs|ms|s|m|h))+)$/.test(text))
    throw badRequest(`invalid timeout specified in the request URL - time: invalid duration ${JSON.stringify(text)}`)
}

const optionKinds: Record<string, string> = { create: 'Create', update: 'Update', patch: 'Patch' }

const watchQuery = (request: ApiRequest, info: RequestInfo): URLSearchParams => {
  if (info.name === undefined) return request.query
  const query = new URLSearchParams(request.query)
  query.set('fieldSelector', `metadata.name=${info.name}`)
  return query
}

const withWarnings = (reply: ObjectReply, warnings: readonly string[]): ObjectReply =>
  warnings.length ? { ...reply, warnings } : reply

const replied = async (pending: Promise<Written>, warnings: readonly string[]): Promise<ObjectReply> => {
  const { object, created } = await pending
  return withWarnings({ status: created ? 201 : 200, body: object }, warnings)
}

const statusOf = (error: unknown): Status & { code: number } => {
  if (error instanceof ApiError) return error.status
  if (error instanceof StorageError)
    return new ApiError(error.full ? 507 : 500, error.full ? 'InsufficientStorage' : 'InternalError', error.message)
      .status
  const message = error instanceof Error ? error.message : String(error)
  return new ApiError(500, 'InternalError', `Internal error occurred: ${message}`, { causes: [{ message }] }).status
}

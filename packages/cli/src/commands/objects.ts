/** What commands about objects of a cluster share: an open target, the server's refusals as problems, and how objects are named. */
import { KubeError, type KubeObject, type Ref, type ResourceType } from '@drey/reconcile'
import { exit, Problem, type Context, type Flag } from '../command.ts'
import type { Kinds } from '../kinds.ts'
import { kindOf } from '../shown.ts'
import { openTarget, type Target } from '../target.ts'

export const namespaceFlag: Flag = { type: 'text', short: 'n', value: 'NAMESPACE', summary: 'the namespace' }
export const allNamespacesFlag: Flag = { type: 'boolean', short: 'A', summary: 'in all namespaces' }
export const selectorFlag: Flag = { type: 'text', short: 'l', value: 'LABELS', summary: 'label selector' }
export const filesFlag: Flag = {
  type: 'list',
  short: 'f',
  value: 'FILE',
  summary: 'file, folder or - (may be repeated)',
}

/** Runs with an open target and turns the API server's refusals into problems. */
export const withTarget = async (context: Context, run: (target: Target) => Promise<number>): Promise<number> => {
  const target = await openTarget(context)
  try {
    return await run(target)
  } catch (error) {
    throw asProblem(error, target)
  } finally {
    await target.close()
  }
}

const asProblem = (error: unknown, target: Target): unknown => {
  if (error instanceof KubeError) {
    const message = error.message
    if (error.code === 404)
      return new Problem('NOT_FOUND', message, {
        where: `${target.name}/${target.namespace}`,
        fix: 'in another namespace: drey get KIND -A',
        exitCode: exit.notFound,
      })
    if (error.code === 403 || error.code === 401)
      return new Problem('FORBIDDEN', message, {
        where: target.name,
        fix: 'ask for the right that is named',
        exitCode: exit.notAllowed,
      })
    return new Problem(
      error.reason ? error.reason.replaceAll(/(?<=[a-z])[A-Z]/g, '_$&').toUpperCase() : 'REFUSED',
      message,
      {
        where: target.name,
        ...(error.code === 409 && message.includes('conflict with')
          ? { fix: 'take the fields over, knowing who else writes them: --force-conflicts' }
          : {}),
      },
    )
  }
  const code =
    (error as { code?: string; cause?: { code?: string } })?.code ??
    (error as { cause?: { code?: string } })?.cause?.code
  if (code && ['ECONNREFUSED', 'ECONNRESET', 'ENOTFOUND', 'UND_ERR_CONNECT_TIMEOUT', 'UND_ERR_SOCKET'].includes(code))
    return new Problem('UNREACHABLE', `${target.name} does not answer.`, {
      cause: (error as Error).message,
      fix: 'drey status',
      exitCode: exit.unreachable,
    })
  return error
}

/** A manifest's object with its namespace, and what it is called in the cluster. */
export const namespaced = (object: KubeObject, kinds: Kinds, target: Target): { object: KubeObject; ref: Ref } => {
  const type = kinds.of(object.apiVersion, object.kind)
  const namespace = type.namespaced ? (object.metadata.namespace ?? target.namespace) : undefined
  return {
    object: namespace ? { ...object, metadata: { ...object.metadata, namespace } } : object,
    ref: { type, name: object.metadata.name, ...(namespace ? { namespace } : {}) },
  }
}

/** `flinkdeployment.flink.apache.org/orders` */
export const fullName = (ref: Ref): string => `${kindOf(ref.type)}/${ref.name}`

/** What `KIND NAME…`, `KIND/NAME…` or `KIND` alone means: kinds, and names of one of them each. */
export const wanted = (
  words: readonly string[],
  kinds: Kinds,
  fallback?: string,
): { type: ResourceType; names: readonly string[] }[] => {
  const [first = fallback, ...rest] = words
  if (first === undefined) return []
  if (words.some((word) => word.includes('/')))
    return words.map((word) => {
      const [kind = '', name = ''] = word.split('/')
      if (!name || !kind)
        throw new Problem('USAGE', `${word} is not KIND/NAME.`, {
          fix: 'KIND NAME, or KIND/NAME for each',
          exitCode: exit.usage,
        })
      return { type: kinds.named(kind), names: [name] }
    })
  return first.split(',').flatMap((word) => {
    const category = kinds.inCategory(word)
    return (category.length > 0 ? category : [kinds.named(word)]).map((type) => ({ type, names: rest }))
  })
}

/** Why a home does not start, as a problem: what storage, the file system and the network refuse gets a code and a way out. */
import { StorageError } from '@drey/apiserver'
import { KubeError } from '@drey/reconcile'
import { Problem, withoutFix } from '../command.ts'
import { notWritable } from './lock.ts'
import type { HomePaths } from './paths.ts'

export const asStartProblem = (error: unknown, paths: HomePaths): Problem => {
  if (error instanceof Problem) return error
  if (error instanceof StorageError)
    return error.full
      ? notWritable(paths, Object.assign(new Error(error.message), { code: 'ENOSPC' }))
      : new Problem(
          'OBJECTS_UNREADABLE',
          `The objects of the home ${paths.name} cannot be read; nothing was changed.`,
          {
            where: paths.store,
            cause: error.message,
            fix: ['move the file away to start empty', 'or another home beside it: drey up --name other'],
          },
        )
  // The API server's own word for a store that takes no writes.
  if (error instanceof KubeError && error.code === 507)
    return notWritable(paths, Object.assign(new Error(error.message), { code: 'ENOSPC' }))
  if (error instanceof KubeError) return asStartProblem(new Error(error.message), paths)
  const { code = 'START_FAILED', fix, path, message } = error as NodeJS.ErrnoException & { fix?: string }
  if (typeof fix === 'string') return new Problem(code, withoutFix(message, fix), { fix })
  if (
    ['ENOSPC', 'EDQUOT', 'EROFS'].includes(code) ||
    (['EACCES', 'EPERM', 'ENOTDIR', 'EISDIR', 'EEXIST'].includes(code) && path)
  )
    return notWritable(paths, error as NodeJS.ErrnoException)
  return new Problem(code, `The home ${paths.name} did not start.`, {
    where: paths.dir,
    cause: error instanceof Error ? error.message : String(error),
    fix: 'drey doctor',
  })
}

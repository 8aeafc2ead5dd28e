/** What `drey up` and `drey status` print about a home that runs. */
import { residentMb } from './memory.ts'
import { quoted, type HomePaths } from './paths.ts'
import type { HomeState } from './state.ts'

/** Memory and Flink versions are those of now: a home takes more of both while it runs. */
export const homeBlock = async (paths: HomePaths, state: HomeState): Promise<string> => {
  const flink = await flinkVersions(paths)
  const memoryMb = residentMb(state.process.pid)
  return [
    `✓ home ${paths.name.padEnd(12)}  API ${state.url ?? '?'} · ready in ${((state.readyMs ?? 0) / 1000).toFixed(1)} s${memoryMb ? ` · ${memoryMb} MB` : ''}`,
    `✓ isolation          ${state.isolation ?? '?'}`,
    `✓ Flink              ${flink.length > 0 ? flink.join(', ') : 'none yet: fetched on first use, or drey flink add 1.20'} · Java ${state.java ?? '?'}`,
    ...(state.operator === false ? ['! operator           not started (--no-operator)'] : []),
    ...(state.notices ?? []).map((notice) => `! ${notice}`),
    `  use it   export KUBECONFIG=${quoted(paths.kubeconfig)}      (or: eval "$(drey env${paths.words})")`,
    `  stop     drey down${paths.words}`,
    '',
  ].join('\n')
}

/** the Flink versions that are there now */
export const flinkVersions = async (paths: HomePaths): Promise<string[]> => {
  const { listFlink } = await import('@drey/flink-home')
  return listFlink(paths.flink).map(({ version }) => version)
}

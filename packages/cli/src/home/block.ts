/** What `drey up` and `drey status` print about a home that runs. */
import type { HomePaths } from './paths.ts'
import type { HomeState } from './state.ts'

export const homeBlock = (paths: HomePaths, state: HomeState, memoryMb?: number): string =>
  [
    `✓ home ${paths.name.padEnd(12)}  API ${state.url ?? '?'} · ready in ${((state.readyMs ?? 0) / 1000).toFixed(1)} s${memoryMb ? ` · ${memoryMb} MB` : ''}`,
    `✓ isolation          ${state.isolation ?? '?'}`,
    `✓ Flink              ${state.flink && state.flink.length > 0 ? state.flink.join(', ') : 'none yet: fetched on first use, or drey flink add 1.20'} · Java ${state.java ?? '?'}`,
    ...(state.operator === false ? ['! operator           not started (--no-operator)'] : []),
    ...(state.notices ?? []).map((notice) => `! ${notice}`),
    `  use it   export KUBECONFIG=${paths.kubeconfig}      (or: eval "$(drey env${paths.words})")`,
    `  stop     drey down${paths.words}`,
    '',
  ].join('\n')

/** Adds the home's cluster, user and context to the user's own kubeconfig, keeping everything else, comments included. */
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { parse, parseDocument, YAMLMap, YAMLSeq } from 'yaml'
import { Problem } from '../command.ts'
import type { HomePaths } from './paths.ts'

export const mergeKubeconfig = (paths: HomePaths, env: NodeJS.ProcessEnv): { file: string; name: string } => {
  const file = env['KUBECONFIG']?.split(':').find(Boolean) ?? join(env['HOME'] ?? homedir(), '.kube', 'config')
  const own = parse(readFileSync(paths.kubeconfig, 'utf8')) as Record<
    'clusters' | 'users' | 'contexts',
    { name: string }[]
  >
  const name = paths.name === 'default' ? 'drey' : `drey-${paths.name}`
  const document = existsSync(file)
    ? parseDocument(readFileSync(file, 'utf8'))
    : parseDocument('apiVersion: v1\nkind: Config\nclusters: []\nusers: []\ncontexts: []\n')
  if (document.errors.length > 0)
    throw new Problem('KUBECONFIG_UNREADABLE', `${file} is not readable YAML; it was left as it is.`, {
      cause: document.errors[0]?.message ?? '',
      fix: `repair it, or use: export KUBECONFIG=${paths.kubeconfig}`,
    })
  for (const list of ['clusters', 'users', 'contexts'] as const) {
    let items = document.get(list)
    if (!(items instanceof YAMLSeq)) document.set(list, (items = new YAMLSeq()))
    const seq = items as YAMLSeq
    seq.flow = false
    const entry = { ...own[list][0], name }
    if (list === 'contexts') Object.assign(entry, { context: { cluster: name, user: name } })
    const node = document.createNode(entry)
    const index = seq.items.findIndex((item) => item instanceof YAMLMap && item.get('name') === name)
    if (index >= 0) seq.set(index, node)
    else seq.add(node)
  }
  if (!document.get('current-context')) document.set('current-context', name)
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
  const partial = `${file}.drey-${process.pid}`
  writeFileSync(partial, document.toString({ lineWidth: 0 }), { mode: 0o600 })
  renameSync(partial, file)
  return { file, name }
}

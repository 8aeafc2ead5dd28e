/** `ENABLE_BUILT_IN_PLUGINS`: jars of `opt/` that get a folder in `plugins/` before Flink starts. */
import { basename } from 'node:path'
import { optionalJar, pluginMissing } from '../distribution/optional.ts'
import type { OnProgress } from '../distribution/progress.ts'
import type { FlinkHome } from '../distribution/record.ts'

export interface Plugin {
  /** folder in `plugins/` */
  name: string
  /** file in `opt/` */
  jar: string
}

/** The jars asked for, fetched if need be. Names are separated by `;` or blanks, as the entry script reads them. */
export const enabledPlugins = async (
  home: FlinkHome,
  asked: string | undefined,
  progress?: OnProgress,
): Promise<{ plugins: Plugin[]; notes: string[] }> => {
  const plugins: Plugin[] = []
  const notes: string[] = []
  for (const file of (asked ?? '').split(/[;\s]+/).filter(Boolean)) {
    const found = await optionalJar(home, file, progress ? { progress } : {})
    if (!found) throw pluginMissing(home, file)
    const jar = basename(found)
    if (jar !== file) notes.push(`Plug-in ${file} is ${jar} of this Flink ${home.version}.`)
    plugins.push({ name: file.replace(/\.jar$/, ''), jar })
  }
  return { plugins, notes }
}

/** Runs `argv` after linking the plug-ins in the container, where its `plugins/` may be written. */
export const withPlugins = (
  argv: readonly string[],
  plugins: readonly Plugin[],
  path: (container: string) => string,
): string[] => {
  if (plugins.length === 0) return [...argv]
  const links = plugins.map(({ name, jar }) => {
    const folder = quote(path(`/opt/flink/plugins/${name}`))
    return `mkdir -p ${folder} && ln -sf ${quote(path(`/opt/flink/opt/${jar}`))} ${folder}/`
  })
  return ['/bin/sh', '-c', `${links.join(' && ')} && exec "$@"`, 'sh', ...argv]
}

const quote = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`

/**
 * Reads a Python simple index (PEP 503 as HTML, PEP 691 as JSON) for the source archives of one project. Both name a
 * sha256 for each file. https://packaging.python.org/en/latest/specifications/simple-repository-api/
 */
import { FlinkHomeError } from '../errors.ts'
import type { Http } from './http.ts'

export interface SourceArchive {
  version: string
  file: string
  url: string
  sha256: string
}

const ACCEPT = 'application/vnd.pypi.simple.v1+json, application/vnd.pypi.simple.v1+html;q=0.2, text/html;q=0.1'

/** Every `.tar.gz` of a project that carries a checksum. */
export const sourceArchives = async (
  http: Http,
  index: string,
  project: string,
  signal?: AbortSignal,
): Promise<SourceArchive[]> => {
  const page = `${index}/${project}/`
  const answer = await http.text(page, ACCEPT, signal)
  if (!answer)
    throw new FlinkHomeError(
      'REGISTRY_UNREACHABLE',
      `The Python index ${new URL(index).host} has no project ${project}.`,
      'Set PIP_INDEX_URL to an index that mirrors pypi.org, or use `drey flink add VERSION --from DIR|TGZ`.',
    )
  const links = answer.type.includes('json') ? jsonLinks(answer.text) : htmlLinks(answer.text)
  return links.flatMap(({ file, href, sha256 }) => {
    const version = versionOf(file, project)
    return version && sha256 ? [{ version, file, url: new URL(href, page).href, sha256 }] : []
  })
}

interface Link {
  file: string
  href: string
  sha256: string | undefined
}

export const jsonLinks = (text: string): Link[] =>
  (
    JSON.parse(text) as { files: { filename: string; url: string; hashes: Record<string, string>; yanked?: unknown }[] }
  ).files
    .filter((file) => !file.yanked)
    .map((file) => ({ file: file.filename, href: file.url, sha256: file.hashes['sha256'] }))

export const htmlLinks = (text: string): Link[] =>
  [...text.matchAll(/<a\s([^>]*)>([\s\S]*?)<\/a>/gi)]
    .filter(([, attributes = '']) => !/\bdata-yanked\b/i.test(attributes))
    .map(([, attributes = '', label = '']) => {
      const href = (/\bhref\s*=\s*(?:"([^"]*)"|'([^']*)')/i.exec(attributes) ?? []).slice(1).join('')
      const [address = '', fragment = ''] = href.replaceAll('&amp;', '&').split('#')
      return { file: label.trim(), href: address, sha256: /(?:^|&)sha256=([0-9a-f]{64})/.exec(fragment)?.[1] }
    })

/** `apache-flink-libraries-1.19.3.tar.gz` and `apache_flink_libraries-1.20.5.tar.gz` are names of one project. */
const versionOf = (file: string, project: string): string | undefined => {
  const name = file.toLowerCase().replaceAll('_', '-')
  if (!name.startsWith(`${project}-`) || !name.endsWith('.tar.gz')) return undefined
  return name.slice(project.length + 1, -'.tar.gz'.length)
}

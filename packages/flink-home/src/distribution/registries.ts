/**
 * Which package registries this machine uses. A machine that is told to use a mirror for Python packages or for Maven
 * (companies, CI) is believed: the same files that pip and Maven read are read here.
 */
import { readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'

export interface Registries {
  /** root of a Python simple index, without slash at the end */
  pythonIndex: string
  /** root of a Maven 2 repository that mirrors Central, without slash at the end */
  maven: string
  /** files with extra certificates to trust */
  certificates: readonly string[]
}

export const registriesOf = (env: NodeJS.ProcessEnv = process.env, home: string = homedir()): Registries => {
  const pip = pipSettings(env, home)
  const index = env['DREY_PYTHON_INDEX'] ?? env['PIP_INDEX_URL'] ?? pip['index-url'] ?? 'https://pypi.org/simple'
  const maven = env['DREY_MAVEN'] ?? mavenMirror(readText(join(home, '.m2/settings.xml')), env)
  const certificates = [env['PIP_CERT'], pip['cert'], env['SSL_CERT_FILE'], env['NODE_EXTRA_CA_CERTS']]
  return {
    pythonIndex: withoutSlash(index),
    maven: withoutSlash(maven ?? 'https://repo1.maven.org/maven2'),
    certificates: [...new Set(certificates.filter((file): file is string => !!file))],
  }
}

/** pip's files from the weakest to the strongest; `[install]` beats `[global]`. */
const pipSettings = (env: NodeJS.ProcessEnv, home: string): Record<string, string> => {
  const config = env['XDG_CONFIG_HOME'] ?? join(home, '.config')
  const files = env['PIP_CONFIG_FILE']
    ? [env['PIP_CONFIG_FILE']]
    : ['/etc/pip.conf', join(home, '.pip/pip.conf'), join(config, 'pip/pip.conf')]
  return Object.assign({}, ...files.map((file) => iniSections(readText(file), ['global', 'install'])))
}

export const iniSections = (text: string, sections: readonly string[]): Record<string, string> => {
  const found: Record<string, Record<string, string>> = {}
  let section = ''
  for (const line of text.split('\n')) {
    const head = /^\s*\[([^\]]+)\]/.exec(line)
    const pair = /^\s*([\w-]+)\s*[=:]\s*(.*?)\s*$/.exec(line)
    if (head) section = head[1] ?? ''
    else if (pair && !/^\s*[#;]/.test(line))
      (found[section] ??= {})[(pair[1] ?? '').replaceAll('_', '-')] = pair[2] ?? ''
  }
  return Object.assign({}, ...sections.map((name) => found[name] ?? {}))
}

/** The first mirror of `settings.xml` that stands for Central. */
export const mavenMirror = (settings: string, env: NodeJS.ProcessEnv): string | undefined => {
  const text = settings.replaceAll(/<!--[\s\S]*?-->/g, '')
  for (const [, mirror = ''] of text.matchAll(/<mirror>([\s\S]*?)<\/mirror>/g)) {
    const field = (name: string): string =>
      new RegExp(`<${name}>\\s*([^<]*?)\\s*</${name}>`).exec(mirror)?.[1]?.replaceAll('&amp;', '&') ?? ''
    const of = field('mirrorOf')
      .split(',')
      .map((part) => part.trim())
    const standsForCentral = of.some((part) => part === '*' || part === 'central' || part === 'external:*')
    if (standsForCentral && !of.includes('!central') && field('url'))
      return field('url').replaceAll(/\$\{env\.(\w+)\}/g, (whole, name: string) => env[name] ?? whole)
  }
  return undefined
}

const withoutSlash = (url: string): string => url.replace(/\/+$/, '')

const readText = (file: string): string => {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}

// Installs what the project needs, once: run by `npm run demo` and `npm test` before they begin. Plain JavaScript without
// dependencies, since it runs before there are any, on any Node.js from 20 on.
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { join } from 'node:path'

const root = fileURLToPath(new URL('..', import.meta.url))
const mark = join(root, 'node_modules', '.drey-installed')
const wanted = createHash('sha256').update(readFileSync(join(root, 'package-lock.json'))).digest('hex')

if (process.platform !== 'linux') fail('NOT_LINUX', `Drey needs Linux; this is ${process.platform}.`, 'use a Linux machine or a virtual one (WSL 2 works)')
if (Number(process.versions.node.split('.')[0]) < 20) fail('NODE_TOO_OLD', `Drey needs Node.js 20 or newer; this is ${process.versions.node}.`, 'https://nodejs.org')

// Java first, before anything is downloaded: the same places and versions as `drey up`.
const javas = javaVersions()
if (!javas.some((version) => version >= 8 && version <= 25))
  fail(
    'JAVA_MISSING',
    `Flink needs Java 8 to 25, best 17; ${javas.length === 0 ? 'none was found' : `this machine has Java ${javas.join(', ')}`}.`,
    'Debian, Ubuntu: apt install openjdk-17-jre-headless · Fedora: dnf install java-17-openjdk-headless · others: https://adoptium.net · or set JAVA_HOME',
  )

if (!existsSync(mark) || readFileSync(mark, 'utf8') !== wanted) {
  console.error('drey: installing packages (once) …')
  execFileSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] })
  writeFileSync(mark, wanted)
}

function javaVersions() {
  const home = process.env.HOME ?? ''
  const folders = ['/usr/lib/jvm', '/usr/java', '/opt/java', '/opt', ...['.sdkman/candidates/java', '.asdf/installs/java', '.local/share/mise/installs/java', '.jabba/jdk', '.jdks'].map((dir) => join(home, dir))]
  const inFolders = folders.flatMap((folder) => (existsSync(folder) ? readdirSync(folder).map((name) => join(folder, name, 'bin', 'java')) : []))
  const found = new Set()
  for (const place of [process.env.JAVA_HOME && join(process.env.JAVA_HOME, 'bin', 'java'), 'java', ...inFolders].filter(Boolean)) {
    if (place !== 'java' && !existsSync(place)) continue
    const version = versionOf(place)
    if (version !== undefined) found.add(version)
    if (version >= 8 && version <= 25) break
  }
  return [...found]
}

function versionOf(place) {
  try {
    const text = execFileSync('sh', ['-c', '"$0" -version 2>&1', place], { encoding: 'utf8' })
    const [, first, second] = /version "(\d+)(?:\.(\d+))?/.exec(text) ?? []
    return first === undefined ? undefined : first === '1' ? Number(second) : Number(first)
  } catch {
    return undefined
  }
}

function fail(code, message, fix) {
  console.error(`error ${code}: ${message}\n  fix    ${fix}`)
  process.exit(1)
}

// Installs what the project needs, once: run by `npm run demo` and `npm test` before they begin. Plain JavaScript without
// dependencies, since it runs before there are any, on any Node.js from 20 on.
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { join } from 'node:path'

const root = fileURLToPath(new URL('..', import.meta.url))
const mark = join(root, 'node_modules', '.drey-installed')
const wanted = createHash('sha256').update(readFileSync(join(root, 'package-lock.json'))).digest('hex')

if (process.platform !== 'linux') fail(`Drey needs Linux; this is ${process.platform}.`, 'use a Linux machine or a virtual one (WSL 2 works)')
if (Number(process.versions.node.split('.')[0]) < 20) fail(`Drey needs Node.js 20 or newer; this is ${process.versions.node}.`, 'https://nodejs.org')

// Java first, before anything is downloaded.
const java = javaVersion()
if (java === undefined || java < 11)
  fail(
    `Flink needs Java 11, 17 or 21; ${java === undefined ? 'none was found' : `this machine has Java ${java}`}.`,
    'Debian and Ubuntu: apt install openjdk-17-jre-headless · Fedora: dnf install java-17-openjdk-headless · others: https://adoptium.net · or set JAVA_HOME',
  )

if (!existsSync(mark) || readFileSync(mark, 'utf8') !== wanted) {
  console.error('drey: installing packages (once) …')
  execFileSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] })
  writeFileSync(mark, wanted)
}

function javaVersion() {
  const places = [process.env.JAVA_HOME && join(process.env.JAVA_HOME, 'bin', 'java'), 'java', '/usr/lib/jvm/default-java/bin/java'].filter(Boolean)
  for (const place of places) {
    const found = versionOf(place)
    if (found !== undefined) return found
  }
  return undefined
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

function fail(message, fix) {
  console.error(`error SETUP: ${message}\n  fix    ${fix}`)
  process.exit(1)
}

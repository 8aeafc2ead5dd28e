/** Finds a Java that can run a Flink version: JAVA_HOME, the PATH, and where distributions and version managers put it. */
import { execFile } from 'node:child_process'
import { existsSync, readFileSync, readdirSync, realpathSync } from 'node:fs'
import { homedir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { FlinkHomeError } from './errors.ts'
import { atLeast, lineOf } from './distribution/version.ts'

export interface Java {
  /** the folder that holds `bin/java` */
  home: string
  /** 8, 11, 17 … */
  feature: number
  /** as the vendor writes it: `17.0.15` */
  version: string
}

export interface WantedJava {
  /** a Flink version: only Java versions that run it are taken */
  flink?: string | undefined
  /** the version that an image tag names; another one that works is better than none */
  feature?: number | undefined
  env?: NodeJS.ProcessEnv | undefined
  /** folders that hold Java homes; only tests change it */
  places?: readonly string[] | undefined
}

/** The best Java of this machine for the purpose. Throws JAVA_MISSING with one sentence that says what would do. */
export const findJava = async (wanted: WantedJava = {}): Promise<Java> => {
  const all = await listJava(wanted)
  const usable = all.filter((java) => !wanted.flink || runs(java.feature, wanted.flink))
  const best = usable.find((java) => java.feature === wanted.feature) ?? usable.sort(bySuitability)[0]
  if (best) return best
  const has =
    all.length > 0 ? `; this machine has Java ${[...new Set(all.map((java) => java.feature))].join(', ')}` : ''
  throw new FlinkHomeError(
    'JAVA_MISSING',
    `${wanted.flink ? `Flink ${wanted.flink}` : 'Flink'} needs Java ${range(wanted.flink)}${has}.`,
    'Install one (Debian, Ubuntu: `apt install openjdk-17-jre-headless`; Fedora: `dnf install java-17-openjdk-headless`; others: https://adoptium.net) or set JAVA_HOME.',
  )
}

/** Every Java of this machine, the ones a user pointed at first. */
export const listJava = async ({ env = process.env, places = usualPlaces(env) }: WantedJava = {}): Promise<Java[]> => {
  const homes = new Set<string>()
  for (const home of [...pointedAt(env), ...places.flatMap(homesIn)]) {
    const real = realHome(home)
    if (real) homes.add(real)
  }
  const found = await Promise.all([...homes].map(inspect))
  return found.filter((java) => java !== undefined)
}

/** Java 17 runs everything; then newer long-term releases, then 11 and 8. A user's own choice keeps its place among equals. */
const bySuitability = (a: Java, b: Java): number => rank(a) - rank(b)
const rank = ({ feature }: Java): number => (feature === 17 ? 0 : feature > 17 ? feature : 100 - feature)

/** Java versions that run a Flink line, tried or documented by Flink. */
export const javaRange = (flink: string): { min: number; max: number } => {
  if (atLeast(flink, '2.0')) return { min: 11, max: 25 }
  return { min: 8, max: atLeast(flink, '1.19') ? 25 : atLeast(flink, '1.18') ? 21 : 17 }
}

const runs = (feature: number, flink: string): boolean => {
  const { min, max } = javaRange(flink)
  return feature >= min && feature <= max
}

const range = (flink: string | undefined): string => {
  const { min, max } = javaRange(flink ? lineOf(flink) : '2.0')
  return `${min} to ${max}, best 17`
}

const pointedAt = (env: NodeJS.ProcessEnv): string[] => [
  ...(env['JAVA_HOME'] ? [env['JAVA_HOME']] : []),
  ...(env['PATH'] ?? '')
    .split(delimiter)
    .filter(Boolean)
    .map((folder) => dirname(folder))
    .filter((home) => existsSync(join(home, 'bin/java'))),
]

const usualPlaces = (env: NodeJS.ProcessEnv): string[] => {
  const home = env['HOME'] ?? homedir()
  return [
    '/usr/lib/jvm',
    '/usr/java',
    '/opt/java',
    '/opt',
    '/Library/Java/JavaVirtualMachines',
    join(home, '.sdkman/candidates/java'),
    join(home, '.asdf/installs/java'),
    join(home, '.local/share/mise/installs/java'),
    join(home, '.jabba/jdk'),
    join(home, '.jdks'),
  ]
}

const homesIn = (place: string): string[] => {
  try {
    const inside = readdirSync(place).map((name) => join(place, name))
    return inside.flatMap((folder) => [folder, join(folder, 'Contents/Home')])
  } catch {
    return []
  }
}

/** `/usr/bin/java` leads to a home through links; a home is where `lib/modules` or `lib/rt.jar` lies. */
const realHome = (home: string): string | undefined => {
  try {
    const real = dirname(dirname(realpathSync(join(home, 'bin/java'))))
    return real.endsWith('/jre') && existsSync(join(real, '../bin/java')) ? dirname(real) : real
  } catch {
    return undefined
  }
}

/** The `release` file says the version without starting a JVM; a home without one is asked. */
const inspect = async (home: string): Promise<Java | undefined> => {
  const version = releaseVersion(join(home, 'release')) ?? (await askVersion(join(home, 'bin/java')))
  const feature = version === undefined ? undefined : featureOf(version)
  return version === undefined || feature === undefined ? undefined : { home, feature, version }
}

const releaseVersion = (file: string): string | undefined => {
  try {
    return /^JAVA_VERSION="?([^"\n]+)"?/m.exec(readFileSync(file, 'utf8'))?.[1]
  } catch {
    return undefined
  }
}

const askVersion = (java: string): Promise<string | undefined> =>
  new Promise((resolve) => {
    execFile(java, ['-version'], { timeout: 10_000 }, (_error, stdout, stderr) =>
      resolve(/version "([^"]+)"/.exec(stderr + stdout)?.[1]),
    )
  })

/** `1.8.0_402` → 8, `17.0.15` → 17, `25` → 25 */
export const featureOf = (version: string): number | undefined => {
  const match = /^(?:1\.)?(\d+)/.exec(version)
  return match ? Number(match[1]) : undefined
}

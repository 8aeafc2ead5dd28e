/**
 * Builds the counting job for a Flink home. The compiler is Eclipse's, one jar of Maven Central that runs on any JRE: a
 * machine that runs Flink need not have a JDK. Built once for each source and Flink version, below `.cache/`.
 */
import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { defaultFlinkDir, findFlink, findJava, registriesOf } from '@drey/flink-home'
import { download } from '../../../packages/flink-home/src/distribution/download.ts'
import { httpClient } from '../../../packages/flink-home/src/distribution/http.ts'
import { manifestText } from '../../../packages/flink-home/src/distribution/jar.ts'
import { zipEntry, zipOf } from '../../../packages/flink-home/src/distribution/zip.ts'
import { dreyOnce, root } from '../home.ts'

const compiler = {
  path: 'org/eclipse/jdt/ecj/3.32.0/ecj-3.32.0.jar',
  sha256: '07e034c44a019c0c6394a06ee7b5c344e5518f6083c0fd046f2d8fd16a6760e2',
}
const source = fileURLToPath(new URL('Counter.java', import.meta.url))
const cache = join(root, '.cache', 'counter-job')

/** A folder that holds `counter.jar`, compiled against a Flink line like `1.20`, which is fetched if need be. */
export const counterJob = async (line: string): Promise<string> => {
  const flinkDir = process.env['DREY_FLINK_DIR'] ?? defaultFlinkDir()
  if (!findFlink(flinkDir, line)) dreyOnce(['flink', 'add', line])
  const home = findFlink(flinkDir, line)
  if (!home) throw new Error(`there is no Flink ${line}`)
  const text = readFileSync(source)
  const digest = createHash('sha256').update(text).digest('hex').slice(0, 12)
  const folder = join(cache, `${home.version}-${digest}`)
  if (existsSync(join(folder, 'counter.jar'))) return folder

  const ecj = await fetchCompiler()
  const java = await findJava({ flink: home.version })
  const work = mkdtempSync(join(tmpdir(), 'drey-counter-'))
  try {
    const lib = join(home.dir, 'lib')
    const classPath = readdirSync(lib)
      .filter((name) => /^flink-(dist|connector-files)-/.test(name))
      .map((name) => join(lib, name))
    const words = ['-jar', ecj, '-11', '-nowarn', '-cp', classPath.join(':'), '-d', join(work, 'classes'), source]
    await promisify(execFile)(join(java.home, 'bin', 'java'), words)
    const classes = readdirSync(join(work, 'classes')).toSorted()
    const jar = zipOf([
      zipEntry('META-INF/MANIFEST.MF', manifestText({ 'Manifest-Version': '1.0', 'Main-Class': 'Counter' })),
      ...classes.map((name) => zipEntry(name, readFileSync(join(work, 'classes', name)))),
    ])
    mkdirSync(folder, { recursive: true })
    // Two builds at a time write the same bytes; a name appears with all of them.
    writeFileSync(join(folder, `.${process.pid}.jar`), jar)
    renameSync(join(folder, `.${process.pid}.jar`), join(folder, 'counter.jar'))
    return folder
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
}

const fetchCompiler = async (): Promise<string> => {
  const to = join(cache, 'ecj.jar')
  const registries = registriesOf()
  const http = httpClient(registries)
  try {
    const url = `${registries.maven}/${compiler.path}`
    await download(http, { url, checksum: { algorithm: 'sha256', hex: compiler.sha256 }, to })
    return to
  } finally {
    await http.close()
  }
}

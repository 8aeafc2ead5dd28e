import { chmodSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { findJava } from '../src/index.ts'
import { featureOf } from '../src/java.ts'

/** A folder of Java homes that only say their version. */
const machine = (...versions: string[]): { places: string[]; env: NodeJS.ProcessEnv } => {
  const place = mkdtempSync(join(tmpdir(), 'drey-java-'))
  for (const version of versions) {
    const home = join(place, `java-${version}`)
    mkdirSync(join(home, 'bin'), { recursive: true })
    writeFileSync(join(home, 'release'), `IMPLEMENTOR="x"\nJAVA_VERSION="${version}"\n`)
    writeFileSync(join(home, 'bin/java'), `#!/bin/sh\necho 'openjdk version "${version}"' >&2\n`)
    chmodSync(join(home, 'bin/java'), 0o755)
  }
  return { places: [place], env: { PATH: '' } }
}

test('versions of all ages are read', () => {
  expect(['1.8.0_402', '11.0.2', '17.0.15', '25', '21-ea'].map(featureOf)).toEqual([8, 11, 17, 25, 21])
})

test('17 is best, and the one an image tag names is better', async () => {
  const at = machine('11.0.2', '17.0.15', '21.0.1')
  expect((await findJava({ ...at, flink: '1.20' })).feature).toBe(17)
  expect((await findJava({ ...at, flink: '1.20', feature: 11 })).feature).toBe(11)
  expect((await findJava({ ...at, flink: '1.20', feature: 8 })).feature).toBe(17)
})

test('what cannot run a Flink version is not taken', async () => {
  const at = machine('1.8.0_402', '21.0.1')
  expect((await findJava({ ...at, flink: '2.0' })).feature).toBe(21)
  expect((await findJava({ ...at, flink: '1.17' })).feature).toBe(8)
})

test('JAVA_HOME is found wherever it is', async () => {
  const { places } = machine('17.0.15')
  const env = { PATH: '', JAVA_HOME: join(places[0] ?? '', 'java-17.0.15') }
  expect((await findJava({ env, places: [] })).version).toBe('17.0.15')
})

test('a home without release file is asked for its version', async () => {
  const { places } = machine()
  const home = join(places[0] ?? '', 'odd')
  mkdirSync(join(home, 'bin'), { recursive: true })
  writeFileSync(join(home, 'bin/java'), `#!/bin/sh\necho 'openjdk version "17.0.1" 2021-10-19' >&2\n`, { mode: 0o755 })
  expect((await findJava({ env: { PATH: join(home, 'bin') }, places: [] })).feature).toBe(17)
})

test('none or an unsuitable one: one sentence with what does and how to get it', async () => {
  await expect(findJava({ ...machine(), flink: '1.20' })).rejects.toThrow(
    /^Flink 1\.20 needs Java 8 to 25, best 17\. Install one \(Debian, Ubuntu: `apt install openjdk-17/,
  )
  await expect(findJava({ ...machine('1.8.0_402'), flink: '2.2' })).rejects.toThrow(
    /Flink 2\.2 needs Java 11 to 25, best 17; this machine has Java 8\./,
  )
})

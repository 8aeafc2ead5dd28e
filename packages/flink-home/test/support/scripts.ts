/** Runs Flink's own scripts with a java that writes its arguments down instead of starting. */
import { execFile } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { FlinkHome, Java } from '../../src/index.ts'

/** The arguments of the last java that the script would have started. */
export const scriptArguments = async (
  home: FlinkHome,
  java: Java,
  command: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<string[]> => {
  const work = mkdtempSync(join(tmpdir(), 'drey-script-'))
  const out = join(work, 'arguments')
  mkdirSync(join(work, 'java/bin'), { recursive: true })
  const fake = join(work, 'java/bin/java')
  writeFileSync(
    fake,
    `#!/bin/bash
for word in "$@"; do
  case "$word" in *BashJavaUtils | -XshowSettings*) exec ${java.home}/bin/java -XX:TieredStopAtLevel=1 -XX:+UseSerialGC "$@" ;; esac
done
printf '%s\\0' "$@" > ${out}
`,
  )
  chmodSync(fake, 0o755)
  symlinkSync(join(home.dir, 'bin'), join(work, 'bin'))
  try {
    const [script = '', ...args] = command
    await promisify(execFile)(join(home.dir, 'bin', script), args, {
      env: { PATH: process.env['PATH'] ?? '', ...env, JAVA_HOME: join(work, 'java'), FLINK_PID_DIR: work },
    })
    return readFileSync(out, 'utf8').split('\0').slice(0, -1)
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
}

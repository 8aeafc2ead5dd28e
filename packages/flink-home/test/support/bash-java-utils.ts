/** Asks a home's own tool for memory settings, as Flink's scripts do. */
import { execFile } from 'node:child_process'
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { FlinkConfig } from '../../src/flink-config.ts'
import { atLeast } from '../../src/distribution/version.ts'
import type { FlinkHome } from '../../src/index.ts'

const TOOL = 'org.apache.flink.runtime.util.bash.BashJavaUtils'

/** The two lines of the answer, or undefined where Flink refuses the configuration. */
export const askTool = async (
  home: FlinkHome,
  process: 'jobmanager' | 'taskmanager',
  config: FlinkConfig,
): Promise<{ jvm: string[]; dynamic: Record<string, string> } | undefined> => {
  const conf = await mkdtemp(join(tmpdir(), 'drey-conf-'))
  try {
    const file = atLeast(home.version, '2.0') ? 'config.yaml' : 'flink-conf.yaml'
    await writeFile(
      join(conf, file),
      Object.entries(config)
        .map(([key, value]) => `${key}: ${value}\n`)
        .join(''),
    )
    const dist = (await readdir(join(home.dir, 'lib'))).find((jar) => jar.startsWith('flink-dist-')) ?? ''
    const classPath = `${home.dir}/bin/bash-java-utils.jar:${home.dir}/lib/${dist}`
    const command = process === 'jobmanager' ? 'GET_JM_RESOURCE_PARAMS' : 'GET_TM_RESOURCE_PARAMS'
    const flags = ['-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC', '-Xshare:auto']
    const { stdout } = await promisify(execFile)(
      'java',
      [...flags, '-cp', classPath, TOOL, command, '--configDir', conf, `${home.dir}/bin`, `${home.dir}/lib`],
      { maxBuffer: 1 << 24 },
    )
    const [jvm = '', dynamic = ''] = stdout
      .split('\n')
      .flatMap((line) => /^BASH_JAVA_UTILS_EXEC_RESULT:(.*)$/.exec(line)?.[1] ?? [])
    const pairs = dynamic.split('-D ').filter((pair) => pair.trim())
    return {
      jvm: jvm.trim().split(/\s+/),
      dynamic: Object.fromEntries(
        pairs.map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1).trim()]),
      ),
    }
  } catch {
    return undefined
  } finally {
    await rm(conf, { recursive: true, force: true })
  }
}

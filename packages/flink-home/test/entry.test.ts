/** The shell that a home runs: linking plug-ins before a start, and the stand-in for the image's entry script. */
import { execFile } from 'node:child_process'
import { chmodSync, mkdtempSync, readlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { ENTRY_SCRIPT } from '../src/catalogue/entry-script.ts'
import { launchFlink } from '../src/index.ts'
import { java17, podOf, toyHome, write } from './support/toy-home.ts'

const run = async (argv: readonly string[], env: Record<string, string> = {}): Promise<string> => {
  const [program = '', ...args] = argv
  return (await promisify(execFile)(program, args, { env: { PATH: process.env['PATH'] ?? '', ...env } })).stdout
}

test('plug-ins are linked where the container may write, then the command runs with its own words', async () => {
  const home = toyHome()
  const root = mkdtempSync(join(tmpdir(), 'drey root '))
  write(root, { 'opt/flink/opt/flink-s3-fs-presto-1.20.5.jar': 'presto' })
  const at = podOf(home, ['/docker-entrypoint.sh', 'printf', '%s|', 'a b', "it's", '$HOME'])
  const env = { ...at.env, ENABLE_BUILT_IN_PLUGINS: 'flink-s3-fs-presto-1.20.5.jar' }
  const launch = await launchFlink({ home, java: java17 })({ ...at, env, hostPath: (path) => root + path })
  expect(await run(launch.argv)).toBe("a b|it's|$HOME|")
  const link = join(root, 'opt/flink/plugins/flink-s3-fs-presto-1.20.5/flink-s3-fs-presto-1.20.5.jar')
  expect(readlinkSync(link)).toBe(join(root, 'opt/flink/opt/flink-s3-fs-presto-1.20.5.jar'))
})

test('the stand-in script starts services with Flink’s scripts and other commands as they are', async () => {
  const home = toyHome()
  const script = join(home.dir, 'docker-entrypoint.sh')
  writeFileSync(script, ENTRY_SCRIPT, { mode: 0o755 })
  write(home.dir, { 'bin/taskmanager.sh': '#!/bin/sh\necho "taskmanager $*"\n' })
  chmodSync(join(home.dir, 'bin/taskmanager.sh'), 0o755)
  const env = { FLINK_HOME: home.dir }
  expect(await run([script, 'taskmanager', '-Da=b'], env)).toBe('taskmanager start-foreground -Da=b\n')
  expect(await run([script, 'echo', 'as', 'it is'], env)).toBe('as it is\n')
  expect(await run([script], env)).toMatch(/^Usage/)
  await expect(run([script, 'echo'], { ...env, ENABLE_BUILT_IN_PLUGINS: 'none.jar' })).rejects.toThrow(
    /no plug-in none\.jar/,
  )
  await run([script, 'true'], { ...env, ENABLE_BUILT_IN_PLUGINS: 'flink-s3-fs-presto-1.20.5.jar' })
  expect(readlinkSync(join(home.dir, 'plugins/flink-s3-fs-presto-1.20.5/flink-s3-fs-presto-1.20.5.jar'))).toContain(
    '/opt/',
  )
})

test('a container whose memory cannot be divided says why and ends with 1', async () => {
  const home = toyHome()
  const at = podOf(home, ['/docker-entrypoint.sh', 'taskmanager'], { 'taskmanager.memory.process.size': '100m' })
  const { argv } = await launchFlink({ home, java: java17 })(at)
  await expect(run(argv)).rejects.toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/^\[ERROR\] JVM metaspace .* do not fit/),
  })
})

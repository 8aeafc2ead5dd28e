/** A Flink home with the names of the real one and nothing inside, for tests that start nothing. */
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { FlinkHome, Java, LaunchContext } from '../../src/index.ts'

export const java17: Java = { home: '/java/17', feature: 17, version: '17.0.15' }

export const toyHome = (version = '1.20.5', into = mkdtempSync(join(tmpdir(), 'drey-toy-'))): FlinkHome => {
  const dir = join(into, version)
  const files = {
    [`lib/flink-dist-${version}.jar`]: '',
    [`lib/flink-cep-${version}.jar`]: '',
    'lib/log4j-core-2.24.3.jar': '',
    [`opt/flink-s3-fs-presto-${version}.jar`]: '',
    [`plugins/metrics-jmx/flink-metrics-jmx-${version}.jar`]: '',
    'bin/jobmanager.sh': '',
    'conf/log4j-console.properties': 'log4j',
    [version.startsWith('1.1') ? 'conf/flink-conf.yaml' : 'conf/config.yaml']:
      'jobmanager.memory.process.size: 1600m\ntaskmanager.memory.process.size: 1728m\njobmanager.bind-host: localhost\n',
  }
  write(dir, files)
  const record = {
    version,
    from: 'distribution' as const,
    addedAt: '2026-01-01T00:00:00Z',
    substitutions: [],
    missing: [],
  }
  writeFileSync(join(dir, 'drey-home.json'), JSON.stringify(record))
  return { dir, ...record }
}

export const write = (dir: string, files: Readonly<Record<string, string>>): void => {
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(dir, name)), { recursive: true })
    writeFileSync(join(dir, name), content)
  }
}

/** A pod in a mount namespace: container paths are its own, the ConfigMap lies at /opt/flink/conf. */
export const podOf = (home: FlinkHome, argv: string[], config?: Readonly<Record<string, string>>): LaunchContext => {
  const mounts = ['bin', 'conf', 'lib', 'opt', 'plugins'].map((name) => ({
    source: join(home.dir, name),
    target: `/opt/flink/${name}`,
    as: 'layer' as 'layer' | 'volume',
  }))
  if (config) {
    const map = mkdtempSync(join(tmpdir(), 'drey-map-'))
    write(map, {
      [home.version.startsWith('2') ? 'config.yaml' : 'flink-conf.yaml']: Object.entries(config)
        .map(([key, value]) => `${key}: ${value}\n`)
        .join(''),
      'log4j-console.properties': 'mine',
    })
    mounts.push({ source: map, target: '/opt/flink/conf', as: 'volume' })
  }
  return {
    argv,
    env: { HOSTNAME: 'orders-1', PATH: '/opt/flink/bin:/usr/bin' },
    hostPath: (path) => path,
    mounts,
    podIp: '10.0.0.7',
    loopback: false,
  }
}

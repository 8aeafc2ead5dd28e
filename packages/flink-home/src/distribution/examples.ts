/**
 * The programs of `/opt/flink/examples`. Their jars are published one by one; what is not (StateMachineExample nowhere,
 * others missing in a mirror) is put together from the plain examples jar, as Flink's own build does.
 */
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import pLimit from 'p-limit'
import { buildJar } from './jar.ts'
import type { FetchJar } from './fetch-jar.ts'
import { atLeast } from './version.ts'

interface StreamingExample {
  name: string
  mainClass: string
  /** packages below `org/apache/flink/streaming/examples/` that the program consists of */
  packages: readonly string[]
  datagen?: true
  published: boolean
}

const PACKAGE = 'org/apache/flink/streaming/examples/'
const CLASS = 'org.apache.flink.streaming.examples.'

const streaming: readonly StreamingExample[] = [
  {
    name: 'StateMachineExample',
    mainClass: 'statemachine.StateMachineExample',
    packages: ['statemachine'],
    datagen: true,
    published: false,
  },
  {
    name: 'TopSpeedWindowing',
    mainClass: 'windowing.TopSpeedWindowing',
    packages: ['windowing', 'wordcount/util'],
    datagen: true,
    published: true,
  },
  {
    name: 'SessionWindowing',
    mainClass: 'windowing.SessionWindowing',
    packages: ['windowing'],
    datagen: true,
    published: true,
  },
  { name: 'WordCount', mainClass: 'wordcount.WordCount', packages: ['wordcount'], published: true },
  { name: 'WindowJoin', mainClass: 'join.WindowJoin', packages: ['join', 'utils'], datagen: true, published: true },
  { name: 'SocketWindowWordCount', mainClass: 'socket.SocketWindowWordCount', packages: ['socket'], published: true },
  { name: 'AsyncIO', mainClass: 'async.AsyncIOExample', packages: ['async'], datagen: true, published: true },
  { name: 'Iteration', mainClass: 'iteration.IterateExample', packages: ['iteration'], published: true },
]

const table = [
  'GettingStartedExample',
  'UpdatingTopCityExample',
  'StreamSQLExample',
  'StreamWindowSQLExample',
  'WordCountSQLExample',
  'ChangelogSocketExample',
  'AdvancedFunctionsExample',
]
const batch = [
  'KMeans',
  'ConnectedComponents',
  'EnumTriangles',
  'PageRank',
  'TransitiveClosure',
  'WebLogAnalysis',
  'WordCount',
  'DistCp',
]

/** Fills `examples/` of a home; returns the names of what could not be had. */
export const addExamples = async (home: string, version: string, fetchJar: FetchJar): Promise<string[]> => {
  const folder = (name: string): string => join(home, 'examples', name)
  for (const name of ['streaming', 'table', 'batch']) await mkdir(folder(name), { recursive: true })

  const published = (kind: string, artifact: string, name: string) => ({
    file: `${kind}/${name}.jar`,
    add: async () =>
      !!(await fetchJar({ artifact, version, classifier: name }, 'neighbour', join(folder(kind), `${name}.jar`))),
  })
  const old = !atLeast(version, '2.0')
  const all = [
    ...streaming
      .filter((example) => old || example.name !== 'Iteration')
      .map((example) => ({
        file: `streaming/${example.name}.jar`,
        add: () => addStreaming(example, folder('streaming'), version, fetchJar),
      })),
    ...table.map((name) => published('table', 'flink-examples-table_2.12', name)),
    ...(old ? batch : []).map((name) => published('batch', 'flink-examples-batch', name)),
  ]
  // Each is a few small requests; a registry does not mind four at a time.
  const atOnce = pLimit(4)
  const failures: unknown[] = []
  const adding = all.map(({ file, add }) =>
    atOnce(async () => {
      if (failures.length > 0) return { file, there: false }
      try {
        return { file, there: await add() }
      } catch (error) {
        failures.push(error)
        return { file, there: false }
      }
    }),
  )
  // Only when none is writing any more may the caller hear of a failure: it removes the folder then.
  const added = await Promise.all(adding)
  if (failures.length > 0) throw failures[0]
  return added.filter(({ there }) => !there).map(({ file }) => `examples/${file}`)
}

const addStreaming = async (
  example: StreamingExample,
  folder: string,
  version: string,
  fetchJar: FetchJar,
): Promise<boolean> => {
  const to = join(folder, `${example.name}.jar`)
  const published = { artifact: 'flink-examples-streaming', version, classifier: example.name }
  if (example.published && (await fetchJar(published, 'line', to))) return true

  const plain = await fetchJar({ artifact: 'flink-examples-streaming', version }, 'neighbour')
  if (!plain) return false
  // Flink before 1.17 has no such connector; its generators were part of flink-streaming-java.
  const datagen = example.datagen
    ? await fetchJar({ artifact: 'flink-connector-datagen', version }, 'neighbour')
    : undefined
  const wants = (name: string): boolean => example.packages.some((part) => name.startsWith(`${PACKAGE}${part}/`))
  const parts = [
    { jar: plain, wants },
    ...(datagen
      ? [{ jar: datagen, wants: (name: string) => name.startsWith('org/apache/flink/connector/datagen/') }]
      : []),
  ]
  await buildJar({ to, mainClass: `${CLASS}${example.mainClass}`, parts })
  return true
}

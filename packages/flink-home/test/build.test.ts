/** Images from Dockerfiles: what people write for Flink jobs, and what is refused with the way round. */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { buildImage } from '../src/index.ts'
import type { ImageMapping } from '../src/index.ts'

let dir = ''
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'drey-build-'))
  for (const file of ['target/job-1.0.jar', 'target/libs/a.jar', 'target/libs/b.jar', 'conf/deep/x.yaml']) {
    mkdirSync(join(dir, 'app', file, '..'), { recursive: true })
    writeFileSync(join(dir, 'app', file), file)
  }
})
afterEach(() => rmSync(dir, { recursive: true, force: true }))

const build = (text: string, mappings: ImageMapping[] = [], args: Record<string, string> = {}) =>
  buildImage({
    image: 'my/job:1',
    dockerfile: { name: 'Dockerfile', text },
    context: join(dir, 'app'),
    into: join(dir, 'image'),
    mappings,
    args,
  })

/** The files of an image with their content, by the path a pod sees. */
const filesOf = ({ overlays }: ImageMapping): Record<string, string> =>
  Object.fromEntries(
    overlays.flatMap(({ source, target }) =>
      readdirSync(source, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name))
        .map((path) => [path.replace(source, target), readFileSync(path, 'utf8')]),
    ),
  )

test('a jar and its libraries over Flink', () => {
  const { mapping, notes } = build(`# syntax=docker/dockerfile:1
FROM flink:1.18.1-java17

COPY target/job-1.0.jar /opt/flink/usrlib/word-count.jar
COPY --chown=flink:flink target/libs/*.jar \\
     # between
     /opt/flink/lib/
ENV LEVEL=debug NAME="two words"
USER flink
`)
  expect(mapping).toMatchObject({
    image: 'my/job:1',
    flink: '1.18.1',
    java: 17,
    env: { LEVEL: 'debug', NAME: 'two words' },
  })
  expect(filesOf(mapping)).toEqual({
    '/opt/flink/usrlib/word-count.jar': 'target/job-1.0.jar',
    '/opt/flink/lib/a.jar': 'target/libs/a.jar',
    '/opt/flink/lib/b.jar': 'target/libs/b.jar',
  })
  expect(notes).toEqual([])
})

test('arguments, working directory, folders, JSON form, directories made by RUN', () => {
  const { mapping, notes } = build(
    `ARG VERSION=1.19
FROM flink:\${VERSION}
ARG JAR
RUN mkdir -p /opt/flink/usrlib
RUN chown -R flink /opt/flink
WORKDIR /app
COPY conf ./conf/
COPY ["target/\${JAR:-none}-1.0.jar", "/opt/flink/usrlib/"]
CMD ["ignored"]
`,
    [],
    { VERSION: '1.20', JAR: 'job' },
  )
  expect(mapping.flink).toBe('1.20')
  expect(filesOf(mapping)).toEqual({
    '/app/conf/deep/x.yaml': 'conf/deep/x.yaml',
    '/opt/flink/usrlib/job-1.0.jar': 'target/job-1.0.jar',
  })
  expect(notes).toEqual([
    'Dockerfile:5: files keep their owner and rights',
    'Dockerfile:9: CMD is not used, pods say what they run',
  ])
})

test('on another image of the home, or on a small one', () => {
  const base: ImageMapping = {
    image: 'team/base',
    flink: '2.3',
    overlays: [{ source: '/x', target: '/opt/flink/lib' }],
    env: { A: '1', B: '2' },
  }
  const { mapping } = build('FROM team/base:7\nENV B=3\nCOPY target/job-1.0.jar usrlib/', [base])
  expect(mapping).toMatchObject({ flink: '2.3', env: { A: '1', B: '3' } })
  expect(mapping.overlays.map(({ target }) => target)).toEqual(['/opt/flink/lib', '/opt/flink/usrlib'])
  rmSync(join(dir, 'image'), { recursive: true })
  expect(build('FROM alpine:3.20\nCOPY conf /conf').mapping.flink).toBeUndefined()
})

test('only the last stage counts', () => {
  const { mapping } = build(
    'FROM maven AS build\nRUN mvn package\nFROM flink:1.20\nCOPY target/job-1.0.jar /opt/flink/usrlib/',
  )
  expect(mapping.flink).toBe('1.20')
})

test.each([
  [
    'FROM flink:1.20\nRUN mvn package',
    'Dockerfile:2: RUN mvn package cannot be run here. Run it on this machine first',
  ],
  [
    'FROM flink:1.20\nCOPY --from=build /a /b',
    'Dockerfile:2: COPY --from=build takes files of a stage that is not run here.',
  ],
  [
    'FROM flink:1.20\n\nCOPY target/none*.jar /opt/flink/lib/',
    'Dockerfile:3: COPY target/none*.jar: there is nothing of that name in',
  ],
  ['FROM flink:1.20\nCOPY ../../etc /x', 'Dockerfile:2: COPY ../../etc'],
  ['FROM flink:1.20\nADD https://x.y/z.jar /x', 'Dockerfile:2: ADD https://x.y/z.jar is not fetched here.'],
  ['FROM oracle/db', 'Dockerfile:1: nothing is known of the base image oracle/db.'],
  ['COPY a b', 'The Dockerfile has no FROM.'],
  ['FROM flink:1.20\nCOPPY a b', 'Dockerfile:2: COPPY is no instruction.'],
])('refused, and nothing stays: %s', (text, message) => {
  expect(() => build(text)).toThrow(message)
  expect(existsSync(join(dir, 'image'))).toBe(false)
})

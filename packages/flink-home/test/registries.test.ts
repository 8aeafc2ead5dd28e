import { mkdir, mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { htmlLinks, jsonLinks } from '../src/distribution/python-index.ts'
import { mavenMirror, registriesOf } from '../src/distribution/registries.ts'

const emptyHome = (): Promise<string> => mkdtemp(join(tmpdir(), 'drey-home-'))

test('the public registries are used unless this machine says otherwise', async () => {
  expect(registriesOf({ PIP_CONFIG_FILE: '/nowhere' }, await emptyHome())).toEqual({
    pythonIndex: 'https://pypi.org/simple',
    maven: 'https://repo1.maven.org/maven2',
    certificates: [],
  })
})

test("pip's and Maven's own settings choose the registries", async () => {
  const home = await emptyHome()
  await mkdir(join(home, '.config/pip'), { recursive: true })
  await mkdir(join(home, '.m2'))
  await writeFile(
    join(home, '.config/pip/pip.conf'),
    '[global]\nindex-url = https://mirror.example/pypi/simple/\ncert = /etc/ca.pem\n',
  )
  await writeFile(
    join(home, '.m2/settings.xml'),
    `<settings><mirrors>
      <!-- <mirror><mirrorOf>*</mirrorOf><url>https://old.example</url></mirror> -->
      <mirror><id>a</id><mirrorOf>snapshots</mirrorOf><url>https://snapshots.example</url></mirror>
      <mirror><id>b</id><mirrorOf> external:*, !company </mirrorOf><url>https://mirror.example/\${env.REPO}/</url></mirror>
    </mirrors></settings>`,
  )
  const { pythonIndex, certificates } = registriesOf({}, home)
  expect(pythonIndex).toBe('https://mirror.example/pypi/simple')
  expect(certificates).toEqual(['/etc/ca.pem'])
  expect(registriesOf({ REPO: 'central' }, home).maven).toBe('https://mirror.example/central')
  expect(registriesOf({ PIP_INDEX_URL: 'https://env.example/simple' }, home).pythonIndex).toBe(
    'https://env.example/simple',
  )
})

test('a mirror of everything but Central is none', () => {
  expect(
    mavenMirror('<mirror><mirrorOf>*,!central</mirrorOf><url>https://x.example</url></mirror>', {}),
  ).toBeUndefined()
})

test('links of a simple index are read from HTML and from JSON, without yanked files', () => {
  const sum = 'a'.repeat(64)
  expect(
    htmlLinks(
      `<a data-requires-python="&gt;=3.6" href="../../f/x-1.0.tar.gz?a=1&amp;b=2#sha256=${sum}">x-1.0.tar.gz</a><br/>
       <a href='y-1.0.tar.gz' data-yanked="broken">y-1.0.tar.gz</a>`,
    ),
  ).toEqual([{ file: 'x-1.0.tar.gz', href: '../../f/x-1.0.tar.gz?a=1&b=2', sha256: sum }])
  expect(
    jsonLinks(
      JSON.stringify({
        files: [
          { filename: 'x-1.0.tar.gz', url: 'https://f.example/x', hashes: { sha256: sum }, yanked: false },
          { filename: 'y-1.0.tar.gz', url: 'https://f.example/y', hashes: {}, yanked: 'broken' },
        ],
      }),
    ),
  ).toEqual([{ file: 'x-1.0.tar.gz', href: 'https://f.example/x', sha256: sum }])
})

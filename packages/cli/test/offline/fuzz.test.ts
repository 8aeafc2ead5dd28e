/** Commands that read manifests have an answer to anything that stands in them; a fault of ours would be called UNEXPECTED. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { main } from '../../src/main.ts'

const ROUNDS = 100
const SEED = 20_261_121

const random = (seed: number) => () => (seed = (seed * 1_664_525 + 1_013_904_223) % 4_294_967_296) / 4_294_967_296
const next = random(SEED)
const pick = <T>(from: readonly T[]): T => from[Math.floor(next() * from.length)] as T

const manifests = ['scenarios/manifests.yaml', 'broken.yaml']
  .flatMap((file) => parseAllDocuments(readFileSync(join(import.meta.dirname, file), 'utf8')))
  .map((document) => document.toJS() as { kind: string })
  .filter(({ kind }) => kind.startsWith('Flink'))

const odd = [
  null,
  true,
  0,
  -1.5,
  1e300,
  '',
  'x',
  '∞',
  '{{name}}',
  '1Gi',
  '__proto__',
  [],
  [null],
  [[]],
  {},
  { a: { b: [{}] } },
  { spec: 5 },
  [{ name: 5 }],
  { name: [] },
]

/** A copy with one to three members changed or gone. */
const mutated = <T>(manifest: T): T => {
  const copy = structuredClone(manifest)
  for (let changes = 1 + Math.floor(next() * 3); changes > 0; changes--) {
    let at = copy as Record<string, unknown>
    for (;;) {
      const keys = Object.keys(at)
      if (keys.length === 0) break
      const key = pick(keys)
      const below = at[key]
      if (below !== null && typeof below === 'object' && next() < 0.75) {
        at = below as Record<string, unknown>
        continue
      }
      if (next() < 0.15) delete at[key]
      else at[key] = structuredClone(pick(odd))
      break
    }
  }
  return copy
}

const directory = mkdtempSync(join(tmpdir(), 'drey-fuzz-'))
afterAll(() => rmSync(directory, { recursive: true }))

test(`${ROUNDS} mutated manifests, seed ${SEED}`, { timeout: 600_000 }, async () => {
  for (let round = 0; round < ROUNDS; round++) {
    const manifest = mutated(pick(manifests))
    const files = { 'a.json': manifest, 'b.json': mutated(manifest), 'c.json': mutated(pick(manifests)) }
    for (const [name, content] of Object.entries(files)) writeFileSync(join(directory, name), JSON.stringify(content))
    for (const words of [
      'validate -f a.json --old b.json --resources c.json',
      'validate -f a.json --output json',
      'diff --old a.json --new b.json --resources c.json',
      'explain-config -f a.json --resources c.json',
      'render -f a.json',
    ]) {
      let said = ''
      const io = { stdout: () => {}, stderr: (text: string) => void (said += text), env: {}, cwd: directory }
      const code = await main(words.split(' '), io)
      expect({ words, code, said, files }).not.toMatchObject({ said: expect.stringContaining('UNEXPECTED') })
    }
  }
})

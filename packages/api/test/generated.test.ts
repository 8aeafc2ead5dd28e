/** Generated files are committed; they must say what the declarations say. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { expect, test } from 'vitest'
import { generatedFiles } from '../scripts/generated.ts'
import { crds } from '../src/index.ts'

const repository = join(import.meta.dirname, '../../..')

test.each(Object.entries(generatedFiles()))(
  '%s is up to date (else: node packages/api/scripts/generate.ts)',
  (path, text) => {
    expect(readFileSync(join(repository, path), 'utf8')).toBe(text)
  },
)

test('the YAML reads back as the CRD that the program registers', () => {
  for (const crd of crds) {
    const text = readFileSync(join(repository, `packages/api/crds/${crd.metadata.name}.yaml`), 'utf8')
    expect(parse(text)).toEqual(JSON.parse(JSON.stringify(crd)))
  }
})

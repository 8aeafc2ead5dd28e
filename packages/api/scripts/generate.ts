/** Writes the generated files: `node packages/api/scripts/generate.ts`. A test compares them with the declarations. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { generatedFiles } from './generated.ts'

const repository = join(import.meta.dirname, '../../..')
for (const [path, text] of Object.entries(generatedFiles())) {
  mkdirSync(dirname(join(repository, path)), { recursive: true })
  writeFileSync(join(repository, path), text)
}

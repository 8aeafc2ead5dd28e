/** Writes what is derived from the command records; a test compares it with them. */
import { writeFileSync } from 'node:fs'
import { outlinePath, outlineText } from './outline.ts'
import { referencePath, referenceText } from './reference.ts'

writeFileSync(outlinePath, await outlineText())
writeFileSync(referencePath, await referenceText())

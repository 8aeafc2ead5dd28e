/** Writes what is derived from the command records; a test compares it with them. */
import { writeFileSync } from 'node:fs'
import { outlinePath, outlineText } from './outline.ts'

writeFileSync(outlinePath, await outlineText())

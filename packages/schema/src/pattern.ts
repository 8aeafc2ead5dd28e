/** Regular expressions of schemas, in Go's RE2 syntax: linear time, so that no user's pattern can hang the server. */
import { RE2JS } from 're2js'

/** Whether the text contains a match. A pattern that RE2 cannot read matches everything: a CRD with it is refused elsewhere. */
export const matchesPattern = (pattern: string, text: string): boolean =>
  compiled(pattern)?.matcher(text).find() ?? true

/** The pattern compiled, or undefined when it is not RE2. */
export const compiled = (pattern: string): RE2JS | undefined => {
  if (!patterns.has(pattern)) {
    if (patterns.size > 5_000) patterns.clear()
    patterns.set(pattern, read(pattern))
  }
  return patterns.get(pattern)
}

/** Why a pattern is not RE2, in Go's words; undefined when it is. */
export const patternProblem = (pattern: string): string | undefined => {
  try {
    RE2JS.compile(pattern)
    return undefined
  } catch (error) {
    return (error as Error).message
  }
}

const patterns = new Map<string, RE2JS | undefined>()

const read = (pattern: string): RE2JS | undefined => {
  try {
    return RE2JS.compile(pattern)
  } catch {
    return undefined
  }
}

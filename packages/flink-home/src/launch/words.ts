/**
 * Splits a simple shell command into words as a POSIX shell does: quotes, backslashes, variables. Anything that needs a real
 * shell (pipes, several commands, redirections, command substitution, patterns) gives undefined, and a real shell runs it.
 */
export const shellWords = (text: string, env: Readonly<Record<string, string>>): string[] | undefined => {
  const words: string[] = []
  let word: string | undefined
  for (let at = 0; at < text.length;) {
    const char = text.charAt(at)
    if (char === "'") {
      const end = text.indexOf("'", at + 1)
      if (end < 0) return undefined
      word = (word ?? '') + text.slice(at + 1, end)
      at = end + 1
    } else if (char === '"') {
      const quoted = doubleQuoted(text, at + 1, env)
      if (!quoted) return undefined
      word = (word ?? '') + quoted.text
      at = quoted.next
    } else if (char === '\\') {
      if (at + 1 >= text.length) return undefined
      word = (word ?? '') + text.charAt(at + 1)
      at += 2
    } else if (char === '$') {
      const variable = variableAt(text, at, env)
      if (!variable) return undefined
      // The value of an unquoted variable is split again.
      const parts = variable.value.split(/[ \t\n]+/)
      for (const [index, part] of parts.entries()) {
        if (index > 0) {
          if (word !== undefined) words.push(word)
          word = undefined
        }
        if (part) word = (word ?? '') + part
      }
      at = variable.next
    } else if (/\s/.test(char)) {
      if (char === '\n' && text.slice(at).trim() !== '') return undefined
      if (word !== undefined) words.push(word)
      word = undefined
      at++
    } else if (/[;|&<>()`*?[\]{}~#!]/.test(char) && needsShell(char, text, at, word)) {
      return undefined
    } else {
      word = (word ?? '') + char
      at++
    }
  }
  if (word !== undefined) words.push(word)
  return words
}

/** Some special characters are special only at the start of a word. */
const needsShell = (char: string, text: string, at: number, word: string | undefined): boolean => {
  if (char === '#' || char === '~') return word === undefined
  if (char === '!') return word === undefined && /\s/.test(text.charAt(at + 1))
  if (char === ']' || char === '}') return false
  return true
}

const doubleQuoted = (
  text: string,
  from: number,
  env: Readonly<Record<string, string>>,
): { text: string; next: number } | undefined => {
  let result = ''
  for (let at = from; at < text.length;) {
    const char = text.charAt(at)
    if (char === '"') return { text: result, next: at + 1 }
    if (char === '`') return undefined
    if (char === '\\' && '$`"\\\n'.includes(text.charAt(at + 1))) {
      result += text.charAt(at + 1)
      at += 2
    } else if (char === '$') {
      const variable = variableAt(text, at, env)
      if (!variable) return undefined
      result += variable.value
      at = variable.next
    } else {
      result += char
      at++
    }
  }
  return undefined
}

/** `$NAME`, `${NAME}`, `${NAME:-default}`; a `$` before anything else is itself, except `$(` and `$` with special names. */
const variableAt = (
  text: string,
  at: number,
  env: Readonly<Record<string, string>>,
): { value: string; next: number } | undefined => {
  const rest = text.slice(at)
  const plain = /^\$([A-Za-z_]\w*)/.exec(rest) ?? /^\$\{([A-Za-z_]\w*)(?::-([^}$`]*))?\}/.exec(rest)
  if (plain) return { value: env[plain[1] ?? ''] || (plain[2] ?? ''), next: at + plain[0].length }
  return /^\$(?:[\s"]|$)/.test(rest) ? { value: '$', next: at + 1 } : undefined
}

/**
 * A Dockerfile as instructions: comments and continuations resolved, `ARG` and `ENV` filled in, the words of each split.
 * https://docs.docker.com/reference/dockerfile/
 */
import { FlinkHomeError } from '../errors.ts'

export interface Instruction {
  /** in capitals: `COPY` */
  name: string
  /** `--from=build` → `from: 'build'` */
  options: Readonly<Record<string, string>>
  words: readonly string[]
  /** all after the instruction, as written */
  text: string
  line: number
}

/** The last stage, with its base: what comes before only feeds it. */
export interface Stage {
  from: string
  line: number
  instructions: readonly Instruction[]
}

export const lastStage = (text: string, args: Readonly<Record<string, string>> = {}): Stage => {
  const all = instructionsOf(text)
  const values: Record<string, string> = { ...args }
  let stage: { from: string; line: number; instructions: Instruction[] } | undefined
  for (const raw of all) {
    const fill = (word: string) => filled(word, values)
    const instruction = { ...raw, words: raw.words.map(fill) }
    switch (raw.name) {
      case 'FROM':
        stage = { from: instruction.words[0] ?? '', line: raw.line, instructions: [] }
        break
      case 'ARG':
        for (const { name, value } of pairs([instruction.words.join(' ')]))
          values[name] = args[name] ?? value ?? values[name] ?? ''
        break
      case 'ENV':
        for (const { name, value } of envOf(instruction)) values[name] = value
    }
    if (raw.name !== 'FROM') stage?.instructions.push(instruction)
  }
  if (!stage?.from)
    throw new FlinkHomeError(
      'COMMAND_REFUSED',
      'The Dockerfile has no FROM.',
      'Its first line says the base: FROM flink:1.20',
    )
  return stage
}

/** `K=V K2="V 2"`, or the old `K the rest`. */
export const envOf = ({ words, text }: Pick<Instruction, 'words' | 'text'>): { name: string; value: string }[] =>
  words[0]?.includes('=')
    ? pairs(words).map(({ name, value = '' }) => ({ name, value }))
    : words[0]
      ? [{ name: words[0], value: words.slice(1).join(' ') || text.split(/\s+/).slice(1).join(' ') }]
      : []

const pairs = (words: readonly string[]): { name: string; value?: string }[] =>
  words.filter(Boolean).map((word) => {
    const at = word.indexOf('=')
    return at < 0 ? { name: word } : { name: word.slice(0, at), value: word.slice(at + 1) }
  })

const instructionsOf = (text: string): Instruction[] => {
  const found: Instruction[] = []
  const lines = text.split(/\r?\n/)
  for (let at = 0; at < lines.length; at++) {
    const line = at + 1
    if (/^\s*(#|$)/.test(lines[at] ?? '')) continue
    let whole = lines[at] ?? ''
    while (/\\\s*$/.test(whole) && at + 1 < lines.length) {
      at++
      // Comments may stand between continued lines.
      if (!/^\s*#/.test(lines[at] ?? '')) whole = `${whole.replace(/\\\s*$/, ' ')}${lines[at] ?? ''}`
      else whole = `${whole.replace(/\\\s*$/, '')}\\`
    }
    const [, name = '', rest = ''] = /^\s*(\S+)\s*(.*?)\s*\\?\s*$/s.exec(whole) ?? []
    const options: Record<string, string> = {}
    let body = rest
    for (let option; (option = /^--([\w-]+)(?:=(\S*))?\s+/.exec(body)); body = body.slice(option[0].length))
      options[option[1] ?? ''] = option[2] ?? 'true'
    found.push({ name: name.toUpperCase(), options, words: wordsOf(body), text: body, line })
  }
  return found
}

/** `["a", "b"]`, or words as a shell would split them. */
const wordsOf = (text: string): string[] => {
  if (text.startsWith('['))
    try {
      return (JSON.parse(text) as unknown[]).map(String)
    } catch {
      // Not the JSON form after all.
    }
  return [...text.matchAll(/(?:[^\s"']|"(?:[^"\\]|\\.)*"|'[^']*')+/g)].map(([word]) =>
    word.replaceAll(/"((?:[^"\\]|\\.)*)"|'([^']*)'/g, (_, double?: string, single?: string) =>
      double === undefined ? (single ?? '') : double.replaceAll(/\\(.)/g, '$1'),
    ),
  )
}

/** `$NAME`, `${NAME}`, `${NAME:-default}` */
const filled = (word: string, values: Readonly<Record<string, string>>): string =>
  word.replaceAll(
    /\$(?:(\w+)|\{(\w+)(?::([-+])([^}]*))?\})/g,
    (_, plain?: string, braced?: string, how?: string, other?: string) => {
      const value = values[plain ?? braced ?? ''] ?? ''
      if (how === '-') return value || (other ?? '')
      return how === '+' ? (value ? (other ?? '') : '') : value
    },
  )

/** Where the verb stands in a command line, so that flags may stand before it: `drey -n jobs get pods`. */
import { takesNextWord } from './global-flags.ts'

export interface Words {
  /** undefined: there is none, or it is no command */
  verb?: string
  /** with the verb first */
  words: readonly string[]
}

/** What stood before the verb goes to the end of the flags, where every command looks for it. */
export const verbFirst = (given: readonly string[], isVerb: (word: string) => boolean): Words => {
  const argv = withoutGuessing(given)
  const at = firstWordAt(argv)
  const verb = argv[at]
  if (verb === undefined || !isVerb(verb)) return { words: argv }
  const rest = argv.slice(at + 1)
  const end = rest.includes('--') ? rest.indexOf('--') : rest.length
  return { verb, words: [verb, ...rest.slice(0, end), ...argv.slice(0, at), ...rest.slice(end)] }
}

/** `-y` alone does not take the next word for its value: `drey delete -y pod x`. */
const withoutGuessing = (argv: readonly string[]): readonly string[] => {
  const end = argv.includes('--') ? argv.indexOf('--') : argv.length
  return argv.map((word, index) => (index < end && (word === '-y' || word === '--yes') ? '--yes=true' : word))
}

const firstWordAt = (argv: readonly string[]): number => {
  for (let at = 0; at < argv.length; at++) {
    const word = argv[at]!
    if (!word.startsWith('-')) return at
    const name = word.replace(/^--?/, '').replaceAll(/-([a-z])/g, (_, letter: string) => letter.toUpperCase())
    if (takesNextWord.has(name)) at++
  }
  return -1
}

import { expect, test } from 'vitest'
import { shellWords } from '../src/launch/words.ts'

const env = { HOME: '/root', LIST: 'a  b', EMPTY: '' }

test.each([
  ['a  b\tc', ['a', 'b', 'c']],
  ["-Dx='it'\\''s' ''", ["-Dx=it's", '']],
  ['"a $HOME \\"q\\" \\x"', ['a /root "q" \\x']],
  ['$LIST-$HOME "$LIST"', ['a', 'b-/root', 'a  b']],
  ['${EMPTY:-d} ${EMPTY} ${HOME}x', ['d', '/rootx']],
  ['a\\ b costs 5$', ['a b', 'costs', '5$']],
  ["-D$internal='x'", ['-D=x']],
  ["'-D$internal.a=b'", ['-D$internal.a=b']],
  ['a#b', ['a#b']],
])('%s', (text, words) => expect(shellWords(text, env)).toEqual(words))

test.each(['a; b', 'a | b', 'a > b', '$(date)', '`date`', '"$(date)"', 'a &', '*.jar', "a 'b", '${HOME%x}', 'a\nb'])(
  '%s needs a shell',
  (text) => expect(shellWords(text, env)).toBeUndefined(),
)

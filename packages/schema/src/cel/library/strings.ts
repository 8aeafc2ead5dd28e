/** Texts. Positions count characters, not UTF-16 units; patterns are RE2 and run in linear time. */
import { RE2JS } from 're2js'
import { compiled } from '../../pattern.ts'
import { goDouble } from '../../problem.ts'
import { CelError, isList, isMap, keysOf, entryOf, type Value } from '../value.ts'
import { isText, list, noOverload, text, whole, type Fn, type Methods } from './args.ts'
import { durationText, timestampText } from './time.ts'

const regex = (pattern: string): RE2JS => {
  const own = compiled(pattern)
  if (!own) throw new CelError(`error parsing regexp: ${pattern}`)
  return own
}
const matches: Fn = (value, pattern) => regex(text(pattern)).matcher(text(value)).find()

const bounds = (characters: readonly string[], at: bigint): number => {
  if (at < 0n || at > BigInt(characters.length)) throw new CelError(`index out of range: ${at}`)
  return Number(at)
}

const indexOf =
  (last: boolean): Fn =>
  (value, part, from) => {
    const characters = [...text(value)]
    const wanted = [...text(part)]
    const start = from === undefined ? undefined : bounds(characters, whole(from))
    const fits = (at: number): boolean => wanted.every((character, offset) => characters[at + offset] === character)
    const highest = characters.length - wanted.length
    if (last) {
      for (let at = Math.min(start ?? highest, highest); at >= 0; at--) if (fits(at)) return BigInt(at)
    } else for (let at = start ?? 0; at <= highest; at++) if (fits(at)) return BigInt(at)
    return -1n
  }

const split: Fn = (value, separator, limit) => {
  const parts = text(separator) === '' ? [...text(value)] : text(value).split(text(separator))
  const count = limit === undefined ? -1 : Number(whole(limit))
  if (count < 0 || parts.length <= count) return parts
  if (count === 0) return []
  return [...parts.slice(0, count - 1), parts.slice(count - 1).join(text(separator))]
}

const replace: Fn = (value, from, to, limit) => {
  const count = limit === undefined ? -1 : Number(whole(limit))
  if (count < 0) return text(value).replaceAll(text(from), () => text(to))
  let rest = text(value)
  let out = ''
  for (let done = 0; done < count; done++) {
    const at = rest.indexOf(text(from))
    if (at < 0) break
    out += rest.slice(0, at) + text(to)
    rest = rest.slice(at + text(from).length)
  }
  return out + rest
}

const asciiOnly = (change: (one: string) => string, range: RegExp) => (value: string) => value.replace(range, change)
const space = /^[\s\u0085\u180e]+|[\s\u0085\u180e]+$/g

/** `'%s is %d'.format([name, 3])` */
const format: Fn = (value, args) => {
  const values = [...list(args)]
  return text(value).replace(/%(?:\.(\d{1,3}))?(.)/gs, (_, precision: string | undefined, verb: string) => {
    if (verb === '%') return '%'
    if (values.length === 0) throw new CelError('index 0 out of range')
    return formatted(values.shift()!, verb, precision === undefined ? 6 : Number(precision))
  })
}

const formatted = (value: Value, verb: string, precision: number): string => {
  switch (verb) {
    case 's':
      return shown(value)
    case 'd':
      return String(whole(value))
    case 'f':
      return grouped(number(value).toFixed(Math.min(precision, 100)))
    case 'e': {
      const [mantissa = '', exponent = ''] = number(value).toExponential(Math.min(precision, 100)).split('e')
      return `${mantissa}×10${superscript(Number(exponent))}`
    }
    case 'b':
      return typeof value === 'boolean' ? String(Number(value)) : whole(value).toString(2)
    case 'o':
      return whole(value).toString(8)
    case 'x':
    case 'X': {
      const hex = typeof value === 'bigint' ? value.toString(16) : hexOf(value)
      return verb === 'X' ? hex.toUpperCase() : hex
    }
    default:
      throw new CelError(`could not parse formatting clause: unrecognized formatting clause "${verb}"`)
  }
}
// Within a list or a map texts are quoted and doubles have six decimals, as CEL's formatter prints them.
const inside = (value: Value): string =>
  typeof value === 'string' ? JSON.stringify(value) : typeof value === 'number' ? value.toFixed(6) : shown(value)

const grouped = (digits: string): string =>
  digits.replace(/\B(?=(\d{3})+(?=\.|$))/g, (gap, _three, at: number) =>
    digits.slice(0, at).includes('.') ? gap : ',',
  )
const superscript = (power: number): string =>
  `${power < 0 ? '⁻' : ''}${[...String(Math.abs(power)).padStart(2, '0')].map((digit) => '⁰¹²³⁴⁵⁶⁷⁸⁹'[Number(digit)]).join('')}`

const number = (value: Value): number => (typeof value === 'number' ? value : Number(whole(value)))
const hexOf = (value: Value): string =>
  [...(value instanceof Uint8Array ? value : new TextEncoder().encode(text(value)))]
    .map((byte) => byte.toString(16).padStart(2, '0'))
    .join('')

const shown = (value: Value): string => {
  if (value === null) return 'null'
  if (typeof value === 'number') return goDouble(value)
  if (isList(value)) return `[${value.map(inside).join(', ')}]`
  if (isMap(value))
    return `{${keysOf(value)
      .map((key) => `${inside(key)}:${inside(entryOf(value, key)!)}`)
      .sort()
      .join(', ')}}`
  if (value instanceof Uint8Array) return new TextDecoder().decode(value)
  if (typeof value === 'object' && 'is' in value) {
    if (value.is === 'duration') return durationText(value)
    if (value.is === 'timestamp') return timestampText(value)
    return noOverload()
  }
  return String(value)
}

export const stringFunctions: Record<string, Fn> = { matches, 'strings.quote': (value) => JSON.stringify(text(value)) }

export const stringMethods: Methods = {
  on: isText,
  methods: {
    size: (value) => BigInt([...text(value)].length),
    matches,
    find: (value, pattern) => {
      const matcher = regex(text(pattern)).matcher(text(value))
      return matcher.find() ? (matcher.group() ?? '') : ''
    },
    findAll: (value, pattern, limit) => {
      const matcher = regex(text(pattern)).matcher(text(value))
      const most = limit === undefined ? -1n : whole(limit)
      const found: string[] = []
      while ((most < 0n || BigInt(found.length) < most) && matcher.find()) found.push(matcher.group() ?? '')
      return found
    },
    startsWith: (value, part) => text(value).startsWith(text(part)),
    endsWith: (value, part) => text(value).endsWith(text(part)),
    contains: (value, part) => text(value).includes(text(part)),
    charAt: (value, at) => {
      const characters = [...text(value)]
      return characters[bounds(characters, whole(at))] ?? ''
    },
    indexOf: indexOf(false),
    lastIndexOf: indexOf(true),
    substring: (value, start, end) => {
      const characters = [...text(value)]
      const [from, to] = [
        bounds(characters, whole(start)),
        end === undefined ? characters.length : bounds(characters, whole(end)),
      ]
      if (from > to) throw new CelError(`invalid substring range. start: ${from}, end: ${to}`)
      return characters.slice(from, to).join('')
    },
    split,
    replace,
    trim: (value) => text(value).replace(space, ''),
    lowerAscii: (value) => asciiOnly((one) => one.toLowerCase(), /[A-Z]+/g)(text(value)),
    upperAscii: (value) => asciiOnly((one) => one.toUpperCase(), /[a-z]+/g)(text(value)),
    reverse: (value) => [...text(value)].reverse().join(''),
    format,
  },
}

/** `semver('1.2.3')` and what can be asked of it; `semver(text, true)` forgives a leading v and missing parts. */
import { CelError, isCustom, type Value } from '../value.ts'
import { custom, text, type Fn, type Methods } from './args.ts'

interface Semver {
  readonly numbers: readonly [number, number, number]
  readonly pre: readonly string[]
}

const parseSemver = (value: string, forgiving: boolean): Semver | undefined => {
  const tidy = forgiving
    ? value
        .trim()
        .replace(/^v/, '')
        .replace(/^(\d+)(\.\d+)?(\.\d+)?/, (_, major: string, minor = '.0', patch = '.0') =>
          [major, minor, patch].map((part: string) => part.replace(/^(\.?)0+(?=\d)/, '$1')).join(''),
        )
    : value
  const parts =
    /^(0|[1-9]\d{0,15})\.(0|[1-9]\d{0,15})\.(0|[1-9]\d{0,15})(?:-([0-9A-Za-z.-]+))?(?:\+[0-9A-Za-z.-]+)?$/.exec(tidy)
  if (!parts) return undefined
  return { numbers: [Number(parts[1]), Number(parts[2]), Number(parts[3])], pre: parts[4]?.split('.') ?? [] }
}

const compareSemver = (one: Semver, other: Semver): number => {
  for (const [index, number] of one.numbers.entries())
    if (number !== other.numbers[index]) return number < other.numbers[index]! ? -1 : 1
  if (one.pre.length === 0 || other.pre.length === 0) return Math.sign(other.pre.length - one.pre.length)
  for (let index = 0; index < Math.max(one.pre.length, other.pre.length); index++) {
    const [a, b] = [one.pre[index], other.pre[index]]
    if (a === b) continue
    if (a === undefined || b === undefined) return a === undefined ? -1 : 1
    const [numericA, numericB] = [/^\d+$/.test(a), /^\d+$/.test(b)]
    if (numericA && numericB) return Number(a) < Number(b) ? -1 : 1
    return numericA !== numericB ? (numericA ? -1 : 1) : a < b ? -1 : 1
  }
  return 0
}

const read = (value: Value | undefined): Semver => custom(value, 'semver') as Semver

export const semverFunctions: Record<string, Fn> = {
  semver: (value, forgiving) => {
    const parsed = parseSemver(text(value), forgiving === true)
    if (!parsed) throw new CelError(`No Major.Minor.Patch elements found in ${JSON.stringify(value)}`)
    return { is: 'semver', of: parsed }
  },
  isSemver: (value, forgiving) => parseSemver(text(value), forgiving === true) !== undefined,
}

export const semverMethods: Methods = {
  on: (value) => isCustom(value, 'semver'),
  methods: {
    major: (value) => BigInt(read(value).numbers[0]),
    minor: (value) => BigInt(read(value).numbers[1]),
    patch: (value) => BigInt(read(value).numbers[2]),
    compareTo: (one, other) => BigInt(compareSemver(read(one), read(other))),
    isLessThan: (one, other) => compareSemver(read(one), read(other)) < 0,
    isGreaterThan: (one, other) => compareSemver(read(one), read(other)) > 0,
  },
}

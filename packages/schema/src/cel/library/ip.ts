/** IP addresses and address ranges. */

export interface Address {
  readonly version: 4 | 6
  readonly bits: bigint
}
export interface Range {
  readonly address: Address
  readonly length: number
}

/** Undefined when the text is no address. IPv4-mapped IPv6 addresses and zones are refused, as Kubernetes does. */
export const parseAddress = (text: string): Address | undefined => {
  const four = parseFour(text)
  if (four !== undefined) return { version: 4, bits: four }
  const halves = text.split('::')
  if (!text.includes(':') || halves.length > 2) return undefined
  const groups = (half: string): string[] => (half === '' ? [] : half.split(':'))
  const head = groups(halves[0]!)
  const tail = groups(halves[1] ?? '')
  const last = (tail.length > 0 ? tail : head).at(-1) ?? ''
  if (last.includes('.')) return undefined
  const missing = 8 - head.length - tail.length
  if (halves.length === 2 ? missing < 1 : missing !== 0) return undefined
  const all = [...head, ...Array.from({ length: halves.length === 2 ? missing : 0 }, () => '0'), ...tail]
  if (!all.every((group) => /^[0-9a-fA-F]{1,4}$/.test(group))) return undefined
  return { version: 6, bits: all.reduce((bits, group) => (bits << 16n) | BigInt(`0x${group}`), 0n) }
}

const parseFour = (text: string): bigint | undefined => {
  const parts = text.split('.')
  if (parts.length !== 4 || !parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part) && Number(part) < 256))
    return undefined
  return parts.reduce((bits, part) => (bits << 8n) | BigInt(part), 0n)
}

export const parseRange = (text: string): Range | undefined => {
  const [address = '', length = '', ...rest] = text.split('/')
  const parsed = parseAddress(address)
  if (!parsed || rest.length > 0 || !/^(0|[1-9]\d{0,2})$/.test(length) || Number(length) > width(parsed))
    return undefined
  return { address: parsed, length: Number(length) }
}

export const width = ({ version }: Address): number => (version === 4 ? 32 : 128)
export const masked = ({ address, length }: Range): Range => ({
  address: { ...address, bits: prefix(address, length) << BigInt(width(address) - length) },
  length,
})
const prefix = (address: Address, length: number): bigint => address.bits >> BigInt(width(address) - length)

export const contains = (range: Range, address: Address): boolean =>
  range.address.version === address.version && prefix(range.address, range.length) === prefix(address, range.length)
export const containsRange = (outer: Range, inner: Range): boolean =>
  inner.length >= outer.length && contains(outer, inner.address)

export const compareAddresses = (one: unknown, other: unknown): number => {
  const [a, b] = [one as Address, other as Address]
  return a.version !== b.version ? a.version - b.version : a.bits < b.bits ? -1 : a.bits > b.bits ? 1 : 0
}

export const addressText = (address: Address): string => {
  if (address.version === 4) return [24n, 16n, 8n, 0n].map((shift) => String((address.bits >> shift) & 255n)).join('.')
  const groups = Array.from({ length: 8 }, (_, index) =>
    ((address.bits >> BigInt(16 * (7 - index))) & 0xffffn).toString(16),
  )
  const zeros = longestZeros(groups)
  if (zeros.length < 2) return groups.join(':')
  return `${groups.slice(0, zeros.start).join(':')}::${groups.slice(zeros.start + zeros.length).join(':')}`
}

const longestZeros = (groups: readonly string[]): { start: number; length: number } => {
  let best = { start: 0, length: 0 }
  for (let start = 0; start < groups.length; start++) {
    let length = 0
    while (groups[start + length] === '0') length++
    if (length > best.length) best = { start, length }
  }
  return best
}

const inRange = (text: string) => {
  const range = parseRange(text)!
  return (address: Address): boolean => contains(range, address)
}
const loopback = [inRange('127.0.0.0/8'), inRange('::1/128')]
const linkLocal = [inRange('169.254.0.0/16'), inRange('fe80::/10')]
const linkLocalMulticast = [inRange('224.0.0.0/24'), inRange('ff02::/16')]
const multicast = [inRange('224.0.0.0/4'), inRange('ff00::/8')]
const any = (tests: readonly ((address: Address) => boolean)[], address: Address): boolean =>
  tests.some((test) => test(address))

export const isUnspecified = (address: Address): boolean => address.bits === 0n
export const isLoopback = (address: Address): boolean => any(loopback, address)
export const isLinkLocalUnicast = (address: Address): boolean => any(linkLocal, address)
export const isLinkLocalMulticast = (address: Address): boolean => any(linkLocalMulticast, address)
export const isGlobalUnicast = (address: Address): boolean =>
  !isUnspecified(address) &&
  !isLoopback(address) &&
  !isLinkLocalUnicast(address) &&
  !any(multicast, address) &&
  !(address.version === 4 && address.bits === 0xffff_ffffn)

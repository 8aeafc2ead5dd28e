/** IP addresses as text, and which of them a download may not reach. */

/** The bytes of an IPv4 or IPv6 address (4 or 16); a single number is an IPv4 address too; undefined for a name. */
export const parseAddress = (host: string): number[] | undefined => {
  const text = host.replace(/^\[(.*)\]$/, '$1').replace(/%.*$/, '')
  if (/^\d{1,10}$/.test(text) && Number(text) < 2 ** 32) return fourBytes(Number(text))
  return text.includes(':') ? parseV6(text) : parseV4(text)
}

/** Loopback, link-local, site-local, unspecified or multicast: whatever is inside. Unique-local IPv6 and 100.64/10 are not. */
export const isRestricted = (address: readonly number[]): boolean => {
  const mapped =
    address.length === 16 &&
    address.slice(0, 10).every((byte) => byte === 0) &&
    address[10] === 255 &&
    address[11] === 255
  return address.length === 4
    ? isRestrictedV4(address)
    : mapped
      ? isRestrictedV4(address.slice(12))
      : isRestrictedV6(address)
}

const isRestrictedV4 = ([a = 0, b = 0, c = 0, d = 0]: readonly number[]): boolean =>
  a === 127 ||
  a === 10 ||
  (a === 172 && b >= 16 && b < 32) ||
  (a === 192 && b === 168) ||
  (a === 169 && b === 254) ||
  (a >= 224 && a < 240) ||
  a + b + c + d === 0

const isRestrictedV6 = (bytes: readonly number[]): boolean => {
  const [a = 0, b = 0] = bytes
  const zeros = bytes.slice(0, 15).every((byte) => byte === 0)
  return (zeros && (bytes[15] === 0 || bytes[15] === 1)) || a === 255 || (a === 254 && b >= 128)
}

const parseV4 = (text: string): number[] | undefined => {
  // Decimal, whatever leading zeros suggest: 0177 is 177.
  const parts = text.split('.')
  const bytes = parts.map((part) => (/^\d{1,10}$/.test(part) ? Number(part) : 256))
  return parts.length === 4 && bytes.every((byte) => byte < 256) ? bytes : undefined
}

const parseV6 = (text: string): number[] | undefined => {
  const dotted = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(text)
  const tail = dotted ? parseV4(dotted[2] as string) : []
  if (tail === undefined) return undefined
  const halves = (dotted ? (dotted[1] as string).replace(/([^:]):$/, '$1') : text).split('::')
  if (halves.length > 2) return undefined
  const groups = halves.map((half) => (half === '' ? [] : half.split(':')))
  if (groups.flat().some((group) => !/^[0-9a-f]{1,4}$/i.test(group))) return undefined
  const [left = [], right = []] = groups.map((half) =>
    half.flatMap((group) => [parseInt(group, 16) >> 8, parseInt(group, 16) & 255]),
  )
  const missing = 16 - left.length - right.length - tail.length
  if (halves.length === 1) return missing === 0 ? [...left, ...tail] : undefined
  return missing < 0 ? undefined : [...left, ...Array.from({ length: missing }, () => 0), ...right, ...tail]
}

const fourBytes = (number: number): number[] => [
  number >>> 24,
  (number >>> 16) & 255,
  (number >>> 8) & 255,
  number & 255,
]

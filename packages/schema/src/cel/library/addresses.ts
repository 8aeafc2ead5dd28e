/** `ip('10.0.0.1')`, `cidr('10.0.0.0/8')` and what can be asked of them. */
import { CelError, isCustom, type Value } from '../value.ts'
import { custom, text, type Fn, type Methods } from './args.ts'
import {
  addressText,
  contains,
  containsRange,
  isGlobalUnicast,
  isLinkLocalMulticast,
  isLinkLocalUnicast,
  isLoopback,
  isUnspecified,
  masked,
  parseAddress,
  parseRange,
  type Address,
  type Range,
} from './ip.ts'

const address = (value: Value | undefined): Address => custom(value, 'ip') as Address
const range = (value: Value | undefined): Range => custom(value, 'cidr') as Range

const ip: Fn = (value) => {
  const parsed = parseAddress(text(value))
  if (!parsed)
    throw new CelError(
      `IP Address ${JSON.stringify(value)} parse error during conversion from string: ParseAddr(${JSON.stringify(value)}): unable to parse IP`,
    )
  return { is: 'ip', of: parsed }
}
const cidr: Fn = (value) => {
  const parsed = parseRange(text(value))
  if (!parsed)
    throw new CelError(
      `network address parse error during conversion from string: network address parse error during conversion from string: netip.ParsePrefix(${JSON.stringify(value)}): ${text(value).includes('/') ? 'unable to parse' : "no '/'"}`,
    )
  return { is: 'cidr', of: parsed }
}

export const addressFunctions: Record<string, Fn> = {
  ip,
  isIP: (value) => parseAddress(text(value)) !== undefined,
  'ip.isCanonical': (value) => addressText(address(ip(value!))) === value,
  cidr,
  isCIDR: (value) => parseRange(text(value)) !== undefined,
}

export const addressMethods: Methods = {
  on: (value) => isCustom(value, 'ip'),
  methods: {
    family: (value) => BigInt(address(value).version),
    isUnspecified: (value) => isUnspecified(address(value)),
    isLoopback: (value) => isLoopback(address(value)),
    isLinkLocalMulticast: (value) => isLinkLocalMulticast(address(value)),
    isLinkLocalUnicast: (value) => isLinkLocalUnicast(address(value)),
    isGlobalUnicast: (value) => isGlobalUnicast(address(value)),
  },
}

const asAddress = (value: Value | undefined): Address => address(typeof value === 'string' ? ip(value) : value)
const asRange = (value: Value | undefined): Range => range(typeof value === 'string' ? cidr(value) : value)

export const rangeMethods: Methods = {
  on: (value) => isCustom(value, 'cidr'),
  methods: {
    containsIP: (value, one) => contains(range(value), asAddress(one)),
    containsCIDR: (value, one) => containsRange(range(value), asRange(one)),
    ip: (value) => ({ is: 'ip', of: range(value).address }),
    masked: (value) => ({ is: 'cidr', of: masked(range(value)) }),
    prefixLength: (value) => BigInt(range(value).length),
  },
}

/** Kubernetes quantities (`500m`, `2Gi`, `1e3`) as numbers, and the memory texts a FlinkDeployment allows in both notations. */
import { parseMemoryBytes } from '@drey/api'

/** The plain number of a quantity: `500m` → 0.5, `2Gi` → 2147483648; undefined if it is none. */
export const quantityOf = (text: string | number): number | undefined => {
  const match = /^([+-]?(?:\d+\.?\d*|\.\d+))(?:([numkMGTPE]|[KMGTPE]i)|[eE]([+-]?\d+))?$/.exec(String(text).trim())
  if (!match) return undefined
  const [, digits, suffix, exponent] = match
  // Decimal arithmetic on the text, so that 1728000k does not pick up binary noise.
  const power = exponent !== undefined ? Number(exponent) : (DECIMAL[suffix ?? ''] ?? 0)
  return Number(`${digits}e${power}`) * (BINARY[suffix ?? ''] ?? 1)
}

/**
 * The memory of `resource.memory` or `resources.*.memory`: Flink's notation first (`2048m`, `2G`: powers of 1024), and only what
 * that does not read as a Kubernetes quantity. `text` is what goes into the Flink configuration: a size keeps its unit, a
 * quantity becomes plain bytes (upstream's ResourceConfigUtils does the same).
 */
export const memoryTextOf = (text: string): { bytes: bigint; viaQuantity: boolean } | undefined => {
  const size = parseMemoryBytes(text)
  if (size.ok) return { bytes: size.value, viaQuantity: false }
  const quantity = quantityOf(
    text
      .trim()
      .toUpperCase()
      .replace(/(?<=.)B$/, '')
      .replace(/([KMGTPE])I$/, '$1i'),
  )
  return quantity === undefined || quantity < 0 ? undefined : { bytes: BigInt(Math.trunc(quantity)), viaQuantity: true }
}

const DECIMAL: Record<string, number> = { n: -9, u: -6, m: -3, k: 3, M: 6, G: 9, T: 12, P: 15, E: 18 }
const BINARY: Record<string, number> = Object.fromEntries(
  ['Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'].map((unit, i) => [unit, 1024 ** (i + 1)]),
)

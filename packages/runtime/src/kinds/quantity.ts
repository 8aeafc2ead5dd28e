/** A Kubernetes quantity as a number: `10Gi`, `500m`, `1e3`, `2G`. 0 for what cannot be read. */
const binary: Record<string, number> = { Ki: 1, Mi: 2, Gi: 3, Ti: 4, Pi: 5, Ei: 6 }
const decimal: Record<string, number> = { n: -3, u: -2, m: -1, '': 0, k: 1, M: 2, G: 3, T: 4, P: 5, E: 6 }

export const quantity = (text: string | number | undefined): number => {
  if (typeof text === 'number') return text
  const parts = /^([+-]?[0-9.]+(?:[eE][+-]?[0-9]+)?)([A-Za-z]{0,2})$/.exec(text ?? '')
  if (!parts) return 0
  const [, number = '0', unit = ''] = parts
  const power = binary[unit]
  return Number(number) * (power === undefined ? 1000 ** (decimal[unit] ?? 0) : 1024 ** power)
}

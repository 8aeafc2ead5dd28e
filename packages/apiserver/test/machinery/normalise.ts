/** Makes two answers comparable: what differs from run to run becomes a word. */

export const normalise = (value: unknown, namespace: string, key = ''): unknown => {
  if (Array.isArray(value)) {
    const list = value.map((one) => normalise(one, namespace, key))
    return key === 'managedFields' ? sorted(list) : list
  }
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(
      Object.entries(value)
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([name, one]) => [name, normalise(one, namespace, name)]),
    )
  if (key === 'resourceVersion') return 'REVISION'
  if (key === 'continue') return 'TOKEN'
  if (key === 'nodePort' || key === 'healthCheckNodePort') return 30000
  if (typeof value !== 'string') return value
  return value
    .replaceAll(namespace, 'NS')
    .replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, 'UID')
    .replace(/20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g, 'TIME')
    .replace(/10\.96\.\d+\.\d+/g, 'CLUSTERIP')
    .replace(/(in record \()\d+(\))/g, '$1REVISION$2')
    .replace(/current: \d+/g, 'current: REVISION')
}

/** Entries written in the same second have no order. */
const sorted = (list: unknown[]): unknown[] =>
  [...list].sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1))

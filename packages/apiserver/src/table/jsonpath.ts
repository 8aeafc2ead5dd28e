/**
 * The JSONPath of printer columns: fields, quoted fields, indexes, `[*]` and filters like `[?(@.type=="Ready")]`. Paths are
 * compiled once and remembered.
 */

/** The values a path finds, in order; nothing found is an empty list. */
export const findAll = (path: string, root: unknown): readonly unknown[] => {
  let steps = compiled.get(path)
  if (!steps) {
    if (compiled.size > 2000) compiled.clear()
    steps = compile(path)
    compiled.set(path, steps)
  }
  return steps.reduce<unknown[]>((values, step) => values.flatMap(step), [root])
}

type Step = (value: unknown) => unknown[]
const compiled = new Map<string, Step[]>()

const token = /\.\.?([^.[\]]+)|\.|\[('(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")\]|\[(-?\d+)\]|\[(\*)\]|\[\?\((.*?)\)\]/gy

const compile = (path: string): Step[] => {
  const text = path
    .replace(/^\{(.*)\}$/, '$1')
    .replace(/^\$/, '')
    .replace(/\\\./g, '\u0000')
  const steps: Step[] = []
  token.lastIndex = 0
  while (token.lastIndex < text.length) {
    const match = token.exec(text)
    // a path we cannot read finds nothing, like a path that leads nowhere
    if (!match) return [() => []]
    const [, name, quoted, index, star, filter] = match
    if (name === '*' || star) steps.push(children)
    else if (name !== undefined) steps.push(field(name.replaceAll('\u0000', '.')))
    else if (quoted !== undefined) steps.push(field(quoted.slice(1, -1).replace(/\\(.)/g, '$1')))
    else if (index !== undefined) steps.push(element(Number(index)))
    else if (filter !== undefined) steps.push(where(filter))
  }
  return steps
}

const children: Step = (value) => (Array.isArray(value) ? value : isObject(value) ? Object.values(value) : [])
const field =
  (name: string): Step =>
  (value) =>
    isObject(value) && Object.hasOwn(value, name) && value[name] !== undefined ? [value[name]] : []
const element =
  (index: number): Step =>
  (value) => {
    const found = Array.isArray(value) ? value.at(index) : undefined
    return found === undefined ? [] : [found]
  }

const comparison = /^\s*@((?:\.[^\s=!<>]+|\[[^\]]+\])*)\s*(?:(==|!=|<=|>=|<|>)\s*(.+?))?\s*$/
const where = (text: string): Step => {
  const match = comparison.exec(text)
  if (!match) return () => []
  const [, path = '', operator, right] = match
  const wanted = right === undefined ? undefined : literal(right)
  return (value) =>
    (Array.isArray(value) ? value : []).filter((item) => {
      const found = findAll(path, item)[0]
      if (operator === undefined) return found !== undefined
      if (found === undefined) return false
      return compare(found, operator, wanted)
    })
}

const literal = (text: string): unknown =>
  /^['"]/.test(text)
    ? text.slice(1, -1)
    : text === 'true'
      ? true
      : text === 'false'
        ? false
        : Number.isNaN(Number(text))
          ? text
          : Number(text)

const compare = (left: unknown, operator: string, right: unknown): boolean => {
  switch (operator) {
    case '==':
      return left === right
    case '!=':
      return left !== right
    case '<':
      return (left as number) < (right as number)
    case '<=':
      return (left as number) <= (right as number)
    case '>':
      return (left as number) > (right as number)
    default:
      return (left as number) >= (right as number)
  }
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/**
 * JSONPath templates as kubectl reads them, the part people type: `{.spec.containers[0].image}`, `{.items[*].metadata.name}`,
 * `{['key.with.dots']}`, `{.a\.b}`, `{..name}`, `[?(@.type=="Ready")]`, `{range .items[*]}…{end}`, `{"\n"}` and text between.
 * https://kubernetes.io/docs/reference/kubectl/jsonpath/
 */
import { exit, Problem } from './command.ts'

/** The text a template makes of a document. A lone path may stand without braces. */
export const filledTemplate = (template: string, document: unknown): string => {
  const pieces = piecesOf(template.includes('{') ? template : `{${template}}`)
  const [text] = filled(pieces, 0, document, document)
  return text
}

/** All values at a path: nothing where the path leads nowhere. */
export const valuesAt = (document: unknown, path: string): unknown[] =>
  stepsOf(path).reduce<unknown[]>((values, step) => values.flatMap((value) => follow(value, step)), [document])

type Piece = { text: string } | { path: string } | { range: string } | { end: true }

const piecesOf = (template: string): Piece[] => {
  const pieces: Piece[] = []
  // Braces end at the first closing one outside of quotes.
  const pattern = /\{((?:"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|[^{}"'])*)\}|[^{]+|\{/g
  for (const [whole, inside] of template.matchAll(pattern)) {
    const word = inside?.trim()
    if (word === undefined) pieces.push({ text: whole })
    else if (word === 'end') pieces.push({ end: true })
    else if (word.startsWith('range ')) pieces.push({ range: word.slice(6).trim() })
    else if (/^["']/.test(word)) pieces.push({ text: unquoted(word) })
    else pieces.push({ path: word })
  }
  return pieces
}

/** Fills pieces from `at` on until their `end`; answers the text and where it stopped. */
const filled = (pieces: readonly Piece[], at: number, root: unknown, here: unknown): [string, number] => {
  let text = ''
  for (let index = at; index < pieces.length; index++) {
    const piece = pieces[index]!
    if ('end' in piece) return [text, index]
    if ('text' in piece) text += piece.text
    else if ('path' in piece) text += resolved(piece.path, root, here).map(printed).join(' ')
    else {
      const items = resolved(piece.range, root, here).flatMap((value) =>
        Array.isArray(value) ? (value as unknown[]) : [value],
      )
      const end = skipped(pieces, index + 1)
      for (const item of items) text += filled(pieces, index + 1, root, item)[0]
      index = end
    }
  }
  return [text, pieces.length]
}

/** The `end` that belongs to the range whose body starts at `from`. */
const skipped = (pieces: readonly Piece[], from: number): number => {
  let depth = 1
  for (let index = from; index < pieces.length; index++) {
    const piece = pieces[index]!
    if ('range' in piece) depth++
    if ('end' in piece && --depth === 0) return index
  }
  throw new Problem('USAGE', 'A {range …} of the template has no {end}.', {
    fix: 'for example: jsonpath={range .items[*]}{.metadata.name}{"\\n"}{end}',
    exitCode: exit.usage,
  })
}

const resolved = (path: string, root: unknown, here: unknown): unknown[] =>
  path.startsWith('$') ? valuesAt(root, path.slice(1)) : valuesAt(here, path.replace(/^@/, ''))

type Step =
  | { key: string }
  | { every: true }
  | { from?: number; to?: number }
  | { index: number }
  | { where: Filter }
  | { deep: string }
interface Filter {
  path: string
  equal: boolean
  value?: string
}

const step =
  /\.\.([\w-]+|\*)|\[\?\(\s*@([^=!<>)]*?)\s*(?:(==|!=)\s*("[^"]*"|'[^']*'|[^)]+?)\s*)?\)\]|\[(-?\d*):(-?\d*)\]|\[(-?\d+)\]|\[\*\]|\.\*|\[['"]([^'"]+)['"]\]|\.?((?:\\.|[^.[\]\\*])+)/y

const stepsOf = (path: string): Step[] => {
  const steps: Step[] = []
  step.lastIndex = 0
  const text = path === '.' ? '' : path
  while (step.lastIndex < text.length) {
    const before = step.lastIndex
    const found = step.exec(text)
    if (!found || step.lastIndex === before)
      throw new Problem('USAGE', `The path ${path} is not understood from "${text.slice(before)}" on.`, {
        fix: 'paths look like .items[*].metadata.name',
        exitCode: exit.usage,
      })
    const [whole, deep, filterPath, comparison, value, from, to, index, quoted, key] = found
    if (deep !== undefined) steps.push({ deep })
    else if (filterPath !== undefined)
      steps.push({
        where: {
          path: filterPath,
          equal: comparison !== '!=',
          ...(value === undefined ? {} : { value: unquoted(value) }),
        },
      })
    else if (from !== undefined || to !== undefined)
      steps.push({ ...(from ? { from: Number(from) } : {}), ...(to ? { to: Number(to) } : {}) })
    else if (index !== undefined) steps.push({ index: Number(index) })
    else if (quoted !== undefined) steps.push({ key: quoted })
    else if (key !== undefined) steps.push({ key: key.replaceAll(/\\(.)/g, '$1') })
    else if (whole) steps.push({ every: true })
  }
  return steps
}

const follow = (value: unknown, to: Step): unknown[] => {
  if (value === null || typeof value !== 'object') return []
  const present = (found: unknown) => (found === undefined ? [] : [found])
  if ('key' in to) return present((value as Record<string, unknown>)[to.key])
  if ('every' in to) return Object.values(value)
  if ('deep' in to) return deeply(value, to.deep)
  if (!Array.isArray(value)) return []
  if ('index' in to) return present(value.at(to.index))
  if ('where' in to) return value.filter((item) => fits(item, to.where))
  return value.slice(to.from, to.to)
}

const deeply = (value: unknown, key: string): unknown[] => {
  if (value === null || typeof value !== 'object') return []
  const own =
    key === '*' ? Object.values(value) : [(value as Record<string, unknown>)[key]].filter((v) => v !== undefined)
  return [...own, ...Object.values(value).flatMap((child) => deeply(child, key))]
}

const fits = (item: unknown, { path, equal, value }: Filter): boolean => {
  const found = valuesAt(item, path)
  if (value === undefined) return found.length > 0
  return found.some((one) => String(one) === value) === equal
}

const printed = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value))

const unquoted = (text: string): string => {
  if (!/^(["']).*\1$/s.test(text)) return text
  const inner = text.slice(1, -1)
  return inner.replaceAll(/\\(.)/g, (_, c: string) => ({ n: '\n', t: '\t', r: '\r' })[c] ?? c)
}

/** Every function and method that an expression may call, by name. A wrong argument is `no such overload`, as in CEL. */
import { addressFunctions, addressMethods, rangeMethods } from './addresses.ts'
import { noOverload, type Fn, type Methods } from './args.ts'
import { basicFunctions, bytesMethods, mapMethods, optionalMethods } from './basics.ts'
import { formatFunctions, formatMethods } from './formats.ts'
import { listMethods, setFunctions } from './lists.ts'
import { quantityFunctions, quantityMethods } from './quantities.ts'
import { semverFunctions, semverMethods } from './semver.ts'
import { stringFunctions, stringMethods } from './strings.ts'
import { durationMethods, timestampMethods } from './times.ts'
import { urlFunctions, urlMethods } from './urls.ts'

/** Called by name; names with a dot are called as `sets.contains(…)`. */
export const functions: Record<string, Fn> = {
  ...basicFunctions,
  ...stringFunctions,
  ...setFunctions,
  ...quantityFunctions,
  ...urlFunctions,
  ...addressFunctions,
  ...formatFunctions,
  ...semverFunctions,
}

/** The first names of functions with a dot. */
export const namespaces: ReadonlySet<string> = new Set(
  Object.keys(functions).flatMap((name) => (name.includes('.') ? [name.slice(0, name.indexOf('.'))] : [])),
)

const tables: readonly Methods[] = [
  stringMethods,
  listMethods,
  mapMethods,
  optionalMethods,
  bytesMethods,
  durationMethods,
  timestampMethods,
  quantityMethods,
  urlMethods,
  addressMethods,
  rangeMethods,
  formatMethods,
  semverMethods,
]

/** Called on a receiver, which is the first argument here; its type picks among methods of one name. */
export const methods: Record<string, Fn> = Object.fromEntries(
  [...new Set(tables.flatMap((table) => Object.keys(table.methods)))].map((name) => {
    const own = tables.filter((table) => Object.hasOwn(table.methods, name))
    return [name, (...args) => (own.find((table) => table.on(args[0]!))?.methods[name] ?? noOverload)(...args)]
  }),
)

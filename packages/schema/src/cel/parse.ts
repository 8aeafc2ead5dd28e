/**
 * CEL text to a syntax tree. The tree comes from cel-js; types, functions and evaluation are ours, because the API server's
 * differ: values are typed by schema, every evaluation has a cost limit, patterns run in linear time, optionals compare.
 */
import { Environment, type ASTNode } from '@marcbachmann/cel-js'

export type Node = ASTNode

const parser = new Environment({
  unlistedVariablesAreDyn: true,
  enableOptionalTypes: true,
  homogeneousAggregateLiterals: false,
  limits: { maxAstNodes: 20_000, maxDepth: 100 },
})

/** Throws an Error that says what is wrong with the text. */
export const parse = (text: string): Node => parser.parse(text).ast

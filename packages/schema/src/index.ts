/** The schema engine: structural schemas as values, validated, defaulted, pruned, diffed and printed as CRDs and documentation. */
export {}

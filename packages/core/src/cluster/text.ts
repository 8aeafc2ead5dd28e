/** The texts Flink reads and writes: durations, sizes, lists, maps, numbers. From the option kit, at one place. */
export { parseMemoryBytes, printMemoryBytes } from '../../../api/src/options/memory-size.ts'
export { parseList, parseMap, printList, printMap, quoted } from '../../../api/src/options/quoting.ts'
export { javaDouble } from '../../../api/src/options/java-number.ts'
export type { Parsed } from '../../../api/src/options/parsed.ts'

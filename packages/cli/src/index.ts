/** The command line. */
export { main } from './main.ts'
export * from './command.ts'
export { commands } from './commands/index.ts'

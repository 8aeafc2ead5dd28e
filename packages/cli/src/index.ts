/** The command line. */
export { main } from './main.ts'
export * from './command.ts'
export { allCommands, commandsFor } from './commands/index.ts'

/** Pods as local processes, and the built-in controllers. */
export { startControllers, type Controllers, type ControllersOptions, type Log } from './controllers.ts'

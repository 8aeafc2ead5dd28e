/** Pods as local processes, and the built-in controllers. */
export {
  startControllers,
  type Controllers,
  type ControllersOptions,
  type ForwardOptions,
  type Log,
} from './controllers.ts'
export { startKubelet } from './kubelet/kubelet.ts'
export type { Kubelet, KubeletOptions } from './kubelet/kubelet.ts'
export { leftBehind, sweep, type LeftBehind } from './kubelet/sweep.ts'
export type { FilesMode, IsolationChoice, NetworkMode } from './isolation/isolation.ts'
export type { KubeletTarget } from './kubelet/streaming/target.ts'
export { serveKubelet, type KubeletServer, type KubeletServerOptions } from './kubelet/streaming/server.ts'
export { chooseIsolation, detectIsolation, IsolationError } from './isolation/detect.ts'
export type { Finding, IsolationReport } from './isolation/detect.ts'

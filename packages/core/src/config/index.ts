/** Where each setting comes from: the operator's files, defaults of namespace and version, the resource. */
export * from './built-in.ts'
export * from './effective.ts'
export * from './environment.ts'
export * from './layer.ts'
export * from './operator-config.ts'
export * from './secrets.ts'

import { inIsolation } from './in-isolation.ts'

await inIsolation({ files: 'links', network: 'loopback' })

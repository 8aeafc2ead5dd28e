import { inIsolation } from './in-isolation.ts'

await inIsolation({ files: 'mount', network: 'netns' })

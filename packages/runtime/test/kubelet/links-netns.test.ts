import { describe } from 'vitest'
import { podConformance } from './conformance.ts'

describe('pods in links with network namespaces', () => podConformance({ files: 'links', network: 'netns' }))

import { describe } from 'vitest'
import { podConformance } from './conformance.ts'

describe('pods with links and loopback addresses', () => podConformance({ files: 'links', network: 'loopback' }))

import { assert, property } from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  flinkBlueGreenDeploymentSpec,
  flinkBlueGreenDeploymentStatus,
  flinkDeploymentSpec,
  flinkDeploymentStatus,
  flinkSessionJobSpec,
  flinkSessionJobStatus,
  flinkStateSnapshotSpec,
  flinkStateSnapshotStatus,
} from '@drey/api'
import type { StructuralSchema } from '@drey/schema'
import { valueOfSchema } from '../../../api/test/arbitrary.ts'
import { noOperatorConfig } from '../../src/config/index.ts'
import { lookAtRecord, writeRecordedSpec, type RecordedKind } from '../../src/spec/index.ts'
import { readStatus, writeStatus, type StatusKind } from '../../src/status/index.ts'
import { validateResource } from '../../src/validate/index.ts'

const schemas: Record<StatusKind, { spec: StructuralSchema; status: StructuralSchema }> = {
  FlinkDeployment: { spec: flinkDeploymentSpec, status: flinkDeploymentStatus },
  FlinkSessionJob: { spec: flinkSessionJobSpec, status: flinkSessionJobStatus },
  FlinkStateSnapshot: { spec: flinkStateSnapshotSpec, status: flinkStateSnapshotStatus },
  FlinkBlueGreenDeployment: { spec: flinkBlueGreenDeploymentSpec, status: flinkBlueGreenDeploymentStatus },
}
const kinds = Object.keys(schemas) as StatusKind[]
const recorded: RecordedKind[] = ['FlinkDeployment', 'FlinkSessionJob', 'FlinkBlueGreenDeployment']

describe('whatever the schema allows', () => {
  test.each(kinds)('%s: the validator answers, and calls no type unreadable', (kind) =>
    assert(
      property(valueOfSchema(schemas[kind].spec), (spec) => {
        const problems = validateResource({ kind, metadata: { name: 'a' }, spec }, { operator: noOperatorConfig })
        // Whole numbers beyond 32 bits pass the schema and end upstream's process.
        expect(
          problems.filter(({ code, message }) => code === 'FIELD_UNREADABLE' && !message.includes('32 bits')),
        ).toEqual([])
      }),
      { numRuns: 300 },
    ),
  )

  test.each(recorded)('%s: a recorded spec reads back and is written the same', (kind) =>
    assert(
      property(valueOfSchema(schemas[kind].spec), (spec) => {
        const text = writeRecordedSpec(kind, spec as object, { firstDeployment: true })
        const look = lookAtRecord(kind, text)
        expect(look.found).toBe('spec')
        if (look.found === 'spec' && look.record.unreadable.length === 0)
          expect(writeRecordedSpec(kind, look.record.spec, look.record)).toBe(text)
      }),
      { numRuns: 300 },
    ),
  )

  test.each(kinds)('%s: read(write(status)) is the status', (kind) =>
    assert(
      property(valueOfSchema(schemas[kind].status), (raw) => {
        const { status } = readStatus(kind, raw)
        expect(readStatus(kind, writeStatus(kind, status)).status).toEqual(status)
      }),
      { numRuns: 300 },
    ),
  )
})

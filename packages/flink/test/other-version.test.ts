/** A jar of another Flink version is told from any other failure, by the words of the JVM. */
import { expect, test } from 'vitest'
import { otherVersion } from '../src/other-version.ts'

test.each([
  [
    'Internal server error.\n<Exception on server side:\njava.lang.NoClassDefFoundError: org/apache/flink/streaming/api/functions/source/SourceFunction\n\tat java.base/…',
    'org/apache/flink/streaming/api/functions/source/SourceFunction',
  ],
  [
    'Caused by: java.lang.ClassNotFoundException: org.apache.flink.api.java.DataSet\n\tat …',
    'org.apache.flink.api.java.DataSet',
  ],
  [
    "java.lang.NoSuchMethodError: 'void org.apache.flink.streaming.api.environment.StreamExecutionEnvironment.setStateBackend(org.apache.flink.runtime.state.StateBackend)'",
    'org.apache.flink.streaming.api.environment.StreamExecutionEnvironment.setStateBackend',
  ],
])('%s', (error, name) => {
  expect(otherVersion([error])).toMatch(`${name} is missing in this Flink: `)
})

test.each([
  'java.lang.ClassNotFoundException: com.example.Main',
  'org.apache.flink.client.program.ProgramInvocationException: The main method caused an error: org.apache.flink.util.FlinkException',
])('not: %s', (error) => {
  expect(otherVersion([error])).toBeUndefined()
})

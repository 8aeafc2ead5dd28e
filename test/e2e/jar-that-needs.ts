/**
 * A jar whose main method touches one class and does nothing else: what a job built for another Flink does, without a compiler.
 * https://docs.oracle.com/javase/specs/jvms/se8/html/jvms-4.html
 */
import { manifestText } from '../../packages/flink-home/src/distribution/jar.ts'
import { zipEntry, zipOf } from '../../packages/flink-home/src/distribution/zip.ts'

export const jarThatNeeds = (className: string): Buffer =>
  zipOf([
    zipEntry('META-INF/MANIFEST.MF', manifestText({ 'Manifest-Version': '1.0', 'Main-Class': 'Needs' })),
    zipEntry('Needs.class', needing(className)),
  ])

const u1 = (value: number) => Buffer.from([value])
const u2 = (value: number) => Buffer.from([value >> 8, value & 255])
const u4 = (value: number) => Buffer.from([0, 0, value >> 8, value & 255])
const text = (value: string) => Buffer.concat([u1(1), u2(Buffer.byteLength(value)), Buffer.from(value)])
const classAt = (name: number) => Buffer.concat([u1(7), u2(name)])

const needing = (className: string): Buffer => {
  // 1 Needs · 3 java/lang/Object · 5 main · 6 its type · 7 Code · 9 the class that is needed
  const pool = [
    classAt(2),
    text('Needs'),
    classAt(4),
    text('java/lang/Object'),
    text('main'),
    text('([Ljava/lang/String;)V'),
    text('Code'),
    text(className),
    classAt(8),
  ]
  // ldc 9, pop, return
  const code = Buffer.from([0x12, 9, 0x57, 0xb1])
  const attribute = Buffer.concat([u2(1), u2(1), u4(code.length), code, u2(0), u2(0)])
  const main = Buffer.concat([u2(0x0009), u2(5), u2(6), u2(1), u2(7), u4(attribute.length), attribute])
  return Buffer.concat([
    Buffer.from([0xca, 0xfe, 0xba, 0xbe]),
    u2(0),
    u2(52),
    u2(pool.length + 1),
    ...pool,
    u2(0x0021),
    u2(1),
    u2(3),
    u2(0),
    u2(0),
    u2(1),
    main,
    u2(0),
  ])
}

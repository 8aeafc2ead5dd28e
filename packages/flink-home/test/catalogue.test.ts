import { mkdtempSync, readdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { flinkTag, parseReference } from '../src/catalogue/reference.ts'
import { ImageUnknownError, imageCatalogue, listMappings, mapImage, unmapImage } from '../src/index.ts'
import type { ResolvedImage } from '../src/index.ts'
import { fakeRegistry } from './support/registry.ts'
import { podOf, toyHome, write } from './support/toy-home.ts'

const tagOf = (image: string): unknown => {
  const reference = parseReference(image)
  return reference && flinkTag(reference)
}

describe('names of Flink images', () => {
  test.each([
    ['flink:1.20', { version: '1.20' }],
    ['flink:1.20.3-scala_2.12-java17', { version: '1.20.3', java: 17 }],
    ['library/flink:2.0.0-java17', { version: '2.0.0', java: 17 }],
    ['docker.io/library/flink:1.18.0', { version: '1.18.0' }],
    ['registry.local:5000/library/flink:2.0.0-java17', { version: '2.0.0', java: 17 }],
    ['apache/flink:1.19-scala_2.12', { version: '1.19' }],
    ['ghcr.io/apache/flink-docker:2.2.1-scala_2.12-java21', { version: '2.2.1', java: 21 }],
    ['flink', {}],
    ['flink:latest', {}],
    ['flink:java17', { java: 17 }],
    ['flink:scala_2.12-java11', { java: 11 }],
    [`flink:1.20@sha256:${'0'.repeat(64)}`, { version: '1.20' }],
  ])('%s', (image, tag) => expect(tagOf(image)).toEqual(tag))

  test.each([
    'orders:7',
    'my.registry/flink-word-count:1.0',
    'ghcr.io/apache/flink-kubernetes-operator:1.13.0',
    'flink:orders-7',
    'flink:does-not-exist',
    'flink:nightly',
    'flink:1.20-nosuch',
    `flink@sha256:${'0'.repeat(64)}`,
    'flink:1.20:3',
    '',
  ])('%s is none', (image) => expect(tagOf(image)).toBeUndefined())
})

const catalogue = (dir: string, more = {}): ReturnType<typeof imageCatalogue> =>
  imageCatalogue({ flinkDir: dir, mapFile: join(dir, 'images.json'), plainJvm: true, ...more })
const silent = (): void => undefined

describe('a Flink image', () => {
  test('lays the home’s folders at /opt/flink, each on its own, and has the image’s environment', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'drey-images-'))
    const home = toyHome('1.20.5', dir)
    const image = await catalogue(dir).resolve('flink:1.20', silent)
    expect(image.layers.map(({ target }) => target)).toEqual(
      expect.arrayContaining([
        '/opt/flink/lib',
        '/opt/flink/plugins/metrics-jmx',
        '/opt/flink/opt',
        '/docker-entrypoint.sh',
      ]),
    )
    // What the machine itself has at /opt/flink is no part of the image.
    expect(image.layers[0]?.target).toBe('/opt/flink')
    expect(readdirSync(image.layers[0]!.source)).toEqual([])
    expect(image).toMatchObject({
      entrypoint: ['/docker-entrypoint.sh'],
      workingDir: '/opt/flink',
      env: { FLINK_HOME: '/opt/flink' },
    })
    expect(image.imageId).toMatch(/^flink:1\.20\.5@sha256:[0-9a-f]{64}$/)
    expect(readdirSync(home.dir)).toContain('.drey')
  })

  test('a floating tag is the newest patch at hand, which its notes tell', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'drey-images-'))
    for (const version of ['1.20.3', '1.20.5', '2.0.2']) toyHome(version, dir)
    const idOf = async (image: string): Promise<string> =>
      (await catalogue(dir).resolve(image, silent)).imageId.split('@')[0] ?? ''
    expect(await idOf('flink:1.20')).toBe('flink:1.20.5')
    expect(await idOf('flink:1.20.3')).toBe('flink:1.20.3')
    expect(await idOf('flink:latest')).toBe('flink:2.0.2')
    const image = await catalogue(dir).resolve('flink:1.20-java8', silent)
    const home = {
      dir: join(dir, '1.20.5'),
      version: '1.20.5',
      from: 'distribution' as const,
      addedAt: '',
      substitutions: [],
      missing: [],
    }
    const launch = await image.launch?.(
      podOf(home, ['/docker-entrypoint.sh', 'jobmanager'], { 'jobmanager.memory.process.size': '1600m' }),
    )
    expect(launch?.notes).toEqual(
      expect.arrayContaining(['This image is Flink 1.20.5.', expect.stringMatching(/The tag names Java 8/)]),
    )
  })

  test('a version that is not here is fetched, which is told; a patch that does not exist is refused, never replaced', async () => {
    const registry = await fakeRegistry()
    try {
      const dir = mkdtempSync(join(tmpdir(), 'drey-images-'))
      const heard: string[] = []
      const images = catalogue(dir, { registries: registry.registries })
      expect((await images.resolve('flink:1.20', (message) => heard.push(message))).imageId).toMatch(/^flink:1\.20\.5@/)
      expect(heard[0]).toMatch(/Flink 1\.20 is not on this machine yet; fetching it/)
      expect(heard.at(-1)).toBe('Flink 1.20.5 is ready.')
      const elsewhere = catalogue(mkdtempSync(join(tmpdir(), 'drey-images-')), { registries: registry.registries })
      expect((await elsewhere.resolve('flink', silent)).imageId).toMatch(/^flink:1\.20\.5@/)
      await expect(images.resolve('flink:1.20.1', silent)).rejects.toThrow(
        /has no Flink 1\.20\.1\. It has 1\.20\.4, 1\.20\.5/,
      )
    } finally {
      await registry.close()
    }
  })
})

describe('names of the user', () => {
  const own = (): { dir: string; file: string } => {
    const dir = mkdtempSync(join(tmpdir(), 'drey-images-'))
    toyHome('1.20.5', dir)
    return { dir, file: join(dir, 'images.json') }
  }

  test('a mapped name is its Flink with files laid over and variables set', async () => {
    const { dir, file } = own()
    const overlay = mkdtempSync(join(tmpdir(), 'drey-overlay-'))
    write(overlay, { 'usrlib/orders.jar': '' })
    mapImage(file, {
      image: 'my.registry/orders:7',
      flink: '1.20',
      overlays: [{ source: overlay, target: '/opt/flink' }],
      env: { A: 'b' },
    })
    const image: ResolvedImage = await catalogue(dir).resolve('my.registry/orders:7', silent)
    expect(image.layers.at(-1)).toEqual({ source: overlay, target: '/opt/flink' })
    expect(image.env).toMatchObject({ A: 'b', FLINK_HOME: '/opt/flink' })
    await expect(catalogue(dir).resolve('my.registry/orders:8', silent)).rejects.toThrow(ImageUnknownError)
  })

  test('can be listed, replaced and removed; without a tag a name stands for all tags', async () => {
    const { dir, file } = own()
    const mapping = { flink: '1.20', overlays: [], env: {} }
    mapImage(file, { image: 'orders', ...mapping })
    mapImage(file, { image: 'docker.io/library/orders', ...mapping, flink: '1.20.5' })
    expect(listMappings(file)).toEqual([{ image: 'docker.io/library/orders', ...mapping, flink: '1.20.5' }])
    expect((await catalogue(dir).resolve('orders:42', silent)).imageId).toMatch(/^flink:1\.20\.5/)
    expect(unmapImage(file, 'orders')).toBe(true)
    expect(unmapImage(file, 'orders')).toBe(false)
    expect(listMappings(file)).toEqual([])
  })

  test('no name at all is refused', () => {
    expect(() => mapImage(own().file, { image: 'a b', overlays: [], env: {} })).toThrow(/no image name/)
  })

  test('an image whose files are not built yet waits for them', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'drey-images-'))
    toyHome('1.20.5', dir)
    const later = join(dir, 'target')
    const file = join(dir, 'images.json')
    mapImage(file, { image: 'orders:7', flink: '1.20', overlays: [{ source: later, target: '/opt/flink' }], env: {} })
    await expect(catalogue(dir).resolve('orders:7', silent)).rejects.toThrow(
      `the files of image orders:7 are not there: ${later}. Fix: make them`,
    )
    write(later, { 'usrlib/orders.jar': '' })
    await expect(catalogue(dir).resolve('orders:7', silent)).resolves.toMatchObject({ image: 'orders:7' })
  })

  test('an unknown image names the two commands that help', async () => {
    const { dir } = own()
    await expect(catalogue(dir).resolve('my.registry/orders:42', silent)).rejects.toThrow(
      'image my.registry/orders:42 is not in this home. Fix: drey image map my.registry/orders:42 --flink 1.20 --overlay ./target   or   drey image build -t my.registry/orders:42 .',
    )
  })
})

describe('utility images', () => {
  test.each([
    ['busybox', ['sh']],
    ['docker.io/library/busybox:1.36', ['sh']],
    ['quay.io/prometheus/busybox:latest', ['sh']],
    ['alpine:3', ['/bin/sh']],
    ['curlimages/curl:8.5.0', ['curl']],
    ['bash:5', ['bash']],
    ['debian:12', ['bash']],
    ['ubuntu', ['bash']],
  ])('%s runs the machine’s programs', async (name, command) => {
    const image = await catalogue('/nowhere').resolve(name, silent)
    expect(image).toMatchObject({ layers: [], entrypoint: [], command })
  })

  test('arguments that begin with a dash are curl’s', async () => {
    const image = await catalogue('/nowhere').resolve('curlimages/curl', silent)
    const at = { env: {}, hostPath: (path: string) => path, podIp: '', loopback: false }
    expect((await image.launch?.({ ...at, argv: ['-s', 'http://x'] }))?.argv).toEqual(['curl', '-s', 'http://x'])
    expect(await image.launch?.({ ...at, argv: ['sh', '-c', 'true'] })).toBeUndefined()
  })
})

/** What `kubectl exec`, `cp` and `attach` ask of a kubelet, over WebSockets and over SPDY. */
import { appendFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { execFileSync } from 'node:child_process'
import type { WebSocket } from 'ws'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { textOf, world, type World } from './world.ts'

let it: World
beforeAll(async () => {
  it = await world()
})
afterAll(() => it.close())

const execPath = (command: string[], more = 'stdout=true&stderr=true') =>
  `/exec/default/web/main?${command.map((word) => `command=${encodeURIComponent(word)}`).join('&')}&${more}`

/** Collects the channels of a WebSocket until the server closes it. */
const collect = (ws: WebSocket) =>
  new Promise<Record<number, string>>((resolve, reject) => {
    const channels: Record<number, Buffer> = {}
    ws.on('message', (data: Buffer) => {
      const channel = data[0] ?? -1
      channels[channel] = Buffer.concat([channels[channel] ?? Buffer.alloc(0), data.subarray(1)])
    })
    ws.on('error', reject)
    ws.on('close', () =>
      resolve(Object.fromEntries(Object.entries(channels).map(([channel, data]) => [channel, data.toString()]))),
    )
  })
const opened = (ws: WebSocket) => new Promise((resolve) => ws.once('open', resolve))

describe('over a WebSocket', () => {
  test.each(['v5.channel.k8s.io', 'v4.channel.k8s.io'])('%s: outputs and success', async (protocol) => {
    const channels = await collect(it.webSocket(execPath(['sh', '-c', 'echo "$GREETING"; echo oh >&2']), protocol))
    expect(channels).toEqual({ 1: 'from the pod\n', 2: 'oh\n', 3: '{"metadata":{},"status":"Success"}' })
  })

  test('an exit code comes as a Status', async () => {
    const channels = await collect(it.webSocket(execPath(['sh', '-c', 'exit 7']), 'v5.channel.k8s.io'))
    expect(JSON.parse(channels[3] ?? '')).toMatchObject({
      status: 'Failure',
      reason: 'NonZeroExitCode',
      details: { causes: [{ reason: 'ExitCode', message: '7' }] },
    })
  })

  test('a signal is 128 and its number, as in a shell', async () => {
    const channels = await collect(it.webSocket(execPath(['sh', '-c', 'kill -9 $$']), 'v4.channel.k8s.io'))
    expect(JSON.parse(channels[3] ?? '').details.causes[0].message).toBe('137')
  })

  test('a command that does not exist is an error, not an exit code', async () => {
    const channels = await collect(it.webSocket(execPath(['no-such-command']), 'v5.channel.k8s.io'))
    expect(JSON.parse(channels[3] ?? '')).toMatchObject({ status: 'Failure', reason: 'InternalError' })
    expect(channels[3]).toContain('executable file not found in $PATH')
  })

  test('input goes in and its end is told (v5)', async () => {
    const ws = it.webSocket(execPath(['wc', '-c'], 'stdin=true&stdout=true'), 'v5.channel.k8s.io')
    const all = collect(ws)
    await opened(ws)
    for (let i = 0; i < 64; i++) ws.send(Buffer.concat([Buffer.of(0), Buffer.alloc(32 * 1024, 'x')]))
    ws.send(Buffer.of(255, 0))
    expect((await all)[1]?.trim()).toBe(String(2 * 1024 * 1024))
  })

  test('the oldest protocol tells errors as text', async () => {
    const channels = await collect(it.webSocket(execPath(['false']), 'channel.k8s.io'))
    expect(channels[3]).toBe('command terminated with non-zero exit code: exit status 1')
  })

  test('base64 carries bytes as text', async () => {
    const ws = it.webSocket(execPath(['printf', 'hi']), 'v4.base64.channel.k8s.io')
    const messages: string[] = []
    ws.on('message', (data: Buffer) => messages.push(data.toString()))
    await new Promise((closed) => ws.on('close', closed))
    expect(messages).toContain(`1${Buffer.from('hi').toString('base64')}`)
  })

  test('40 MB come out whole, however slowly they are read', async () => {
    const ws = it.webSocket(execPath(['head', '-c', '40000000', '/dev/zero']), 'v5.channel.k8s.io')
    let size = 0
    ws.on('message', (data: Buffer) => {
      if (data[0] !== 1) return
      size += data.length - 1
      ws.pause()
      setImmediate(() => ws.resume())
    })
    await new Promise((closed) => ws.on('close', closed))
    expect(size).toBe(40_000_000)
  })

  test('a reader that stops, stops the command', async () => {
    const file = join(it.dir, 'written')
    writeFileSync(file, '')
    const script = `while :; do head -c 1000000 /dev/zero; echo >> ${file}; done`
    const ws = it.webSocket(execPath(['sh', '-c', script]), 'v5.channel.k8s.io')
    await opened(ws)
    ws.pause()
    const megabytes = () => Number(execFileSync('sh', ['-c', `wc -l < ${file}`]).toString())
    let before = -1
    await expect
      .poll(() => [before, (before = megabytes())], { interval: 400, timeout: 60_000 })
      .toSatisfy(([then, now]) => then === now && now > 0)
    expect(before).toBeLessThan(60)
    ws.terminate()
  })

  test('a command whose client leaves is ended', async () => {
    const file = join(it.dir, 'pid')
    const ws = it.webSocket(execPath(['sh', '-c', `echo $$ > ${file}; exec sleep 1000`]), 'v5.channel.k8s.io')
    await opened(ws)
    const pid = () =>
      execFileSync('sh', ['-c', `cat ${file} 2>/dev/null || true`])
        .toString()
        .trim()
    await expect.poll(pid).not.toBe('')
    const alive = () =>
      execFileSync('sh', ['-c', `kill -0 ${pid()} 2>/dev/null && echo yes || echo no`])
        .toString()
        .trim()
    expect(alive()).toBe('yes')
    ws.terminate()
    await expect.poll(alive).toBe('no')
  })

  test('an unknown container is an HTTP error before any upgrade', async () => {
    const ws = it.webSocket(execPath(['true']).replace('/main', '/side'), 'v5.channel.k8s.io')
    await expect(new Promise((_, reject) => ws.on('error', reject))).rejects.toThrow('404')
  })

  test('a child left behind with the outputs open does not hold the client', async () => {
    const channels = await collect(it.webSocket(execPath(['sh', '-c', 'sleep 30 & echo done']), 'v5.channel.k8s.io'))
    expect(channels[1]).toBe('done\n')
  })
})

describe('in a terminal', () => {
  test('the command sees one, with the size the client has, and hears of a new size', async () => {
    const ws = it.webSocket(
      execPath(['sh', '-c', 'tty; read a; stty size; read b; stty size'], 'stdin=true&stdout=true&tty=true'),
      'v5.channel.k8s.io',
    )
    const all = collect(ws)
    let seen = ''
    ws.on('message', (data: Buffer) => data[0] === 1 && (seen += data.toString('utf8', 1)))
    await opened(ws)
    const size = (Width: number, Height: number) => ws.send(`\u0004${JSON.stringify({ Width, Height })}`)
    size(120, 40)
    await expect.poll(() => seen).toContain('/dev/pts/')
    await expect
      .poll(() => {
        ws.send(Buffer.from('\u0000\n'))
        return seen
      })
      .toMatch(/40 120|0 0/)
    const channels = await all
    expect(channels[2]).toBeUndefined()
    expect(JSON.parse(channels[3] ?? '').status).toBe('Success')
  })

  test('exit codes come through the terminal', async () => {
    const ws = it.webSocket(execPath(['sh', '-c', 'exit 3'], 'stdin=true&stdout=true&tty=true'), 'v5.channel.k8s.io')
    const channels = await collect(ws)
    expect(JSON.parse(channels[3] ?? '').details.causes[0].message).toBe('3')
  })
})

describe('over SPDY', () => {
  const all = ['v4.channel.k8s.io', 'v3.channel.k8s.io', 'v2.channel.k8s.io', 'channel.k8s.io']

  test('outputs, input and exit code', async () => {
    const path = execPath(['sh', '-c', 'cat; echo oh >&2; exit 5'], 'input=1&output=1&error=1')
    const { session, protocol } = await it.spdy(path, all)
    expect(protocol).toBe('v4.channel.k8s.io')
    const open = (streamType: string) => session.open({ streamType })
    const [error, stdin, stdout, stderr] = await Promise.all(['error', 'stdin', 'stdout', 'stderr'].map(open))
    stdin!.end('through and back')
    expect(await Promise.all([textOf(stdout!), textOf(stderr!)])).toEqual(['through and back', 'oh\n'])
    expect(JSON.parse(await textOf(error!))).toMatchObject({
      reason: 'NonZeroExitCode',
      details: { causes: [{ message: '5' }] },
    })
    await session.closed
  })

  test('20 MB through both ways', async () => {
    const { session } = await it.spdy(execPath(['cat'], 'input=1&output=1'), ['v4.channel.k8s.io'])
    const [error, stdin, stdout] = await Promise.all(
      ['error', 'stdin', 'stdout'].map((streamType) => session.open({ streamType })),
    )
    void (async () => {
      for (let i = 0; i < 320; i++)
        if (!stdin!.write(Buffer.alloc(65_536, i))) await new Promise((go) => stdin!.once('drain', go))
      stdin!.end()
    })()
    let size = 0
    for await (const chunk of stdout!) size += (chunk as Buffer).length
    expect(size).toBe(320 * 65_536)
    expect(JSON.parse(await textOf(error!)).status).toBe('Success')
  })

  test('a client that offers nothing we speak is told what we do', async () => {
    await expect(it.spdy(execPath(['true']), ['v9.channel.k8s.io'])).rejects.toThrow('403')
  })
})

test('attach shows what the container writes from now on', async () => {
  const file = join(it.dir, 'attached.log')
  writeFileSync(file, '2026-11-21T12:00:00.0Z stdout F before\n')
  let end = () => {}
  it.logs.set('current', { files: () => [file], ended: new Promise((resolve) => (end = resolve)) })
  const ws = it.webSocket('/attach/default/web/main?stdout=true&stderr=true', 'v5.channel.k8s.io')
  const all = collect(ws)
  let seen = ''
  ws.on('message', (data: Buffer) => (seen += data.toString('utf8', 1)))
  await opened(ws)
  await expect
    .poll(() => {
      appendFileSync(file, '2026-11-21T12:00:01.0Z stderr F now\n')
      return seen
    })
    .toContain('now')
  end()
  const channels = await all
  expect(channels[1]).toBe('')
  expect(channels[2]).toMatch(/^(now\n)+$/)
  expect(JSON.parse(channels[3] ?? '').status).toBe('Success')
})

test('without stdin, stdout and stderr there is nothing to do', async () => {
  const ws = it.webSocket('/exec/default/web/main?command=true', 'v5.channel.k8s.io')
  await expect(new Promise((_, reject) => ws.on('error', reject))).rejects.toThrow('400')
})

test('a client of the same CA that is no API server is turned away', async () => {
  const { WebSocket } = await import('ws')
  const ws = new WebSocket(`wss://${it.url}${execPath(['true'])}`, 'v5.channel.k8s.io', it.stranger)
  await expect(new Promise((resolve, reject) => (ws.on('open', resolve), ws.on('error', reject)))).rejects.toThrow()
})

test('what is not SPDY ends the connection and nothing else', async () => {
  const { session } = await it.spdy(execPath(['cat'], 'input=1&output=1'), ['v4.channel.k8s.io'])
  const garbage = await it.spdyRaw(execPath(['cat'], 'input=1&output=1'))
  garbage.resume().write(Buffer.from([0x80, 2, 0, 1, 0, 0, 0, 4, 1, 2, 3, 4]))
  await new Promise((closed) => garbage.once('close', closed))
  expect(await session.open({ streamType: 'error' })).toBeDefined()
  session.close()
})

/** Runs inside the home's network namespace: see gateway.ts. Arguments: the socket to listen on, the API server's socket. */
import { rmSync } from 'node:fs'
import { connect, createServer, type Socket } from 'node:net'

const [, , own = '', api = ''] = process.argv
const listening = new Set<string>()

const join = (a: Socket, b: Socket) => {
  a.on('error', () => b.destroy())
  b.on('error', () => a.destroy())
  a.on('close', () => b.destroy())
  b.on('close', () => a.destroy())
  a.pipe(b).pipe(a)
}

const answer = (socket: Socket, question: string) => {
  const [verb, host = '', port = ''] = question.split(' ')
  if (verb === 'connect') {
    const target = connect(Number(port), host)
    const refused = (error: NodeJS.ErrnoException) => socket.end(`${error.code ?? 'EIO'}\n`)
    target.once('error', refused)
    target.once('connect', () => {
      target.off('error', refused)
      socket.write('ok\n')
      join(socket, target)
    })
    return
  }
  if (listening.has(`${host} ${port}`)) return void socket.end('ok\n')
  const server = createServer((client) => join(client, connect(api)))
  server.once('error', (error: NodeJS.ErrnoException) => socket.end(`${error.code ?? 'EIO'}\n`))
  server.listen(Number(port), host, () => {
    listening.add(`${host} ${port}`)
    socket.end('ok\n')
  })
}

rmSync(own, { force: true })
createServer((socket) => {
  let text = ''
  socket.on('error', () => {})
  const hear = (chunk: Buffer) => {
    const end = chunk.indexOf(10)
    text += chunk.subarray(0, end < 0 ? chunk.length : end).toString('latin1')
    if (end < 0) return
    socket.off('data', hear)
    socket.pause()
    if (end + 1 < chunk.length) socket.unshift(chunk.subarray(end + 1))
    answer(socket, text)
  }
  socket.on('data', hear)
}).listen(own, () => console.log('ready'))

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
  const hear = () => {
    for (let chunk: Buffer | null; (chunk = socket.read(1) as Buffer | null) !== null;) {
      if (chunk[0] !== 10) text += chunk.toString('latin1')
      else {
        socket.off('readable', hear)
        answer(socket, text)
        return
      }
    }
  }
  socket.on('readable', hear)
}).listen(own, () => console.log('ready'))

/** A byte stream inside the binary messages of a WebSocket. */
import { Duplex } from 'node:stream'
import type { WebSocket } from 'ws'

export const tunnelOf = (ws: WebSocket): Duplex => {
  let paused = false
  const tunnel = new Duplex({
    allowHalfOpen: false,
    read() {
      if (paused) ws.resume()
      paused = false
    },
    write(chunk: Buffer, _encoding, done) {
      if (ws.readyState !== ws.OPEN) return done(new Error('the WebSocket is closed'))
      ws.send(chunk, { binary: true }, (error) => done(error))
    },
    final(done) {
      ws.close(1000)
      done()
    },
    destroy(error, done) {
      ws.terminate()
      done(error)
    },
  })
  ws.on('message', (data: Buffer) => {
    if (tunnel.push(data)) return
    paused = true
    ws.pause()
  })
  ws.on('close', () => tunnel.push(null))
  ws.on('error', (error) => tunnel.destroy(error))
  return tunnel
}

/**
 * `node delay-proxy.mjs PORT TARGET MILLISECONDS MBIT`: hands bytes on to the port TARGET as a link of MBIT per second would,
 * each of them MILLISECONDS late, in both directions.
 */
import * as net from "node:net"

const [port, target, delay, megabits] = process.argv.slice(2).map(Number)
const bytesPerMillisecond = megabits * 125
/** What the link holds: more waits with its sender. */
const mostBytes = Math.max(2 ** 20, 2 * delay * bytesPerMillisecond)

const pump = (from, to) => {
  const queue = []
  let held = 0
  let free = 0
  let timer
  const deliver = () => {
    timer = undefined
    const now = performance.now()
    while (queue.length > 0 && queue[0].due <= now) {
      const { bytes } = queue.shift()
      if (bytes === undefined) to.end()
      else {
        held -= bytes.length
        to.write(bytes)
      }
    }
    if (held < mostBytes) from.resume()
    if (queue.length > 0) timer = setTimeout(deliver, Math.max(0, queue[0].due - now))
  }
  const add = (bytes) => {
    const now = performance.now()
    free = Math.max(now, free) + (bytes?.length ?? 0) / bytesPerMillisecond
    queue.push({ bytes, due: free + delay })
    held += bytes?.length ?? 0
    if (held >= mostBytes) from.pause()
    timer ??= setTimeout(deliver, queue[0].due - now)
  }
  from.on("data", add)
  from.on("end", () => add(undefined))
  from.on("close", () => to.destroyed || add(undefined))
  from.on("error", () => to.destroy())
}

net.createServer({ allowHalfOpen: true, noDelay: true }, (client) => {
  const server = net.connect({ port: target, host: "127.0.0.1", allowHalfOpen: true, noDelay: true })
  pump(client, server)
  pump(server, client)
}).listen(port, "127.0.0.1")

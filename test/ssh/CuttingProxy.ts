/**
 * A way to a port on loopback that breaks as real ones do: after so many bytes, or by silence.
 */
import * as net from "node:net"

export interface CuttingProxy {
  readonly port: number
  /** Bytes that went up and down in all. */
  readonly sent: () => number
  readonly received: () => number
  readonly connections: () => number
  /** Each connection from now on, and those there are, ends after so many bytes more, both ways together. */
  readonly cutAfter: (bytes: number) => void
  /** Nothing is forwarded any more on the connections there are, and nobody is told. */
  readonly freeze: () => void
  readonly stop: () => void
}

export const make = (target: number): Promise<CuttingProxy> =>
  new Promise((resolve, reject) => {
    let sent = 0
    let received = 0
    let connections = 0
    let left = Infinity
    const open = new Set<net.Socket>()
    const frozen = new Set<net.Socket>()
    const server = net.createServer((client) => {
      connections += 1
      const upstream = net.connect(target, "127.0.0.1")
      const both = [client, upstream]
      const end = (): void => {
        for (const socket of both) {
          open.delete(socket)
          socket.destroy()
        }
      }
      const forward = (from: net.Socket, to: net.Socket, count: (bytes: number) => void): void => {
        open.add(from)
        from.on("error", end).on("close", () => frozen.has(from) ? undefined : end())
        from.on("data", (bytes: Buffer) => {
          if (frozen.has(from)) return
          const passed = bytes.subarray(0, Math.min(bytes.length, left))
          left -= passed.length
          count(passed.length)
          if (left > 0) {
            if (!to.write(passed)) {
              from.pause()
              to.once("drain", () => from.resume())
            }
            return
          }
          // What comes next is cut only when it is asked for again
          left = Infinity
          to.write(passed, end)
        })
      }
      forward(client, upstream, (bytes) => {
        sent += bytes
      })
      forward(upstream, client, (bytes) => {
        received += bytes
      })
    })
    server.once("error", reject)
    server.listen(0, "127.0.0.1", () => {
      const address = server.address()
      resolve({
        port: typeof address === "object" && address !== null ? address.port : 0,
        sent: () => sent,
        received: () => received,
        connections: () => connections,
        cutAfter: (bytes) => {
          left = bytes
        },
        freeze: () => {
          for (const socket of open) frozen.add(socket)
        },
        stop: () => {
          for (const socket of open) socket.destroy()
          server.close()
        }
      })
    })
  })

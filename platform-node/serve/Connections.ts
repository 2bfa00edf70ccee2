/**
 * Connections of one address: never more than are free, so that there is room for others whoever opens how many.
 */
import type { Server } from "node:net"

/** `most`: of all addresses together. */
export const share = (server: Server, most: number): void => {
  const own = new Map<string, number>()
  let now = 0
  server.on("connection", (socket) => {
    const address = socket.remoteAddress ?? ""
    const mine = own.get(address) ?? 0
    if (mine >= most - now) {
      socket.destroy()
      return
    }
    now += 1
    own.set(address, mine + 1)
    socket.once("close", () => {
      now -= 1
      const left = (own.get(address) ?? 1) - 1
      if (left === 0) own.delete(address)
      else own.set(address, left)
    })
  })
}

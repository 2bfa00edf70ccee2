/**
 * An npm registry on loopback with packages that a test wrote.
 */
import { spawnSync } from "node:child_process"
import { createHash } from "node:crypto"
import * as fs from "node:fs"
import * as http from "node:http"
import * as path from "node:path"

export interface Registry {
  /** `http://127.0.0.1:PORT/` */
  readonly url: string
  readonly close: () => void
}

interface Published {
  readonly manifest: Readonly<Record<string, unknown>> & { readonly name: string; readonly version: string }
  readonly tarball: Buffer
}

/** As `npm publish` would send it. */
const pack = (directory: string, into: string): Published => {
  const packed = spawnSync("npm", ["pack", "--json", "--pack-destination", into], { cwd: directory, encoding: "utf8" })
  if (packed.status !== 0) throw new Error(packed.stderr)
  const manifest: Published["manifest"] = JSON.parse(fs.readFileSync(path.join(directory, "package.json"), "utf8"))
  const [tarball = ""] = fs.readdirSync(into).filter((name) => name === `${manifest.name}-${manifest.version}.tgz`)
  return { manifest, tarball: fs.readFileSync(path.join(into, tarball)) }
}

/** Serves the packages that lie in `directories`. `scratch` is a directory for what is packed. */
export const make = (directories: ReadonlyArray<string>, scratch: string): Promise<Registry> => {
  const published = new Map(directories.map((directory) => {
    const each = pack(directory, scratch)
    return [each.manifest.name, each] as const
  }))
  return new Promise((resolve, reject) => {
    const server = http.createServer((request, response) => {
      const [, name = "", isTarball] = /^\/([^/]+)(\/-\/.*\.tgz)?$/.exec(request.url ?? "") ?? []
      const found = published.get(name)
      if (found === undefined) return response.writeHead(404).end("{}")
      const { manifest, tarball } = found
      if (isTarball !== undefined) return response.end(tarball)
      const dist = {
        tarball: `${url()}${name}/-/${name}-${manifest.version}.tgz`,
        integrity: `sha512-${createHash("sha512").update(tarball).digest("base64")}`
      }
      response.setHeader("content-type", "application/json")
      response.end(JSON.stringify({
        name,
        "dist-tags": { latest: manifest.version },
        versions: { [manifest.version]: { ...manifest, hasInstallScript: "scripts" in manifest, dist } }
      }))
    })
    const url = (): string => {
      const address = server.address()
      return `http://127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}/`
    }
    server.once("error", reject)
    server.listen(0, "127.0.0.1", () => resolve({ url: url(), close: () => server.close() }))
  })
}

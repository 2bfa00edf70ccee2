/**
 * The files of one installed package: what its tarball brought, and what its install script made.
 */
import type { PlatformError } from "@effect/platform/Error"
import * as FileSystem from "@effect/platform/FileSystem"
import * as Path from "@effect/platform/Path"
import * as Effect from "effect/Effect"
import * as Order from "effect/Order"
import { DirectoryEntries, type DirectoryEntry } from "../resolution/DirectoryEntries.ts"
import { VendorError } from "./VendorError.ts"

export interface InstalledFile {
  /** Below the package's directory, as spelled on disk, `/` between its parts. */
  readonly path: string
  /** Absolute, without links. */
  readonly file: string
  readonly sizeBytes: number
}

/** A link that is not followed. */
export interface LinkOut {
  readonly path: string
  readonly why: string
}

export interface InstalledFiles {
  /** By path. */
  readonly files: ReadonlyArray<InstalledFile>
  readonly linksOut: ReadonlyArray<LinkOut>
}

/** A package of Clustrix holds fewer files than this. */
const maximumFiles = 65_534

const repositories: ReadonlySet<string> = new Set([".git", ".hg", ".svn"])

/** A directory that is still to be listed. */
interface Pending {
  readonly path: string
  readonly real: string
  /** Real paths of those that it lies in. */
  readonly above: ReadonlyArray<string>
}

const lookFailed = (file: string) => (cause: PlatformError): VendorError =>
  new VendorError({
    reason: "Unreadable",
    path: file,
    what: `${file} cannot be read`,
    why: cause.message,
    remedy: "Make it readable for this user, or install the packages again.",
    cause
  })

const listing = (directory: string) =>
  Effect.gen(function*() {
    const fs = yield* FileSystem.FileSystem
    const path = yield* Path.Path
    const entries = yield* Effect.serviceOption(DirectoryEntries)
    if (entries._tag === "Some") {
      const listed = yield* entries.value.list(directory)
      entries.value.asked?.(directory)
      return listed
    }
    return yield* Effect.forEach(yield* fs.readDirectory(directory), (name) =>
      Effect.gen(function*() {
        const at = path.join(directory, name)
        const link = yield* Effect.option(fs.readLink(at))
        if (link._tag === "Some") return { name, type: "SymbolicLink" } satisfies DirectoryEntry
        const { type } = yield* fs.stat(at)
        return { name, type: type === "File" || type === "Directory" ? type : "Other" } satisfies DirectoryEntry
      }))
  })

/**
 * Lists the package in `directory` (absolute, without links). Of its own `node_modules` only the packages `bundled` belong
 * to it. Links are followed as far as they stay inside of it.
 */
export const list = (
  directory: string,
  bundled: ReadonlyArray<string>
): Effect.Effect<InstalledFiles, VendorError, FileSystem.FileSystem | Path.Path> =>
  Effect.gen(function*() {
    const fs = yield* FileSystem.FileSystem
    const path = yield* Path.Path
    const files: Array<InstalledFile> = []
    const linksOut: Array<LinkOut> = []
    const own = `node_modules`
    const pending: Array<Pending> = [{ path: "", real: directory, above: [] }]
    for (const name of bundled) {
      const real = path.join(directory, own, ...name.split("/"))
      pending.push({ path: `${own}/${name}`, real, above: [directory] })
    }

    const add = (place: string, file: string) =>
      Effect.gen(function*() {
        const info = yield* Effect.mapError(fs.stat(file), lookFailed(file))
        files.push({ path: place, file, sizeBytes: Number(info.size) })
      })
    const refuse = (file: string) =>
      new VendorError({
        reason: "NotARegularFile",
        path: file,
        what: `${file} is not a regular file`,
        why: "It is a socket, a pipe or a device in the directory of an npm package, and is never opened.",
        remedy: "Remove it, or install the packages again."
      })
    const follow = (place: string, at: string, above: ReadonlyArray<string>) =>
      Effect.gen(function*() {
        const found = yield* Effect.option(fs.realPath(at))
        if (found._tag === "None") {
          linksOut.push({ path: place, why: "It leads nowhere, or in a circle." })
          return
        }
        const real = found.value
        if (real !== directory && !real.startsWith(directory + path.sep)) {
          linksOut.push({ path: place, why: `It leads to ${real}, out of the package.` })
          return
        }
        const { type } = yield* Effect.mapError(fs.stat(real), lookFailed(real))
        if (type === "File") yield* add(place, real)
        // Whoever follows a link to a directory that it lies in walks in circles: all of its files are there already
        else if (type === "Directory") {
          if (!above.includes(real)) pending.push({ path: place, real, above })
        } else return yield* refuse(at)
      })

    for (let at = pending.pop(); at !== undefined; at = pending.pop()) {
      const { real } = at
      const above = [...at.above, real]
      const isModules = /(?:^|\/)node_modules$/.test(at.path)
      for (const { name, type } of yield* Effect.mapError(listing(real), lookFailed(real))) {
        const place = at.path === "" ? name : `${at.path}/${name}`
        // `.bin` and the managers' own notes
        if (place === own || repositories.has(name) || (isModules && name.startsWith("."))) continue
        const file = path.join(real, name)
        if (type === "File") yield* add(place, file)
        else if (type === "Directory") pending.push({ path: place, real: file, above })
        else if (type === "SymbolicLink") yield* follow(place, file, above)
        else return yield* refuse(file)
      }
      if (files.length > maximumFiles) {
        return yield* new VendorError({
          reason: "TooMany",
          path: directory,
          what: `The npm package in ${directory} has more than ${maximumFiles} files`,
          why: "A package of Clustrix can hold no more.",
          remedy: "Package with dependencies \"install\" or \"assume\"."
        })
      }
    }
    return {
      files: files.sort((a, b) => Order.string(a.path, b.path)),
      linksOut: linksOut.sort((a, b) => Order.string(a.path, b.path))
    }
  })

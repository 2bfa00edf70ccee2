/**
 * `node:fs` and `node:fs/promises` over the files of a run. Streams, watchers and owners are refused by name.
 */
import type { Files } from "./Files.ts"
import { Dirent, Stats } from "./FileStatus.ts"
import { refusals } from "./NotInPageError.ts"
import * as SynchronousFiles from "./SynchronousFiles.ts"

const { constants } = SynchronousFiles

const refused = [
  "createReadStream",
  "createWriteStream",
  "watch",
  "watchFile",
  "unwatchFile",
  "opendir",
  "opendirSync",
  "statfs",
  "statfsSync",
  "glob",
  "globSync",
  "cp",
  "cpSync",
  "link",
  "linkSync",
  "chown",
  "chownSync",
  "fchown",
  "fchownSync",
  "lchown",
  "lchownSync",
  "lutimes",
  "lutimesSync",
  "readv",
  "readvSync",
  "writev",
  "writevSync"
]

type AnyFunction = (...args: ReadonlyArray<never>) => unknown

/** Calls a function of the table with what the program gave. */
const apply = (fn: AnyFunction, args: ReadonlyArray<unknown>): unknown => Reflect.apply(fn, undefined, args)

/** `node:fs/promises`. */
const promises = (sync: Readonly<Record<string, AnyFunction>>): Record<string, unknown> => {
  const later: Record<string, (...args: ReadonlyArray<unknown>) => Promise<unknown>> = {}
  for (const [name, fn] of Object.entries(sync)) {
    later[name.replace(/Sync$/, "")] = async (...args) => apply(fn, args)
  }
  const call = (name: string, ...args: ReadonlyArray<unknown>): Promise<unknown> =>
    later[name]?.(...args) ?? Promise.reject(new TypeError(`fs has no ${name}`))
  /** A `FileHandle`, of the parts that are used most. */
  const open = async (file: unknown, flag?: unknown, mode?: unknown) => {
    const fd = Number(await call("open", file, flag, mode))
    const handle = {
      fd,
      readFile: (options?: unknown) => call("readFile", fd, options),
      writeFile: (data: unknown, options?: unknown) => call("writeFile", fd, data, options),
      appendFile: (data: unknown, options?: unknown) => call("appendFile", fd, data, options),
      read: async (buffer: Uint8Array, offset?: number, length?: number, position?: number | null) => ({
        bytesRead: await call("read", fd, buffer, offset, length, position),
        buffer
      }),
      write: async (data: unknown, ...rest: ReadonlyArray<unknown>) => ({
        bytesWritten: await call("write", fd, data, ...rest),
        buffer: data
      }),
      stat: () => call("fstat", fd),
      truncate: (length?: number) => call("ftruncate", fd, length),
      sync: () => call("fsync", fd),
      close: () => call("close", fd)
    }
    return Object.assign(handle, { [Symbol.for("nodejs.asyncDispose")]: handle.close })
  }
  const names = ["readFile", "writeFile", "appendFile", "access", "stat", "lstat", "readdir", "mkdir", "mkdtemp", "rm",
    "rmdir", "unlink", "rename", "copyFile", "symlink", "readlink", "realpath", "truncate", "chmod", "utimes"]
  return {
    ...refusals("fs.promises", refused.filter((name) => !/Sync$|Stream$/.test(name))),
    ...Object.fromEntries(names.map((name) => [name, later[name]])),
    open,
    constants
  }
}

/** With a callback as the last argument. */
const callbacks = (sync: Readonly<Record<string, AnyFunction>>): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(sync).map(([name, fn]) => [
      name.replace(/Sync$/, ""),
      (...args: ReadonlyArray<unknown>): void => {
        const callback = args.at(-1)
        if (typeof callback !== "function") {
          throw Object.assign(
            new TypeError(`The "cb" argument must be of type function. Received ${typeof callback}`),
            {
              code: "ERR_INVALID_ARG_TYPE"
            }
          )
        }
        const done = (...results: ReadonlyArray<unknown>): void =>
          queueMicrotask(() => {
            Reflect.apply(callback, undefined, results)
          })
        let result: unknown
        try {
          result = apply(fn, args.slice(0, -1))
        } catch (error) {
          return done(error)
        }
        // The one function of Node whose callback gets no error
        if (name === "existsSync") done(result)
        else done(null, result)
      }
    ])
  )

/** Both modules. */
export const make = (files: Files) => {
  const sync = SynchronousFiles.make(files)
  const realpathSync = Object.assign(sync.realpathSync, { native: sync.realpathSync })
  const later = promises(sync)
  const fs = {
    ...refusals("fs", refused),
    ...callbacks(sync),
    ...sync,
    realpathSync,
    promises: later,
    constants,
    Stats,
    Dirent,
    F_OK: constants.F_OK,
    R_OK: constants.R_OK,
    W_OK: constants.W_OK,
    X_OK: constants.X_OK
  }
  return { fs, promises: later }
}

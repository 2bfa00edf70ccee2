/**
 * This machine as a cluster: its shell and its files.
 */
import * as Config from "effect/Config"
import type * as ConfigError from "effect/ConfigError"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Order from "effect/Order"
import * as Stream from "effect/Stream"
import * as ChildProcess from "node:child_process"
import { randomUUID } from "node:crypto"
import { createReadStream } from "node:fs"
import * as Fs from "node:fs/promises"
import * as Os from "node:os"
import * as Path from "node:path"
import { type CommandResult, mostOutputBytes, tooMuchOutput, Transport,
  TransportError } from "../core/cluster/Transport.ts"
import * as Quotation from "../core/diagnostics/Quotation.ts"
import { nodeFileSource } from "./runner/NodeFileSource.ts"

/**
 * Where jobs and unpacked packages lie: `CLUSTRIX_STATE_DIR`, else `$XDG_STATE_HOME/clustrix`, else
 * `~/.local/state/clustrix`.
 */
export const stateDirectory: Effect.Effect<string, ConfigError.ConfigError> = Effect.gen(function*() {
  const own = yield* Config.option(Config.nonEmptyString("CLUSTRIX_STATE_DIR"))
  if (Option.isSome(own)) return Path.resolve(own.value)
  const xdg = yield* Config.option(Config.nonEmptyString("XDG_STATE_HOME"))
  // The specification tells to ignore relative paths.
  return Option.isSome(xdg) && Path.isAbsolute(xdg.value)
    ? Path.join(xdg.value, "clustrix")
    : Path.join(Os.homedir(), ".local", "state", "clustrix")
})

/** Of an upload, at once. */
const chunkBytes = 1024 * 1024

const reasonOf = (cause: unknown): TransportError["reason"] => {
  const code = typeof cause === "object" && cause !== null && "code" in cause ? cause.code : undefined
  switch (code) {
    case "ENOENT":
    case "ENOTDIR":
      return "NotFound"
    case "EEXIST":
      return "AlreadyExists"
    case "EACCES":
    case "EPERM":
    case "EROFS":
      return "PermissionDenied"
    case "ENOSPC":
    case "EDQUOT":
      return "DiskFull"
    default:
      return "Unavailable"
  }
}

const remedies: Partial<Record<TransportError["reason"], string>> = {
  NotFound: "Check the path.",
  AlreadyExists: "Choose another name.",
  PermissionDenied: "Name a directory that this user may write in CLUSTRIX_STATE_DIR.",
  DiskFull: "Free some space, or name a directory on another disk in CLUSTRIX_STATE_DIR."
}

const failed = (what: string, path: string | undefined) => (cause: unknown): TransportError => {
  const reason = reasonOf(cause)
  const remedy = remedies[reason]
  return new TransportError({
    reason,
    what,
    ...(path === undefined ? {} : { path }),
    why: cause instanceof Error ? cause.message : String(cause),
    ...(remedy === undefined ? {} : { remedy }),
    cause
  })
}

const attempt = <A>(what: string, path: string, act: () => Promise<A>): Effect.Effect<A, TransportError> =>
  Effect.tryPromise({ try: act, catch: failed(`${what} ${Quotation.plain(path)}`, path) })

const exec = (
  script: string,
  options: { readonly workingDirectory?: string | undefined; readonly stdin?: string | undefined } = {}
): Effect.Effect<CommandResult, TransportError> =>
  Effect.async<CommandResult, TransportError>((resume) => {
    const child = ChildProcess.spawn("/bin/sh", ["-c", script], {
      stdio: "pipe",
      detached: true,
      ...(options.workingDirectory === undefined ? {} : { cwd: options.workingDirectory })
    })
    const output = { stdout: new Array<Uint8Array>(), stderr: new Array<Uint8Array>() }
    let printed = 0
    const collect = (pieces: Array<Uint8Array>) => (bytes: Uint8Array): void => {
      printed += bytes.length
      if (printed <= mostOutputBytes) pieces.push(bytes)
      else {
        kill()
        resume(Effect.fail(tooMuchOutput("this machine")))
      }
    }
    child.stdout.on("data", collect(output.stdout))
    child.stderr.on("data", collect(output.stderr))
    // A command that does not read its input closes it; that is its right.
    child.stdin.on("error", () => undefined)
    child.stdin.end(options.stdin ?? "")
    child.once("error", (cause) =>
      resume(Effect.fail(failed("A command cannot be run on this machine", undefined)(cause))))
    child.once("close", (code, signal) => {
      const text = (chunks: ReadonlyArray<Uint8Array>): string =>
        Buffer.concat(chunks).toString("utf8")
      const number = signal === null ? 0 : Os.constants.signals[signal]
      resume(Effect.succeed({
        stdout: text(output.stdout),
        stderr: text(output.stderr),
        exitCode: code ?? 128 + number
      }))
    })
    const kill = (): void => {
      if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return
      try {
        process.kill(-child.pid, "SIGKILL")
      } catch {
        // It ended meanwhile.
      }
    }
    return Effect.sync(kill)
  })

/** Writes beside the target and renames: there is never half a file. */
const replace = (
  path: string,
  mode: number,
  fill: (temporary: string) => Promise<void>
): Effect.Effect<void, TransportError> => {
  const temporary = `${path}.${randomUUID()}.tmp`
  return Effect.onError(
    attempt("Cannot write", path, async () => {
      await fill(temporary)
      // Not left to the umask.
      await Fs.chmod(temporary, mode)
      await Fs.rename(temporary, path)
    }),
    () => Effect.promise(() => Fs.rm(temporary, { force: true }))
  )
}

const upload: typeof Transport.Service["upload"] = (source, to, { partial, progress } = {}) => {
  const temporary = partial ?? `${to}.${randomUUID()}.tmp`
  const trying = <A>(act: () => Promise<A>) => attempt("Cannot write", to, act)
  return Effect.acquireUseRelease(
    trying(() => Fs.open(temporary, "w", 0o600)),
    (handle) =>
      Effect.gen(function*() {
        for (let at = 0; at < source.sizeBytes; at += chunkBytes) {
          const bytes = yield* source.read(at, chunkBytes)
          yield* trying(() => handle.write(bytes, 0, bytes.length, at))
          progress?.(at + bytes.length)
        }
        // Not left to the umask.
        yield* trying(() => handle.chmod(0o600))
      }),
    (handle) => Effect.promise(() => handle.close())
  ).pipe(
    Effect.zipRight(trying(() => Fs.rename(temporary, to))),
    Effect.onError(() => partial === undefined ? Effect.promise(() => Fs.rm(temporary, { force: true })) : Effect.void)
  )
}

const readFrom = async (path: string, offset: number, length: number): Promise<Uint8Array> => {
  if (offset === 0 && length === Infinity) return Fs.readFile(path)
  const handle = await Fs.open(path, "r")
  try {
    const { size } = await handle.stat()
    const bytes = new Uint8Array(Math.max(0, Math.min(size - offset, length)))
    let filled = 0
    while (filled < bytes.length) {
      const { bytesRead } = await handle.read(bytes, filled, bytes.length - filled, offset + filled)
      if (bytesRead === 0) break
      filled += bytesRead
    }
    return bytes.subarray(0, filled)
  } finally {
    await handle.close()
  }
}

export const make: typeof Transport.Service = {
  location: "this machine",
  exec,
  readFile: (path, offset = 0, length = Infinity) => attempt("Cannot read", path, () => readFrom(path, offset, length)),
  writeFile: (path, content, mode = 0o600) =>
    replace(path, mode, (temporary) => Fs.writeFile(temporary, content, { mode: 0o600 })),
  upload,
  download: (from) =>
    Stream.fromAsyncIterable(createReadStream(from), failed(`Cannot read ${Quotation.plain(from)}`, from)),
  makeDirectory: (path, mode = 0o700) =>
    attempt("Cannot make the directory", path, async () => {
      await Fs.mkdir(path, { recursive: true, mode })
    }),
  makeNewDirectory: (path, mode = 0o700) =>
    attempt("Cannot make the directory", path, async () => {
      await Fs.mkdir(path, { mode })
    }),
  list: (path) => attempt("Cannot list", path, async () => (await Fs.readdir(path)).sort(Order.string)),
  realPath: (path) => attempt("Cannot find", path, () => Fs.realpath(path)),
  exists: (path) =>
    attempt("Cannot look for", path, async () => {
      try {
        await Fs.stat(path)
        return true
      } catch (cause) {
        if (reasonOf(cause) === "NotFound") return false
        throw cause
      }
    }),
  remove: (path) => attempt("Cannot remove", path, () => Fs.rm(path, { recursive: true, force: true })),
  files: nodeFileSource
}

export const layer: Layer.Layer<Transport> = Layer.succeed(Transport, make)

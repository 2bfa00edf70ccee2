/**
 * What this machine can send to hosts: its own runtime with npm, or a distribution that the configuration names; and npm
 * packages installed here for another platform.
 */
import * as FileSystem from "@effect/platform/FileSystem"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as ChildProcess from "node:child_process"
import { randomUUID } from "node:crypto"
import * as Fs from "node:fs"
import * as FsPromises from "node:fs/promises"
import * as Os from "node:os"
import * as Path from "node:path"
import * as Tar from "tar"
import * as RandomAccess from "../core/archive/RandomAccess.ts"
import { DependenciesError } from "../core/cluster/deploy/DeployError.ts"
import { HostSupplies } from "../core/cluster/deploy/HostSupplies.ts"
import * as CacheDirectory from "./CacheDirectory.ts"
import * as LocalHost from "./LocalHost.ts"
import * as NpmCommand from "./remote/NpmCommand.ts"

/** The directory with `bin/node` and npm that this process runs from, if it is a whole distribution. */
const ownNpm = (): string | undefined => {
  const bin = Path.dirname(Fs.realpathSync(process.execPath))
  const candidates = [Path.join(bin, "..", "lib", "node_modules", "npm"), "/usr/share/nodejs/npm",
    "/usr/lib/node_modules/npm"]
  return candidates.find((directory) => Fs.existsSync(Path.join(directory, "bin", "npm-cli.js")))
}

/** `file`, made once: written beside it and renamed. */
const once = async (file: string, write: (temporary: string) => Promise<void>): Promise<string> => {
  if (Fs.existsSync(file)) return file
  await FsPromises.mkdir(Path.dirname(file), { recursive: true, mode: 0o700 })
  const temporary = `${file}.${randomUUID()}.tmp`
  try {
    await write(temporary)
    await FsPromises.rename(temporary, file)
  } finally {
    await FsPromises.rm(temporary, { force: true })
  }
  return file
}

/** This process's runtime as a tar.gz. */
const packRuntime = (file: string, npm: string): Promise<string> =>
  once(file, async (temporary) => {
    const staging = await FsPromises.mkdtemp(Path.join(Os.tmpdir(), "clustrix-runtime-"))
    try {
      await FsPromises.mkdir(Path.join(staging, "bin"))
      await FsPromises.mkdir(Path.join(staging, "lib", "node_modules"), { recursive: true })
      await FsPromises.copyFile(process.execPath, Path.join(staging, "bin", "node"))
      await FsPromises.chmod(Path.join(staging, "bin", "node"), 0o755)
      await FsPromises.cp(npm, Path.join(staging, "lib", "node_modules", "npm"), { recursive: true, dereference: true })
      await Tar.create({ gzip: { level: 6 }, file: temporary, cwd: staging, portable: true }, ["bin", "lib"])
    } finally {
      await FsPromises.rm(staging, { recursive: true, force: true })
    }
  })

/** The distribution that a person named: a directory, or an archive that `tar` here can read. */
const packNamed = (named: string, cache: string): Promise<string> => {
  const stats = Fs.statSync(named)
  if (!stats.isDirectory() && /\.(?:tar\.gz|tgz)$/.test(named)) return Promise.resolve(named)
  const program = stats.isDirectory() ? Fs.statSync(Path.join(named, "bin", "node")) : stats
  const file = Path.join(cache, `${Path.basename(named)}-${Math.floor(program.mtimeMs)}-${program.size}.tar.gz`)
  return once(file, async (temporary) => {
    if (stats.isDirectory()) {
      await Tar.create({ gzip: { level: 6 }, file: temporary, cwd: named, portable: true }, ["."])
      return
    }
    const staging = await FsPromises.mkdtemp(Path.join(Os.tmpdir(), "clustrix-runtime-"))
    try {
      await new Promise<void>((resolve, reject) => {
        // Whatever it is compressed with, the system's tar knows
        ChildProcess.execFile(
          "tar",
          ["-xf", named, "-C", staging],
          (error) => error === null ? resolve() : reject(error)
        )
      })
      await Tar.create({ gzip: { level: 6 }, file: temporary, cwd: staging, portable: true }, ["."])
    } finally {
      await FsPromises.rm(staging, { recursive: true, force: true })
    }
  })
}

/** npm's words for a platform of ours. */
const npmPlatform = (platform: string): ReadonlyArray<string> => {
  const [os = "", cpu = "", musl] = platform.split("-")
  return [`--os=${os}`, `--cpu=${cpu}`, ...(os === "linux" ? [`--libc=${musl === "musl" ? "musl" : "glibc"}`] : [])]
}

const reading = (act: () => Promise<string>) =>
  Effect.mapError(Effect.tryPromise(act), (cause) =>
    new RandomAccess.PackageReadError({
      reason: "NotReadable",
      package: "the runtime for the host",
      what: "No runtime can be made ready for the host",
      why: cause.message,
      remedy: "Check the space in the temporary directory, and `runtime_archive`.",
      cause
    }))

const make = (options: { readonly runtimeArchive?: string | undefined }) =>
  Effect.gen(function*() {
    const fs = yield* FileSystem.FileSystem
    const cache = yield* CacheDirectory.directory("runtimes")
    const access = (file: string) => Effect.provideService(RandomAccess.fromFile(file), FileSystem.FileSystem, fs)

    return {
      runtime: (platform: string) =>
        Effect.gen(function*() {
          const { runtimeArchive } = options
          if (runtimeArchive !== undefined) {
            const file = yield* reading(() => packNamed(runtimeArchive, cache))
            // What it is, it says itself when it is probed there
            return {
              version: Path.basename(runtimeArchive).replace(/\.(?:tar\.\w+|tgz)$/, ""),
              archive: yield* access(file)
            }
          }
          const own = LocalHost.current()
          if (own.platform !== platform) return { missing: `This machine (${own.platform}) has none for ${platform}.` }
          const npm = ownNpm()
          if (Path.basename(process.execPath) !== "node" || npm === undefined) {
            return { missing: `${process.execPath} is no whole Node distribution that could be sent.` }
          }
          const file = yield* reading(() => packRuntime(Path.join(cache, `${process.version}-${platform}.tar.gz`), npm))
          return { version: process.version, archive: yield* access(file) }
        }),
      environment: ({ lockfile, packageJson, platform }: Parameters<typeof HostSupplies.Service.environment>[0]) =>
        Effect.gen(function*() {
          const directory = yield* Effect.acquireRelease(
            Effect.promise(() => FsPromises.mkdtemp(Path.join(Os.tmpdir(), "clustrix-env-"))),
            (made) => Effect.promise(() => FsPromises.rm(made, { recursive: true, force: true }))
          )
          yield* Effect.promise(() => FsPromises.writeFile(Path.join(directory, "package.json"), packageJson))
          yield* Effect.promise(() => FsPromises.writeFile(Path.join(directory, "package-lock.json"), lockfile))
          const ran = yield* NpmCommand.ci(["npm"], directory, process.env, npmPlatform(platform))
          if (ran.failed) {
            return yield* new DependenciesError({
              reason: "Unreachable",
              what: "npm cannot install the packages on this machine",
              why: ran.why
            })
          }
          const archive = Path.join(directory, "environment.tar.gz")
          yield* Effect.promise(async () => {
            await FsPromises.mkdir(Path.join(directory, "node_modules"), { recursive: true })
            await Tar.create({ gzip: { level: 6 }, file: archive, cwd: directory, portable: true, noMtime: true }, [
              "node_modules"
            ])
          })
          return Option.some(yield* access(archive))
        })
    } satisfies typeof HostSupplies.Service
  })

export const layer = (
  options: { readonly runtimeArchive?: string | undefined } = {}
): Layer.Layer<HostSupplies, never, FileSystem.FileSystem> => Layer.effect(HostSupplies, make(options))

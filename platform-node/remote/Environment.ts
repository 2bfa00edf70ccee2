/**
 * The npm packages of a lockfile, installed once on a host and shared by all packages that need them.
 */
import * as FileSystem from "@effect/platform/FileSystem"
import * as Path from "@effect/platform/Path"
import * as Effect from "effect/Effect"
import * as ChildProcess from "node:child_process"
import * as Fs from "node:fs"
import * as NodePath from "node:path"
import process from "node:process"
import { DependenciesError } from "../../core/deploy/DeployError.ts"

/** npm's own code, beside the runtime or on PATH. */
const findNpm = (): string | undefined => {
  const bin = NodePath.dirname(Fs.realpathSync(process.execPath))
  const onPath = (process.env["PATH"] ?? "").split(":").map((directory) => NodePath.join(directory, "npm"))
  const candidates = [
    NodePath.join(bin, "../lib/node_modules/npm/bin/npm-cli.js"),
    NodePath.join(bin, "npm"),
    ...onPath
  ]
  const found = candidates.find((file) => Fs.existsSync(file))
  return found === undefined ? undefined : Fs.realpathSync(found)
}

interface Run {
  readonly code: number | null
  readonly output: string
}

const npm = (cli: string, directory: string, words: ReadonlyArray<string>): Effect.Effect<Run> =>
  Effect.async<Run>((resume) => {
    const child = ChildProcess.spawn(process.execPath, [cli, ...words], {
      cwd: directory,
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, PATH: `${NodePath.dirname(process.execPath)}:${process.env["PATH"] ?? ""}` }
    })
    let output = ""
    const take = (text: Buffer): void => {
      output = (output + text.toString("utf8")).slice(-16_384)
    }
    child.stdout.on("data", take)
    child.stderr.on("data", take)
    child.once("error", (cause) => resume(Effect.succeed({ code: null, output: cause.message })))
    child.once("close", (code) => resume(Effect.succeed({ code, output })))
    return Effect.sync(() => child.kill("SIGKILL"))
  })

/** Codes with which npm says that it did not get an answer. */
const unreachable =
  /\b(?:ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH|ERR_SOCKET_TIMEOUT|FETCH_ERROR)\b/

const vendorRemedy =
  "Package with dependencies: \"vendor\": then the packages' files go along in the ZIP, and nothing is installed."

const failure = (output: string): DependenciesError => {
  const lines = output.split("\n").filter((line) => /^npm (?:error|ERR!)/.test(line))
    .map((line) => line.replace(/^npm (?:error|ERR!) ?/, "")).filter((line) => !/^A complete log|^$|_logs\//.test(line))
  const why = lines.slice(0, 4).join(" ") || output.trim().split("\n").slice(-3).join(" ")
  return new DependenciesError(
    unreachable.test(output)
      ? { reason: "Unreachable", what: "The npm registry cannot be reached from the host", why, remedy: vendorRemedy }
      : { reason: "Refused", what: "npm cannot install the packages on the host", why, remedy: vendorRemedy }
  )
}

const quiet = ["--no-audit", "--no-fund", "--no-progress", "--loglevel=error", "--no-update-notifier"]
/** Somebody waits: a registry that does not answer twice will not answer. */
const patience = ["--fetch-retries=1", "--fetch-retry-mintimeout=500", "--fetch-retry-maxtimeout=2000",
  "--fetch-timeout=60000"]

/**
 * Installs what package.json and package-lock.json in `source` say into `<target>/node_modules`: complete or not at all.
 * Scripts of packages run only for `allowScripts`.
 */
export const install = (source: string, target: string, allowScripts: ReadonlyArray<string>) =>
  Effect.gen(function*() {
    const cli = findNpm()
    if (cli === undefined) {
      return yield* new DependenciesError({
        reason: "Unreachable",
        what: "There is no npm on the host",
        why: `Neither beside ${process.execPath} nor on PATH.`,
        remedy: vendorRemedy
      })
    }
    yield* atomically(target, (temporary) =>
      Effect.gen(function*() {
        const fs = yield* FileSystem.FileSystem
        const path = yield* Path.Path
        for (const name of ["package.json", "package-lock.json"]) {
          yield* fs.writeFileString(path.join(temporary, name), yield* fs.readFileString(path.join(source, name)))
        }
        const ran = yield* npm(cli, temporary, ["ci", "--omit=dev", "--ignore-scripts", ...quiet, ...patience])
        if (ran.code !== 0) return yield* failure(ran.output)
        if (allowScripts.length > 0) {
          const built = yield* npm(cli, temporary, ["rebuild", ...allowScripts, ...quiet])
          if (built.code !== 0) return yield* failure(built.output)
        }
        // npm leaves none when there is nothing to install
        yield* fs.makeDirectory(path.join(temporary, "node_modules"), { recursive: true })
      }))
  })

/** Unpacks a tar.gz that holds `node_modules` into `target`. */
export const unpack = (archive: string, target: string) =>
  atomically(target, (temporary) =>
    Effect.gen(function*() {
      const fs = yield* FileSystem.FileSystem
      const ran = yield* Effect.async<Run>((resume) => {
        ChildProcess.execFile(
          "tar",
          ["-xzf", archive, "-C", temporary],
          (error, _stdout, stderr) => resume(Effect.succeed({ code: error === null ? 0 : 1, output: stderr }))
        )
      })
      if (ran.code !== 0) {
        return yield* new DependenciesError({
          reason: "Refused",
          what: "The npm packages that were sent cannot be unpacked",
          why: ran.output.trim(),
          remedy: "Try again; if it stays so, check the space that is left there."
        })
      }
      yield* fs.remove(archive, { force: true })
    }))

/** Fills a new directory and gives it its name at the end. Another one of that name is as good. */
const atomically = <E, R>(target: string, fill: (temporary: string) => Effect.Effect<void, E, R>) =>
  Effect.scoped(Effect.gen(function*() {
    const fs = yield* FileSystem.FileSystem
    const path = yield* Path.Path
    const parent = path.dirname(target)
    yield* fs.makeDirectory(parent, { recursive: true })
    const temporary = yield* fs.makeTempDirectoryScoped({ directory: parent, prefix: `.${path.basename(target)}.` })
    yield* fill(temporary)
    yield* fs.chmod(temporary, 0o755)
    yield* Effect.catchAll(
      fs.rename(temporary, target),
      (cause) =>
        Effect.flatMap(
          Effect.orElseSucceed(fs.exists(path.join(target, "node_modules")), () => false),
          (there) => there ? Effect.void : Effect.fail(cause)
        )
    )
    // The scope removes what has its old name still
    yield* Effect.ignore(fs.makeDirectory(temporary))
  }))

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
import * as Quotation from "../../core/diagnostics/Quotation.ts"
import { DependenciesError } from "../../core/cluster/deploy/DeployError.ts"
import * as NpmCommand from "./NpmCommand.ts"

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

const vendorRemedy =
  "Package with dependencies: \"vendor\": then the packages' files go along in the ZIP, and nothing is installed."

const failure = ({ unreachable, why }: NpmCommand.NpmOutcome): DependenciesError =>
  new DependenciesError(
    unreachable
      ? { reason: "Unreachable", what: "The npm registry cannot be reached from the host", why, remedy: vendorRemedy }
      : { reason: "Refused", what: "npm cannot install the packages on the host", why, remedy: vendorRemedy }
  )

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
        const command = [process.execPath, cli] as const
        // What npm starts must find this runtime
        const env = { ...process.env, PATH: `${NodePath.dirname(process.execPath)}:${process.env["PATH"] ?? ""}` }
        const installed = yield* NpmCommand.ci(command, temporary, env)
        if (installed.failed) return yield* failure(installed)
        const built = allowScripts.length === 0
          ? undefined
          : yield* NpmCommand.rebuild(command, temporary, env, allowScripts)
        if (built?.failed === true) return yield* failure(built)
        // npm leaves none when there is nothing to install
        yield* fs.makeDirectory(path.join(temporary, "node_modules"), { recursive: true })
      }))
  })

/** Unpacks a tar.gz that holds `node_modules` into `target`. */
export const unpack = (archive: string, target: string) =>
  atomically(target, (temporary) =>
    Effect.gen(function*() {
      const fs = yield* FileSystem.FileSystem
      const fault = yield* Effect.async<string | undefined>((resume) => {
        ChildProcess.execFile(
          "tar",
          ["-xzf", archive, "-C", temporary],
          (error, _stdout, stderr) =>
            resume(
              Effect.succeed(error === null ? undefined : Quotation.lastLines(stderr) || Quotation.plain(error.message))
            )
        )
      })
      if (fault !== undefined) {
        return yield* new DependenciesError({
          reason: "Refused",
          what: "The npm packages that were sent cannot be unpacked",
          why: fault,
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

/**
 * Our own code on a host: sees to it that a package and its npm packages are there. The text of this module, bundled, is sent
 * to hosts over SSH. Runs on Node >= 18.18, and uses the same code to unpack as this machine does.
 */
import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import * as NodePath from "@effect/platform-node/NodePath"
import * as FileSystem from "@effect/platform/FileSystem"
import * as Path from "@effect/platform/Path"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import process from "node:process"
import * as RandomAccess from "../../core/archive/RandomAccess.ts"
import * as UnpackedPackage from "../../core/archive/UnpackedPackage.ts"
import * as UnpackPackage from "../../core/archive/UnpackPackage.ts"
import * as AssumedPackages from "../../core/cluster/deploy/AssumedPackages.ts"
import { DependenciesError } from "../../core/cluster/deploy/DeployError.ts"
import * as DeployProtocol from "../../core/cluster/deploy/DeployProtocol.ts"
import * as HostRuntime from "../../core/cluster/deploy/HostRuntime.ts"
import { markUsed } from "../../core/cluster/deploy/MarkUsed.ts"
import * as ModulesLink from "../../core/cluster/deploy/ModulesLink.ts"
import { sweepLeftovers } from "../../core/cluster/deploy/sweepLeftovers.ts"
import * as HasherService from "../../core/archive/Hasher.ts"
import type * as Manifest from "../../core/archive/Manifest.ts"
import { hasVendored } from "../../core/npm/VendorDirectory.ts"
import * as Hasher from "../Hasher.ts"
import * as LocalHost from "../LocalHost.ts"
import * as Environment from "./Environment.ts"

const host = LocalHost.current()

const lockEntry = (manifest: Manifest.Manifest): Manifest.Entry | undefined =>
  manifest.entries.find(({ path }) => path === "package-lock.json")

/** The npm packages of an unpacked package; `undefined` when they are in place. */
const provide = (question: DeployProtocol.Question, directory: string, manifest: Manifest.Manifest) =>
  Effect.gen(function*() {
    const fs = yield* FileSystem.FileSystem
    const path = yield* Path.Path
    const lock = lockEntry(manifest)
    if (hasVendored(manifest.entries)) {
      yield* ModulesLink.linkVendored(directory)
      return undefined
    }
    if (lock === undefined) {
      const { assumed } = question
      if (assumed !== undefined) {
        yield* AssumedPackages.check(assumed.nodeModules, assumed.packages)
        yield* ModulesLink.link(assumed.nodeModules, directory)
      }
      return undefined
    }
    const scripts = [...question.allowScripts].sort()
    // What may run scripts is another installation: they may leave anything behind
    const key = scripts.length === 0 ? lock.sha256 : yield* HasherService.digest(JSON.stringify([lock.sha256, scripts]))
    const name = HostRuntime.nameFor(key, host)
    const target = path.join(question.stateDirectory, "envs", name)
    yield* markUsed(target)
    if (!(yield* fs.exists(path.join(target, "node_modules")))) {
      if (question.environment !== undefined) yield* Environment.unpack(question.environment, target)
      else {
        const installed = yield* Effect.either(Environment.install(directory, target, scripts))
        if (installed._tag === "Left") {
          const error = installed.left
          if (error._tag !== "DependenciesError" || error.reason !== "Unreachable") return yield* Effect.fail(error)
          return {
            _tag: "NeedsEnvironment",
            why: [error.what, error.why].join(": "),
            packageJson: yield* fs.readFileString(path.join(directory, "package.json")),
            lockfile: yield* fs.readFileString(path.join(directory, "package-lock.json"))
          } as const
        }
      }
    }
    yield* ModulesLink.link(path.join("..", "..", "envs", name, "node_modules"), directory)
    return undefined
  })

const notLinked = (cause: Error): DependenciesError =>
  new DependenciesError({
    reason: "NotLinked",
    what: "The npm packages cannot be put into place on the host",
    why: cause.message,
    remedy: "Check that remote_work_dir may be written, has space left, and that its file system knows symbolic links."
  })

/** This file, and the runtime that it runs on if that was sent: a clean-up keeps what is used. */
const ownPlaces = (stateDirectory: string) =>
  Effect.gen(function*() {
    const fs = yield* FileSystem.FileSystem
    const path = yield* Path.Path
    const [, tool = ""] = process.argv
    const runtimes = yield* Effect.option(fs.realPath(path.join(stateDirectory, "runtimes")))
    const [name, ...below] = runtimes._tag === "Some"
      ? path.relative(runtimes.value, process.execPath).split(path.sep)
      : []
    return runtimes._tag === "None" || name === undefined || name === ".." || below.length === 0
      ? [tool]
      : [tool, path.join(runtimes.value, name)]
  })

const answer = (question: DeployProtocol.Question) =>
  Effect.gen(function*() {
    const fs = yield* FileSystem.FileSystem
    const path = yield* Path.Path
    const directory = path.join(
      question.stateDirectory,
      "packages",
      HostRuntime.nameFor(question.digest, host) + (question.assumed === undefined
        ? ""
        : `-${(yield* HasherService.digest(question.assumed.nodeModules)).slice(0, 8)}`)
    )
    const { archive } = question
    yield* Effect.forEach([directory, ...(yield* ownPlaces(question.stateDirectory))], markUsed)
    let created = false
    let condition: UnpackedPackage.Condition
    if (archive === undefined) condition = yield* UnpackedPackage.check(directory, question.digest)
    else {
      const unpacked = yield* Effect.scoped(Effect.flatMap(RandomAccess.fromFile(archive), (access) =>
        UnpackPackage.unpackPackage(access, directory, { expectedDigest: question.digest, isOurs: true })))
      created = unpacked.created
      // Every byte was checked on the way
      condition = { _tag: "Whole", manifest: unpacked.package.manifest }
      yield* Effect.ignore(fs.remove(archive))
      yield* sweepLeftovers(question.stateDirectory)
    }
    if (condition._tag !== "Whole") {
      return { _tag: "NeedsArchive", damaged: condition._tag === "Damaged" ? condition.why : undefined } as const
    }
    const missing = yield* provide(question, directory, condition.manifest)
    return missing ?? ({ _tag: "Ready", directory, created } as const)
  }).pipe(
    Effect.catchTags({
      SystemError: (cause) =>
        Effect.fail(notLinked(cause)),
      BadArgument: (cause) => Effect.fail(notLinked(cause)),
      // The ZIP was removed by another deployer, who was done with it: so the package is there, or is sent again
      PackageReadError: () => Effect.succeed({ _tag: "NeedsArchive" } as const)
    }),
    Effect.catchAll((error) => Effect.succeed({ _tag: "Failed", error } as const))
  )

const main = Effect.gen(function*() {
  const question = yield* DeployProtocol.decodeQuestion(process.argv[2] ?? "")
  const outcome = yield* answer(question)
  const text = DeployProtocol.encodeAnswer({ host, outcome })
  process.stdout.write(`${DeployProtocol.marks.answer}${text}\n`)
})

Effect.runPromise(
  Effect.provide(main, Layer.mergeAll(NodeFileSystem.layer, NodePath.layer, Hasher.layer))
).catch((thrown: unknown) => {
  process.stderr.write(`clustrix: ${thrown instanceof Error ? thrown.message : String(thrown)}\n`)
  process.exitCode = 1
})

/**
 * Puts packages where jobs run: unpacked, read-only, once per digest and platform, shared by all jobs.
 */
import * as FileSystem from "@effect/platform/FileSystem"
import * as Path from "@effect/platform/Path"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as OpenPackage from "../../archive/OpenPackage.ts"
import type { RandomAccess } from "../../archive/RandomAccess.ts"
import * as UnpackPackage from "../../archive/UnpackPackage.ts"
import * as Hasher from "../../archive/Hasher.ts"
import { hasVendored } from "../../npm/VendorDirectory.ts"
import * as AssumedPackages from "./AssumedPackages.ts"
import { DependenciesError, type DeployError } from "./DeployError.ts"
import * as HostRuntime from "./HostRuntime.ts"
import { markUsed } from "./MarkUsed.ts"
import { sweepLeftovers } from "./sweepLeftovers.ts"
import * as ModulesLink from "./ModulesLink.ts"

export interface DeployRequest {
  readonly package: RandomAccess
  /** The digest that the package must have. */
  readonly digest: string
  /** Absolute; holds `packages/`. */
  readonly stateDirectory: string
  /** For packages that need npm packages: the directory `node_modules` where they are installed. */
  readonly nodeModules?: string | undefined
  /** The directory there whose `node_modules` holds what a package takes to be there (dependencies: "assume"). */
  readonly workDirectory?: string | undefined
  /** npm packages whose install scripts may run there. By default none's. */
  readonly allowScripts?: ReadonlyArray<string> | undefined
  /** The runtime to use there: an absolute path, or a command. By default one is looked for. */
  readonly runtime?: string | undefined
  /** Environment modules to load before it is looked for. */
  readonly moduleLoads?: ReadonlyArray<string> | undefined
  /** Hears how many bytes of how many are there, when something has to be sent. */
  readonly progress?: ((what: string, bytes: number, total: number) => void) | undefined
}

export interface DeployedPackage {
  /** Absolute directory of the unpacked package. */
  readonly directory: string
  /** Whether this call put it there. */
  readonly created: boolean
  /** Absolute path of the runtime that its jobs use. */
  readonly runtimePath: string
}

export type { DeployError } from "./DeployError.ts"

export class PackageDeployer extends Context.Tag("clustrix/PackageDeployer")<PackageDeployer, {
  readonly deploy: (request: DeployRequest) => Effect.Effect<DeployedPackage, DeployError>
}>() {}

const make = (host: HostRuntime.HostRuntime) =>
  Effect.gen(function*() {
    const fs = yield* FileSystem.FileSystem
    const path = yield* Path.Path
    const hasher = yield* Hasher.Hasher

    const present = (directory: string) => Effect.orElseSucceed(fs.exists(directory), () => false)

    /** The npm packages of the project itself. */
    const nodeModulesOf = (nodeModules: string | undefined) =>
      Effect.gen(function*() {
        if (nodeModules !== undefined && (yield* present(nodeModules))) return path.resolve(nodeModules)
        return yield* new DependenciesError({
          reason: "NotInstalled",
          what: "The function needs npm packages, and they are not installed",
          why: nodeModules === undefined ? "No node_modules directory was named."
            : `There is no directory ${nodeModules}.`,
          remedy: "Install the project's dependencies (`npm ci`), then try again."
        })
      })

    /** Lets the unpacked package find its npm packages. */
    const linkDependencies = (directory: string, opened: OpenPackage.OpenPackage, nodeModules: string | undefined) =>
      Effect.gen(function*() {
        const assumed = AssumedPackages.assumedOf(opened)
        if (hasVendored(opened.entries)) yield* ModulesLink.linkVendored(directory)
        else if (assumed.length > 0) {
          const target = yield* nodeModulesOf(nodeModules)
          yield* AssumedPackages.check(target, assumed)
          yield* ModulesLink.link(target, directory)
        } else if (opened.entries.some((entry) => entry.path === "package.json")) {
          // Which project's they are does not matter: the lockfile is the same
          if (yield* present(path.join(directory, "node_modules"))) return
          yield* ModulesLink.link(yield* nodeModulesOf(nodeModules), directory)
        }
      }).pipe(Effect.catchTags({
        SystemError: (cause) => Effect.fail(notLinked(directory, cause)),
        BadArgument: (cause) => Effect.fail(notLinked(directory, cause))
      }))

    /** What is taken to be there is another thing in each project, and so is the package that finds it. */
    const suffixFor = (opened: OpenPackage.OpenPackage, nodeModules: string | undefined) =>
      AssumedPackages.assumedOf(opened).length === 0 || nodeModules === undefined
        ? Effect.succeed("")
        : Effect.map(Hasher.digest(path.resolve(nodeModules)), (digest) => `-${digest.slice(0, 8)}`)

    return {
      deploy: (request: DeployRequest): Effect.Effect<DeployedPackage, DeployError> =>
        Effect.gen(function*() {
          const opened = yield* OpenPackage.openPackage(request.package, { expectedDigest: request.digest })
          const directory = path.join(
            path.resolve(request.stateDirectory),
            "packages",
            HostRuntime.nameFor(request.digest, host) + (yield* suffixFor(opened, request.nodeModules))
          )
          yield* markUsed(directory)
          const { created } = yield* UnpackPackage.unpackPackage(request.package, directory, {
            expectedDigest: request.digest,
            isOurs: true
          })
          if (created) yield* sweepLeftovers(path.resolve(request.stateDirectory))
          yield* linkDependencies(directory, opened, request.nodeModules)
          return { directory, created, runtimePath: request.runtime ?? host.runtimePath }
        }).pipe(
          Effect.provideService(FileSystem.FileSystem, fs),
          Effect.provideService(Path.Path, path),
          Effect.provideService(Hasher.Hasher, hasher),
          Effect.withSpan("PackageDeployer.deploy")
        )
    }
  })

const notLinked = (directory: string, cause: Error): DependenciesError =>
  new DependenciesError({
    reason: "NotLinked",
    what: `The npm packages cannot be linked into ${directory}`,
    why: cause.message,
    remedy: "Check that the state directory may be written and that its file system knows symbolic links.",
    cause
  })

/** Unpacks through this machine's file system: for `local`, and for a cluster whose file system is mounted here. */
export const layerFileSystem = (
  host: HostRuntime.HostRuntime
): Layer.Layer<PackageDeployer, never, FileSystem.FileSystem | Path.Path | Hasher.Hasher> =>
  Layer.effect(PackageDeployer, make(host))

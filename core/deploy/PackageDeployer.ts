/**
 * Puts packages where jobs run: unpacked, read-only, once per digest and platform, shared by all jobs.
 */
import * as FileSystem from "@effect/platform/FileSystem"
import * as Path from "@effect/platform/Path"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type { RandomAccess } from "../archive/RandomAccess.ts"
import * as UnpackPackage from "../archive/UnpackPackage.ts"
import * as Hasher from "../Hasher.ts"
import { DependenciesError, type DeployError } from "./DeployError.ts"
import * as HostRuntime from "./HostRuntime.ts"

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

    /** `node_modules` in the package, a link to where the npm packages are: the only place in which Node looks for them. */
    const linkDependencies = (directory: string, nodeModules: string | undefined) =>
      Effect.gen(function*() {
        const link = path.join(directory, "node_modules")
        const linked = yield* Effect.orElseSucceed(fs.exists(link), () => false)
        if (linked) return
        if (nodeModules === undefined || !(yield* Effect.orElseSucceed(fs.exists(nodeModules), () => false))) {
          return yield* new DependenciesError({
            reason: "NotInstalled",
            what: "The function needs npm packages, and they are not installed",
            why: nodeModules === undefined ? "No node_modules directory was named."
              : `There is no directory ${nodeModules}.`,
            remedy: "Install the project's dependencies (`npm ci`), then try again."
          })
        }
        // A link that leads nowhere any more is replaced by a rename, so that no job ever finds none.
        const temporary = yield* fs.makeTempDirectory({ directory: path.dirname(directory), prefix: ".node_modules." })
        yield* Effect.ensuring(
          Effect.zipRight(
            fs.symlink(path.resolve(nodeModules), path.join(temporary, "link")),
            fs.rename(path.join(temporary, "link"), link)
          ),
          Effect.ignore(fs.remove(temporary, { recursive: true, force: true }))
        )
      }).pipe(Effect.catchTags({
        SystemError: (cause) => Effect.fail(notLinked(directory, cause)),
        BadArgument: (cause) => Effect.fail(notLinked(directory, cause))
      }))

    return {
      deploy: (request: DeployRequest): Effect.Effect<DeployedPackage, DeployError> =>
        Effect.gen(function*() {
          const directory = path.join(
            path.resolve(request.stateDirectory),
            "packages",
            HostRuntime.nameFor(request.digest, host)
          )
          const { created } = yield* UnpackPackage.unpackPackage(request.package, directory, {
            expectedDigest: request.digest,
            isOurs: true
          })
          const needsPackages = yield* Effect.orElseSucceed(
            fs.exists(path.join(directory, "package.json")),
            () => false
          )
          if (needsPackages) yield* linkDependencies(directory, request.nodeModules)
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

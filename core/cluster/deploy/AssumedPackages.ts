/**
 * The npm packages that a package takes to be there: whether they are, in the versions with which it was packaged.
 */
import * as FileSystem from "@effect/platform/FileSystem"
import * as Path from "@effect/platform/Path"
import * as Effect from "effect/Effect"
import type { OpenPackage } from "../../archive/OpenPackage.ts"
import { DependenciesError } from "./DeployError.ts"

export interface AssumedPackage {
  readonly name: string
  /** Empty where it was not known. */
  readonly version: string
}

/** What `opened` takes to be there. */
export const assumedOf = ({ manifest, metadata }: OpenPackage): ReadonlyArray<AssumedPackage> =>
  manifest.options["dependencies"] === "assume" ? metadata.dependencies.external_packages : []

/** Looks for each of `packages` in `nodeModules` (absolute). */
export const check = (
  nodeModules: string,
  packages: ReadonlyArray<AssumedPackage>
): Effect.Effect<void, DependenciesError, FileSystem.FileSystem | Path.Path> =>
  Effect.gen(function*() {
    const fs = yield* FileSystem.FileSystem
    const path = yield* Path.Path
    const faults = yield* Effect.forEach(
      packages,
      ({ name, version }) =>
        fs.readFileString(path.join(nodeModules, ...name.split("/"), "package.json")).pipe(
          Effect.flatMap((text) => Effect.try((): unknown => Reflect.get(JSON.parse(text) as object, "version"))),
          Effect.map((found) =>
            version === "" || found === version ? [] : [`${name} is ${String(found)}, not ${version}`]
          ),
          Effect.orElseSucceed(() => [`${name} is missing`])
        )
    )
    const why = faults.flat()
    if (why.length > 0) {
      return yield* new DependenciesError({
        reason: "NotInstalled",
        what: "The npm packages that the package takes to be there are not",
        why: `In ${nodeModules}: ${why.join(", ")}.`,
        remedy: "Install them there, or package with dependencies: \"install\" or \"vendor\"."
      })
    }
  })

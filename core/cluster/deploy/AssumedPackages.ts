/**
 * The npm packages that a package takes to be there: whether they are, in the versions with which it was packaged.
 */
import * as FileSystem from "@effect/platform/FileSystem"
import * as Path from "@effect/platform/Path"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as BoundedJson from "../../archive/BoundedJson.ts"
import * as ForeignJson from "../../archive/ForeignJson.ts"
import type { OpenPackage } from "../../archive/OpenPackage.ts"
import * as Quotation from "../../diagnostics/Quotation.ts"
import { DependenciesError } from "./DeployError.ts"

export interface AssumedPackage {
  readonly name: string
  /** Empty where it was not known. */
  readonly version: string
}

const decode = ForeignJson.decoder(
  Schema.Struct({ version: Schema.optionalWith(Schema.String, { default: () => "of no version" }) }),
  BoundedJson.file
)

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
          Effect.flatMap(decode),
          Effect.map((found) =>
            version === "" || found.version === version ? [] : [
              `${Quotation.plain(name)} is ${Quotation.plain(found.version)}, not ${Quotation.plain(version)}`
            ]
          ),
          Effect.catchAll((error) =>
            Effect.succeed([
              error._tag === "ForeignJsonError"
                ? `${Quotation.plain(name)} has a package.json that cannot be read`
                : `${Quotation.plain(name)} is missing`
            ])
          )
        )
    )
    const why = faults.flat()
    if (why.length > 0) {
      return yield* new DependenciesError({
        reason: "NotInstalled",
        what: "The npm packages that the package takes to be there are not",
        why: `In ${nodeModules}: ${
          [...why.slice(0, 20), ...why.length > 20 ? [`and ${why.length - 20} more`] : []].join(", ")
        }.`,
        remedy: "Install them there, or package with dependencies: \"install\" or \"vendor\"."
      })
    }
  })

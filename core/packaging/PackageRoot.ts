/**
 * The directory that a package's paths are relative to.
 */
import * as Path from "@effect/platform/Path"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { collisionError, type PathCollisionError } from "../archive/EntryPath.ts"
import { commonDirectory, type Placement } from "../codegen/Placement.ts"
import * as Explanation from "../diagnostics/Explanation.ts"
import { ModuleResolver, type ResolutionError } from "../resolution/ModuleResolver.ts"

/** A file that cannot have a place in the package. */
export class OutsidePackageRootError extends Schema.TaggedError<OutsidePackageRootError>()("OutsidePackageRootError", {
  path: Schema.String,
  root: Schema.String,
  ...Explanation.fields
}) {
  override get message(): string {
    return Explanation.render(this)
  }
}

export interface PackageRoot {
  /** Absolute real path. */
  readonly directory: string
  /** Of the package.json there; `undefined` when there is none and the root is the common directory of all files. */
  readonly name: string | undefined
}

/** The nearest named package above the entry, else the deepest directory with all of `files` (absolute real paths). */
export const packageRoot = (
  entry: string,
  files: ReadonlyArray<string>
): Effect.Effect<PackageRoot, ResolutionError, ModuleResolver | Path.Path> =>
  Effect.gen(function*() {
    const resolver = yield* ModuleResolver
    const scope = yield* resolver.namedScope(entry)
    if (scope !== undefined) return { directory: scope.directory, name: scope.name }
    return { directory: commonDirectory(yield* Path.Path, [entry, ...files]), name: undefined }
  })

/** Notes that the file at `path` gets the place in a package. Two files cannot have one: names are in NFC there. */
export const take = (
  taken: Map<string, string>,
  place: string,
  path: string
): Effect.Effect<void, PathCollisionError> =>
  Effect.suspend(() => {
    const other = taken.get(place)
    taken.set(place, path)
    if (other === undefined || other === path) return Effect.void
    const reason = other.normalize("NFC") === path.normalize("NFC") ? "Normalization" : "Duplicate"
    return collisionError({ reason, first: other, second: path })
  })

/** Places for `files`: relative to the root, or under the name of the workspace package that they belong to. */
export const placements = (
  root: PackageRoot,
  files: ReadonlyArray<string>
): Effect.Effect<
  Placement,
  ResolutionError | OutsidePackageRootError | PathCollisionError,
  ModuleResolver | Path.Path
> =>
  Effect.gen(function*() {
    const path = yield* Path.Path
    const resolver = yield* ModuleResolver
    const places = new Map<string, string>()
    const taken = new Map<string, string>()
    for (const file of files) {
      const scope = yield* resolver.namedScope(file)
      const own = scope === undefined || scope.directory === root.directory || root.name === undefined
      const relative = path.relative(own ? root.directory : scope.directory, file).split(path.sep).join("/").normalize(
        "NFC"
      )
      if (relative.startsWith("../") || path.isAbsolute(relative)) {
        return yield* new OutsidePackageRootError({
          path: file,
          root: root.directory,
          what: `${path.basename(file)} lies outside the package root`,
          why: `The package root is ${root.directory}, and ${file} is neither below it nor in a package with a name.`,
          remedy: "Move the file into the package, or give the directory above both a package.json with a name."
        })
      }
      const place = own ? relative : `${scope.name}/${relative}`
      yield* take(taken, place, file)
      places.set(file, place)
    }
    return (file) => places.get(file) ?? path.basename(file)
  })

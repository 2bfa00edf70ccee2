/**
 * What yarn's lockfiles leave to the package.json files: the packages of the project, what they declare, and which
 * versions the root insists on.
 */
import * as Effect from "effect/Effect"
import * as JsonText from "./JsonText.ts"
import type { LockfileError } from "./LockfileError.ts"
import type { Importer } from "./LockGraph.ts"
import { importerFrom } from "./NpmLockfile.ts"
import { join } from "./RelativePath.ts"

/** The texts of package.json of the root (under the empty path) and of the workspaces, by directory. */
export type Manifests = ReadonlyMap<string, string>

/** A version that the root's `resolutions` put in place of others. */
export interface Override {
  /** The package that must ask for it; `undefined` for any. */
  readonly from: string | undefined
  readonly name: string
  /** The range that must be asked for; `undefined` for any. */
  readonly range: string | undefined
  readonly replacement: string
}

export interface YarnProject {
  readonly importers: ReadonlyMap<string, Importer>
  /** The directory of each package of the project, by name. */
  readonly workspaces: ReadonlyMap<string, string>
  readonly resolutions: ReadonlyArray<readonly [pattern: string, replacement: string]>
}

export const read = (manifests: Manifests): Effect.Effect<YarnProject, LockfileError> =>
  Effect.gen(function*() {
    const importers = new Map<string, Importer>()
    const workspaces = new Map<string, string>()
    let resolutions: YarnProject["resolutions"] = []
    for (const [directory, text] of manifests) {
      const manifest = yield* JsonText.parse(join(directory, "package.json"), text)
      const name = JsonText.string(manifest, "name")
      if (name !== undefined && directory !== "") workspaces.set(name, directory)
      if (directory === "") resolutions = JsonText.stringMembers(manifest["resolutions"])
      importers.set(directory, importerFrom(directory, manifest))
    }
    return { importers, workspaces, resolutions }
  })

/**
 * What a lockfile leaves out matters only for packages that have it: the installed ones tell.
 */
import { Diagnostic } from "../diagnostics/Diagnostic.ts"
import * as JsonText from "./JsonText.ts"

/** Names of the scripts that run when a package is installed. */
const installScripts: ReadonlySet<string> = new Set(["preinstall", "install", "postinstall"])

export const runsScript = (manifest: JsonText.JsonObject): boolean =>
  JsonText.stringMembers(manifest["scripts"]).some(([name]) => installScripts.has(name))

/** Peer dependencies that the package can't do without. */
const peersOf = (manifest: JsonText.JsonObject): ReadonlyArray<string> => {
  const meta = manifest["peerDependenciesMeta"]
  return JsonText.stringMembers(manifest["peerDependencies"]).flatMap(([name]) => {
    const about = JsonText.isObject(meta) && Object.hasOwn(meta, name) ? meta[name] : undefined
    return JsonText.isObject(about) && about["optional"] === true ? [] : [name]
  })
}

export interface LockedPackages {
  /** Each package.json that was found. */
  readonly manifests: ReadonlyArray<JsonText.JsonObject>
  /** Names of all packages that are included. */
  readonly names: ReadonlySet<string>
  /** Whether every package was found. */
  readonly isComplete: boolean
}

/** Lockfiles that name no peer dependencies. */
const withoutPeers: ReadonlySet<string> = new Set(["lockfile-incomplete", "lockfile-version-1"])

/** Leaves out what makes no difference for these packages, and names those for which it does. */
export const refine = (
  diagnostics: ReadonlyArray<Diagnostic>,
  { isComplete, manifests, names }: LockedPackages
): ReadonlyArray<Diagnostic> =>
  diagnostics.flatMap((diagnostic) => {
    if (diagnostic.code === "lockfile-without-scripts") return manifests.some(runsScript) ? [diagnostic] : []
    if (!withoutPeers.has(diagnostic.code) || !isComplete) return [diagnostic]
    const missing = manifests.flatMap((manifest) =>
      peersOf(manifest).filter((name) => !names.has(name)).map((name) =>
        `${JsonText.string(manifest, "name") ?? "a package"} needs ${name}`
      )
    )
    const [first, ...more] = missing
    return first === undefined ? [] : [
      new Diagnostic({
        ...diagnostic,
        why: `It names no peer dependencies: ${first}${
          more.length === 0 ? "" : `, and ${more.length} more`
        }, which is not included.`,
        remedy: `Import it where the function needs it, or do this: ${diagnostic.remedy ?? ""}`
      })
    ]
  })

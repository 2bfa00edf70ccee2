/**
 * What can be wrong with the project's npm packages, as far as its lockfile tells.
 */
import * as Schema from "effect/Schema"
import * as Explanation from "../diagnostics/Explanation.ts"

/**
 * - `Unreadable`: the file system would not give the file.
 * - `InvalidSyntax`: it is not in the manager's language, JSON or YAML (merge conflicts are named).
 * - `UnsupportedVersion`: a lockfile version that is not read.
 * - `InvalidEntry`: valid syntax, but not what a lockfile holds.
 * - `PackageMissing`: kept code imports a package that is not in the lockfile.
 * - `DependencyMissing`: a reached package requires one that is not in the lockfile.
 * - `NotInstallable`: a reached package lies on this machine only (`file:`, `link:`, a workspace, a patch).
 * - `SecretInAddress`: a git or tarball address holds a password or token, which must not enter a package.
 * - `NotPlaceable`: no finite node_modules tree of a reasonable size holds the reached packages.
 */
export const Reason = Schema.Literal(
  "Unreadable",
  "InvalidSyntax",
  "UnsupportedVersion",
  "InvalidEntry",
  "PackageMissing",
  "DependencyMissing",
  "NotInstallable",
  "SecretInAddress",
  "NotPlaceable"
)
export type Reason = typeof Reason.Type

export class LockfileError extends Schema.TaggedError<LockfileError>()("LockfileError", {
  reason: Reason,
  ...Explanation.fields
}) {
  override get message(): string {
    return Explanation.render(this)
  }
}

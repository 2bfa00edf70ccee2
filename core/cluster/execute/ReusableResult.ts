/**
 * Results that need not be computed again. Beside the jobs of a state directory, `results/<key>` names the job that made a call. The
 * key is a digest of what its result is a function of: the package, the arguments, where it stood and looked, and the runtime.
 */
import type * as Effect from "effect/Effect"
import * as CanonicalJson from "../../archive/CanonicalJson.ts"
import * as Hasher from "../../archive/Hasher.ts"
import type { Invocation } from "../../runtime/Invocation.ts"
import type { DeployedPackage } from "../deploy/PackageDeployer.ts"

/** Why a call is made although its result was asked to be reused. */
export type Reason = "environment" | "first" | "removed" | "unfinished" | "failed"

/** For people: one sentence each. */
export const reasons: Readonly<Record<Reason, string>> = {
  environment: "Environment variables go along, and their values are no part of what a result is found by.",
  first: "No call of this package with these arguments has asked for that on this runtime.",
  removed: "The job that made the same call was removed.",
  unfinished: "The job that makes the same call has not ended.",
  failed: "The job that made the same call did not return a value."
}

/** The folder of a state directory. */
export const folder = "results"

/** Limits, queues and names of people are no part of it: they do not change what a function returns. */
export const keyOf = (
  invocation: Invocation,
  { directory, runtimePath }: Pick<DeployedPackage, "directory" | "runtimePath">
): Effect.Effect<string, never, Hasher.Hasher> =>
  Hasher.digest(CanonicalJson.encode({
    version: 1,
    package: invocation.package.digest,
    function: invocation.package.functionName,
    arguments: invocation.arguments,
    options: invocation.options,
    filesystemRoot: invocation.filesystemRoot ?? null,
    workingDirectory: invocation.workingDirectory,
    // Its name has platform and ABI
    deployed: directory.slice(directory.lastIndexOf("/") + 1),
    runtimePath
  }))

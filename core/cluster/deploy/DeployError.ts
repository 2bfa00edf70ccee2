/**
 * Why a package cannot be put where its jobs run.
 */
import * as Schema from "effect/Schema"
import { PackageFormatError } from "../../archive/PackageFormatError.ts"
import type { PackageReadError } from "../../archive/RandomAccess.ts"
import { UnpackError } from "../../archive/UnpackPackage.ts"
import * as Explanation from "../../diagnostics/Explanation.ts"
import type { TransportError } from "../Transport.ts"

/**
 * A package that needs npm packages which are not there. `Unreachable`: the registry does not answer; `Refused`: it, or npm,
 * does not want to.
 */
export class DependenciesError extends Schema.TaggedError<DependenciesError>()("DependenciesError", {
  reason: Schema.Literal("NotInstalled", "NotLinked", "Unreachable", "Refused"),
  ...Explanation.fields
}) {
  override get message(): string {
    return Explanation.render(this)
  }
}

/** A host on which no job can run, for want of a runtime. */
export class RuntimeMissingError extends Schema.TaggedError<RuntimeMissingError>()("RuntimeMissingError", {
  /** Where it was looked for, and what was found. */
  tried: Schema.Array(Schema.String),
  ...Explanation.fields
}) {
  override get message(): string {
    return Explanation.render(this)
  }
}

/** What our own code on the host may answer instead of success. */
export const HostError = Schema.Union(PackageFormatError, UnpackError, DependenciesError)
export type HostError = typeof HostError.Type

export type DeployError = HostError | PackageReadError | TransportError | RuntimeMissingError

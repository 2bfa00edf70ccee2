/**
 * What this machine can send to a host that has neither a runtime nor a registry.
 */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type * as Option from "effect/Option"
import type * as Scope from "effect/Scope"
import type { PackageReadError, RandomAccess } from "../../archive/RandomAccess.ts"
import type { DependenciesError } from "./DeployError.ts"

export interface RuntimeSupply {
  /** `v20.20.2`. */
  readonly version: string
  /** A tar.gz with `bin/node` and npm below `lib/node_modules/npm`. */
  readonly archive: RandomAccess
}

export interface EnvironmentRequest {
  readonly packageJson: string
  readonly lockfile: string
  /** `linux-x64`, `linux-arm64-musl`. */
  readonly platform: string
}

export class HostSupplies extends Context.Tag("clustrix/HostSupplies")<HostSupplies, {
  /** A runtime for hosts of `platform`, or why there is none. */
  readonly runtime: (
    platform: string
  ) => Effect.Effect<RuntimeSupply | { readonly missing: string }, PackageReadError, Scope.Scope>
  /** A tar.gz with the `node_modules` of a lockfile, installed here for another platform. None where that cannot be done. */
  readonly environment: (
    request: EnvironmentRequest
  ) => Effect.Effect<Option.Option<RandomAccess>, DependenciesError | PackageReadError, Scope.Scope>
}>() {}

/**
 * What a host is, as far as it decides which files fit it, and the runtime that its jobs use.
 */
import * as Schema from "effect/Schema"

export const HostRuntime = Schema.Struct({
  /** `linux-x64`, `darwin-arm64`; with `-musl` where the C library is musl. */
  platform: Schema.String,
  /** The runtime's module ABI: `node115`. */
  abi: Schema.String,
  /** Absolute path of the runtime. */
  runtimePath: Schema.String
})
export type HostRuntime = typeof HostRuntime.Type

/** What an unpacked package, or what was installed for it, is called on such a host. */
export const nameFor = (digest: string, host: HostRuntime): string => `${digest}-${host.platform}-${host.abi}`

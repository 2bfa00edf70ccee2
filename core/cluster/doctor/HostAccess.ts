/**
 * The way to a host, step by step: what a {@link Transport} does at once when it is first used.
 */
import type * as Effect from "effect/Effect"
import type { TransportError } from "../Transport.ts"
import type { Observation } from "./Check.ts"

export interface HostAccess {
  /** Whether its name has an address, and something listens at the port. */
  readonly reach: Effect.Effect<Observation, TransportError>
  /** Whether its key is the one that is known. */
  readonly verify: Effect.Effect<Observation, TransportError>
  /** Whether it knows who we are. */
  readonly login: Effect.Effect<Observation, TransportError>
  /** What a login shell prints there before it runs a command. */
  readonly noise: Effect.Effect<string, TransportError>
}

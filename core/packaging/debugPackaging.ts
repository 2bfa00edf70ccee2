/**
 * What `CLUSTRIX_DEBUG_PACKAGING=1` prints: every decision of a packaging, on standard error.
 */
import * as Config from "effect/Config"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import type { SealedPackage } from "../archive/SealPackage.ts"
import { chain } from "../modules/Reason.ts"
import type { PreparedPackage } from "./PreparedPackage.ts"

/** The lines: what was reached and why, what was kept or dropped, every entry with its digest. */
export const debugLines = (prepared: PreparedPackage, sealed: SealedPackage): ReadonlyArray<string> => [
  `function ${prepared.functionName} of ${prepared.entry.module}`,
  ...[...prepared.reasons.keys()].map((node) => {
    const [, reason] = chain(prepared.reasons, node)[0] ?? []
    return `reached ${node}: ${reason?.because ?? ""}${reason?.location === undefined ? "" : ` (${reason.location})`}`
  }),
  ...prepared.decisions.map((decision) =>
    `${decision.verdict}${decision.doubt ? " by doubt" : ""} ${decision.node}: ${decision.why}`
  ),
  ...prepared.diagnostics.map((diagnostic) => diagnostic.toString()),
  ...sealed.manifest.entries.map(({ mode, path, sha256, size }) =>
    `entry ${path} ${mode} ${size} bytes sha256 ${sha256}`
  ),
  `digest ${sealed.digest}`
]

/** Whether `CLUSTRIX_DEBUG_PACKAGING` says so; a value that is no boolean leaves the switch off. */
export const isDebugging = Effect.orElseSucceed(
  Config.withDefault(Config.boolean("CLUSTRIX_DEBUG_PACKAGING"), false),
  () => false
)

/** Prints {@link debugLines} when the environment variable says so. */
export const debugPackaging = (prepared: PreparedPackage, sealed: SealedPackage): Effect.Effect<void> =>
  Effect.flatMap(
    isDebugging,
    (on) =>
      on ? Effect.forEach(debugLines(prepared, sealed), (line) => Console.error(`clustrix: ${line}`), { discard: true })
        : Effect.void
  )

/**
 * A value of the configuration, and where it comes from.
 */
import type { SourceLocation } from "../diagnostics/SourceLocation.ts"

/** In the order of precedence. */
export type Origin =
  | { readonly _tag: "Call" }
  | { readonly _tag: "Configure" }
  | { readonly _tag: "Environment"; readonly variable: string }
  | { readonly _tag: "File"; readonly location: SourceLocation; readonly profile?: string | undefined }
  | { readonly _tag: "Default" }

export interface Sourced<A> {
  readonly value: A
  readonly origin: Origin
}

/** `clustrix.yml:12:3 (profile hpc)`, `environment variable CLUSTRIX_CORES`, `configure()`, `default`. */
export const describe = (origin: Origin): string => {
  switch (origin._tag) {
    case "Call":
      return "options of the call"
    case "Configure":
      return "configure()"
    case "Environment":
      return `environment variable ${origin.variable}`
    case "File":
      return `${origin.location}${origin.profile === undefined ? "" : ` (profile ${origin.profile})`}`
    case "Default":
      return "default"
  }
}

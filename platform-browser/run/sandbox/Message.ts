/**
 * What page and sandbox say to each other, over a port that only they have. The page trusts none of it: a program can
 * say what it likes about itself, and no more.
 */
import type { Description } from "../../../core/runtime/ErrorDescription.ts"
import type { LinkedProgram } from "../LinkedProgram.ts"

/** What the sandbox is to run. */
export interface Start {
  readonly program: LinkedProgram
  /** Value text of the positional arguments, and of the options object. */
  readonly args: string
  readonly kwargs: string
  /** By path below the project's directory. */
  readonly files: Readonly<Record<string, string | Uint8Array>>
}

export type Ending =
  | { readonly status: "returned"; readonly value: string; readonly written: Readonly<Record<string, Uint8Array>> }
  | { readonly status: "threw" | "not-loaded" | "uncaught"; readonly error: Description }
  | { readonly status: "not-carried" | "exited"; readonly message: string }

export type FromSandbox =
  | { readonly type: "output"; readonly stream: "stdout" | "stderr"; readonly text: string }
  | { readonly type: "refused-connection"; readonly address: string }
  | { readonly type: "ended"; readonly ending: Ending }

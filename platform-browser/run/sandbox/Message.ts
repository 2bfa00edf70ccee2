/**
 * What page and sandbox say to each other, over a port that only they have. The page trusts none of it: a program can
 * say what it likes about itself, and no more.
 */
import type { Description } from "../../../core/runtime/ErrorDescription.ts"
import type { Progress } from "../../../core/runtime/Progress.ts"
import type { LinkedProgram } from "../LinkedProgram.ts"
import type { Preview, WrittenFile } from "../Preview.ts"

/** What the sandbox is to run. */
export interface Start {
  readonly program: LinkedProgram
  /** Value text of the positional arguments, and of the options object. */
  readonly args: string
  readonly kwargs: string
  /** By path below the project's directory. */
  readonly files: Readonly<Record<string, string | Uint8Array>>
  /** What it may print, in UTF-16 code units. */
  readonly outputLimit: number
  /** With it the result comes as a preview of so many UTF-16 code units, else as value text. */
  readonly previewLimit: number | undefined
}

/** What a program prints. */
export interface OutputChunk {
  readonly stream: "stdout" | "stderr"
  readonly text: string
}

export type Ending =
  | { readonly status: "returned"; readonly value: string; readonly written: Readonly<Record<string, Uint8Array>> }
  | {
    readonly status: "previewed"
    readonly preview: Preview
    readonly written: { readonly files: ReadonlyArray<WrittenFile>; readonly count: number }
  }
  | { readonly status: "threw" | "not-loaded" | "uncaught"; readonly error: Description }
  | { readonly status: "not-carried" | "exited"; readonly message: string }

export type FromSandbox =
  | { readonly type: "output"; readonly chunks: ReadonlyArray<OutputChunk> }
  | { readonly type: "progress"; readonly progress: Progress }
  | { readonly type: "refused-connection"; readonly address: string }
  | { readonly type: "ended"; readonly ending: Ending }

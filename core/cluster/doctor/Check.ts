/**
 * One step of an examination, and what it found.
 */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Explanation from "../../diagnostics/Explanation.ts"
import * as Quotation from "../../diagnostics/Quotation.ts"
import type { SourceLocation } from "../../diagnostics/SourceLocation.ts"

/** What a step saw. */
export interface Observation {
  /** For people, in one line: `Linux x86_64, as ada`. */
  readonly detail: string
  /** Jobs will run, but somebody may be surprised. */
  readonly warning?: { readonly why: string; readonly remedy: string } | undefined
}

/** An error that says what to do about it. */
export interface Explained {
  readonly _tag: string
  readonly what: string
  readonly why?: string | undefined
  readonly remedy?: string | undefined
  readonly location?: SourceLocation | undefined
}

/** What a step is about. Names are for machines, and stay. */
export type CheckName =
  | "configuration"
  | "network"
  | "host-key"
  | "authentication"
  | "command"
  | "sftp"
  | "work-directory"
  | "runtime"
  | "registry"
  | "clock"
  | "process-group"
  | "scheduler"
  | "job"

export interface Check {
  readonly name: CheckName
  /** For people, in one or two words. */
  readonly title: string
  readonly run: Effect.Effect<Observation, Explained>
}

/** What became of a step. `not-reached`: one before it failed. */
export interface Finding {
  readonly name: CheckName
  readonly title: string
  readonly outcome: "passed" | "warned" | "failed" | "not-reached"
  readonly detail?: string | undefined
  readonly why?: string | undefined
  readonly remedy?: string | undefined
  /** The `_tag` of the error. */
  readonly error?: string | undefined
}

/** What a step found to be wrong by itself. */
export class CheckFailedError extends Schema.TaggedError<CheckFailedError>()("CheckFailedError", Explanation.fields) {
  override get message(): string {
    return Explanation.render(this)
  }
}

/** A finding as it may be shown: a host says some of it. */
const shown = (finding: Finding): Finding => {
  const { detail, why } = finding
  return {
    ...finding,
    ...(detail === undefined ? {} : { detail: Quotation.shortWords(Quotation.plain(detail, mostDetail)) }),
    ...(why === undefined ? {} : { why: Quotation.shortWords(Quotation.visibleLines(why)) })
  }
}

/** Of one line about a step, in characters. */
const mostDetail = 500

const findingOf = ({ name, run, title }: Check): Effect.Effect<Finding> =>
  Effect.map(
    Effect.match(run, {
      onFailure: ({ _tag, location, remedy, what, why }): Finding => ({
        name,
        title,
        outcome: "failed",
        detail: location === undefined ? what : `${location}: ${what}`,
        why,
        remedy,
        error: _tag
      }),
      onSuccess: ({ detail, warning }): Finding => ({
        name,
        title,
        outcome: warning === undefined ? "passed" : "warned",
        detail,
        why: warning?.why,
        remedy: warning?.remedy
      })
    }),
    shown
  )

/** Takes the steps in their order until one fails. `found` hears of each as soon as it is over. */
export const runAll = (
  checks: ReadonlyArray<Check>,
  found: (finding: Finding) => Effect.Effect<void>
): Effect.Effect<ReadonlyArray<Finding>> =>
  Effect.gen(function*() {
    const findings: Array<Finding> = []
    for (const check of checks) {
      const finding: Finding = findings.some(({ outcome }) => outcome === "failed" || outcome === "not-reached")
        ? { name: check.name, title: check.title, outcome: "not-reached" }
        : yield* findingOf(check)
      findings.push(finding)
      yield* found(finding)
    }
    return findings
  })

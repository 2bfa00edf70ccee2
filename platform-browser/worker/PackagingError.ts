/**
 * What can go wrong when a page asks its packaging worker. Tagged as the errors of the core are, and plain: a page that
 * only talks to its worker loads no Effect.
 */
import type { Place, Remark } from "./PackageAnalysis.ts"

interface Explained {
  readonly what: string
  readonly location?: Place | undefined
  readonly why?: string | undefined
  readonly remedy?: string | undefined
}

/** As `core/diagnostics/Explanation.ts` renders it. */
const render = ({ location, remedy, what, why }: Explained): string =>
  [
    location === undefined ? what : `${location.file}:${location.line}:${location.column}: ${what}`,
    ...(why === undefined ? [] : [why]),
    ...(remedy === undefined ? [] : [`→ ${remedy}`])
  ].join("\n  ")

class ExplainedError extends Error implements Explained {
  readonly what: string
  readonly location: Place | undefined
  readonly why: string | undefined
  readonly remedy: string | undefined

  constructor(name: string, explained: Explained) {
    super(render(explained))
    this.name = name
    this.what = explained.what
    this.location = explained.location
    this.why = explained.why
    this.remedy = explained.remedy
  }
}

/** The worker's answer is an error of the core; `tag` is its own (`SourceSyntaxError`, `ResolutionError`, ...). */
export class PackagingFailedError extends ExplainedError {
  readonly _tag = "PackagingFailedError"
  readonly tag: string

  constructor({ tag, ...explained }: Explained & { readonly tag: string }) {
    super("PackagingFailedError", explained)
    this.tag = tag
  }
}

/** The request was taken back: by its signal, or because a later one took its place. */
export class SupersededError extends ExplainedError {
  readonly _tag = "SupersededError"

  constructor(explained: Explained) {
    super("SupersededError", explained)
  }
}

/** The worker itself failed, never started, or was closed. The next request starts a new one, unless it was closed. */
export class WorkerFailedError extends ExplainedError {
  readonly _tag = "WorkerFailedError"
  readonly reason: "Crashed" | "NotStarted" | "Closed"

  constructor({ reason, ...explained }: Explained & { readonly reason: "Crashed" | "NotStarted" | "Closed" }) {
    super("WorkerFailedError", explained)
    this.reason = reason
  }
}

export type PackagingWorkerError = PackagingFailedError | SupersededError | WorkerFailedError

/** The error of a remark of severity `error`. */
export const fromRemark = ({ code, ...explained }: Remark): PackagingFailedError =>
  new PackagingFailedError({ tag: code, ...explained })

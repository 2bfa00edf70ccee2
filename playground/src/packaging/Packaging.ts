/**
 * The package of the text that is shown: one state, which follows from the request (files, function, options) and the answer
 * of the worker to exactly that request. Nothing can be run, deployed or saved but what is `made`.
 */
import { batch, computed, effect, signal } from "@preact/signals"
import wasm from "@swc/wasm-web/wasm_bg.wasm?url"
import { PackagingError, PackagingWorker } from "../../../platform-browser/index.ts"
import type { PackageAnalysis } from "../../../platform-browser/index.ts"
import * as Project from "../project/Project.ts"

/** A package, and what it was made of. */
export interface Made {
  readonly request: PackagingWorker.PackageRequest
  readonly analysis: PackageAnalysis.PackageAnalysis
}

export type Packaging =
  /** Nothing is asked yet. */
  | { readonly state: "idle" }
  /** The text that is shown has no answer yet; `previous` is the package of an earlier one. */
  | { readonly state: "packaging"; readonly previous: Made | undefined }
  /** The package of exactly the text that is shown. */
  | { readonly state: "made"; readonly made: Made }
  /** There is no package of the text that is shown. */
  | { readonly state: "failed"; readonly remark: PackageAnalysis.Remark }

export const worker = new PackagingWorker.PackagingWorker({
  worker: () => new Worker(new URL("../../../platform-browser/worker/main.ts", import.meta.url), { type: "module" })
})

/** Bytes of the parser that have come, of all; `undefined` once it is there. */
export const loading = signal<{ readonly received: number; readonly total: number } | undefined>({
  received: 0,
  total: __PARSER_BYTES__
})

const isStarted = signal(false)
const attempt = signal(0)

interface Request extends PackagingWorker.PackageRequest {
  readonly project: string
  readonly attempt: number
}

/** A new object for every change, so that an answer belongs to one text only. */
const request = computed((): Request => ({
  project: Project.id.value,
  attempt: attempt.value,
  files: Project.files.value,
  entry: Project.entry.value,
  options: Project.options.value
}))

interface Answer {
  readonly of: Request
  readonly packaging: Extract<Packaging, { readonly state: "made" | "failed" }>
}

const answer = signal<Answer | undefined>(undefined)
/** The latest package of the project. */
const last = signal<{ readonly project: string; readonly made: Made } | undefined>(undefined)
const listed = signal<{ readonly project: string; readonly list: PackageAnalysis.FunctionList } | undefined>(undefined)

export const packaging = computed((): Packaging => {
  const now = request.value
  if (!isStarted.value || now.project === "") return { state: "idle" }
  if (answer.value?.of === now) return answer.value.packaging
  return { state: "packaging", previous: last.value?.project === now.project ? last.value.made : undefined }
})

/** The package of exactly the text that is shown. */
export const made = computed(() => packaging.value.state === "made" ? packaging.value.made : undefined)

/** Why there is none. */
export const failure = computed(() => packaging.value.state === "failed" ? packaging.value.remark : undefined)

/** What the views draw: while the next one is made, the package before, which they mark as such. */
export const shown = computed(() =>
  packaging.value.state === "packaging" ? packaging.value.previous?.analysis : made.value?.analysis
)

export const functions = computed(() => listed.value?.project === Project.id.value ? listed.value.list.functions : [])

/** Remarks on the text of the latest answer: of the analysis, and of files that cannot be read. */
export const diagnostics = computed((): ReadonlyArray<PackageAnalysis.Remark> => {
  const latest = answer.value
  if (latest === undefined || latest.of.project !== Project.id.value) return []
  const remarks = latest.packaging.state === "failed" ? [latest.packaging.remark]
    : latest.packaging.made.analysis.diagnostics
  const seen = new Set(remarks.map(({ location, what }) => JSON.stringify([location, what])))
  const others = listed.value?.project === latest.of.project ? listed.value.list.diagnostics : []
  return [...remarks, ...others.filter(({ location, what }) => !seen.has(JSON.stringify([location, what])))]
})

const plain = (code: string, what: string, remedy?: string): PackageAnalysis.Remark => ({
  severity: "error",
  code,
  what,
  why: undefined,
  remedy,
  location: undefined
})

const noFiles = plain(
  "NoFiles",
  "There are no files in this project",
  "Make a file, open a folder, or choose an example."
)

const noFunction = plain(
  "NoFunction",
  "There is no function in this project",
  "Write one: export const main = () => 1."
)

const remarkOf = (error: unknown): PackageAnalysis.Remark => {
  if (!(error instanceof PackagingError.PackagingFailedError)) {
    return error instanceof PackagingError.WorkerFailedError
      ? { ...plain(error.reason, error.what, "Try again: another worker is started."), why: error.why }
      : plain("PageError", String(error))
  }
  const { location, remedy, tag: code, what, why } = error
  return { severity: "error", code, what, why, remedy, location }
}

const answered = (of: Request, packaging: Answer["packaging"]): void => {
  // A later text has its own answer
  if (of !== request.peek()) return
  batch(() => {
    answer.value = { of, packaging }
    if (packaging.state === "made") last.value = { project: of.project, made: packaging.made }
  })
}

const list = async (of: Request): Promise<PackageAnalysis.FunctionList> => {
  const found = await worker.functionsOf(of.files, { latest: "functions" })
  if (of.project === Project.id.peek()) listed.value = { project: of.project, list: found }
  return found
}

const update = async (of: Request): Promise<void> => {
  try {
    if (Object.keys(of.files).length === 0) {
      listed.value = undefined
      return answered(of, { state: "failed", remark: noFiles })
    }
    if (of.entry === "") {
      const { functions } = await list(of)
      const first = functions.find(({ exported }) => exported) ?? functions[0]
      if (first === undefined) answered(of, { state: "failed", remark: noFunction })
      else if (of === request.peek()) Project.chooseEntry(first.reference)
      return
    }
    // The package first: it is what is waited for
    const packaging = worker.package(of, { latest: "package" })
    list(of).catch(() => undefined)
    const analysis = await packaging
    answered(of, { state: "made", made: { request: of, analysis } })
  } catch (error) {
    if (!(error instanceof PackagingError.SupersededError)) answered(of, { state: "failed", remark: remarkOf(error) })
  }
}

/** Resolves when the text that is then shown has an answer: with its package, or with nothing. */
export const settled = (): Promise<Made | undefined> =>
  new Promise((resolve) => {
    effect(function() {
      const now = packaging.value
      if (now.state === "idle" || now.state === "packaging") return
      resolve(now.state === "made" ? now.made : undefined)
      this.dispose()
    })
  })

const load = (): Promise<void> =>
  worker.load({
    wasmUrl: new URL(wasm, location.href),
    wasmBytes: __PARSER_BYTES__,
    onProgress: ({ receivedBytes, totalBytes = __PARSER_BYTES__, transferBytes }) => {
      // In bytes of the network, which is what somebody waits for
      const total = transferBytes ?? totalBytes
      loading.value = { received: Math.round((receivedBytes / totalBytes) * total), total }
    }
  }).then(
    () => {
      loading.value = undefined
    },
    () => {
      // Each request for a package tells it
      loading.value = undefined
    }
  )

/** Asks once more for the package of the same text, with a new worker or parser where one failed. */
export const retry = (): void => {
  void load()
  attempt.value += 1
}

/** Loads the parser, and follows the project from then on. */
export const start = (): void => {
  void load()
  isStarted.value = true
  effect(() => {
    const now = request.value
    if (now.project !== "") void update(now)
  })
}

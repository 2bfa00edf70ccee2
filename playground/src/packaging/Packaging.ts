/**
 * The package of what is edited: made anew on every change, in the worker.
 */
import { batch, computed, effect, signal } from "@preact/signals"
import wasm from "@swc/wasm-web/wasm_bg.wasm?url"
import { PackagingError, PackagingWorker } from "../../../platform-browser/index.ts"
import type { PackageAnalysis } from "../../../platform-browser/index.ts"
import * as Project from "../project/Project.ts"

export const worker = new PackagingWorker.PackagingWorker({
  worker: () => new Worker(new URL("../../../platform-browser/worker/main.ts", import.meta.url), { type: "module" })
})

/** Bytes of the parser that have come, of all; `undefined` once it is there. */
export const loading = signal<{ readonly received: number; readonly total: number } | undefined>({
  received: 0,
  total: __PARSER_BYTES__
})
export const busy = signal(true)
/** The last package that could be made. */
export const made = signal<PackageAnalysis.PackageAnalysis | undefined>(undefined)
/** What it was made of. */
export const madeOf = signal<PackagingWorker.PackageRequest | undefined>(undefined)
/** Why there is none of what is in the editor. */
export const failure = signal<PackageAnalysis.Remark | undefined>(undefined)
const listed = signal<PackageAnalysis.FunctionList>({ functions: [], diagnostics: [] })
export const functions = computed(() => listed.value.functions)

/** All remarks: of the analysis, and of files that cannot be read. */
export const diagnostics = computed((): ReadonlyArray<PackageAnalysis.Remark> => {
  const remarks = failure.value === undefined ? made.value?.diagnostics ?? [] : [failure.value]
  const seen = new Set(remarks.map(({ location, what }) => JSON.stringify([location, what])))
  return [
    ...remarks,
    ...listed.value.diagnostics.filter(({ location, what }) => !seen.has(JSON.stringify([location, what])))
  ]
})

const remarkOf = (error: unknown): PackageAnalysis.Remark => {
  if (error instanceof PackagingError.PackagingFailedError) {
    const { location, remedy, tag: code, what, why } = error
    const line = location?.line
    return {
      severity: "error",
      code,
      what,
      why,
      remedy,
      location: location === undefined || line === undefined
        ? undefined
        : { file: location.file, line, column: location.column ?? 1 }
    }
  }
  return {
    severity: "error",
    code: "PageError",
    what: String(error),
    why: undefined,
    remedy: undefined,
    location: undefined
  }
}

const isSuperseded = (error: unknown): boolean => error instanceof PackagingError.SupersededError

/** The latest request decides what is shown. */
let turn = 0

const update = async (files: Project.Files, entry: string, options: Project.Options): Promise<void> => {
  const mine = ++turn
  busy.value = true
  try {
    // Both go out at once: the worker answers them in order
    const listing = worker.functionsOf(files, { latest: "functions" })
    const packaging = entry === "" ? undefined : worker.package({ files, entry, options }, { latest: "package" })
    packaging?.catch(() => undefined)
    const list = await listing
    if (mine !== turn) return
    listed.value = list
    const first = list.functions.find(({ exported }) => exported) ?? list.functions[0]
    if (packaging === undefined) {
      if (first !== undefined) Project.entry.value = first.reference
      return
    }
    const analysis = await packaging
    if (mine !== turn) return
    batch(() => {
      made.value = analysis
      madeOf.value = { files, entry, options }
      failure.value = undefined
    })
  } catch (error) {
    if (!isSuperseded(error) && mine === turn) failure.value = remarkOf(error)
  } finally {
    if (mine === turn) busy.value = false
  }
}

/** Loads the parser, and follows the project from then on. */
export const start = (): void => {
  worker.load({
    wasmUrl: new URL(wasm, location.href),
    wasmBytes: __PARSER_BYTES__,
    onProgress: ({ receivedBytes, totalBytes }) => {
      loading.value = { received: receivedBytes, total: totalBytes ?? __PARSER_BYTES__ }
    }
  }).then(
    () => {
      loading.value = undefined
    },
    (error: unknown) => {
      failure.value = remarkOf(error)
      loading.value = undefined
    }
  )
  effect(() => {
    // Read here, so that the effect depends on all of them
    const [files, entry, options] = [Project.files.value, Project.entry.value, Project.options.value]
    void update(files, entry, options)
  })
}

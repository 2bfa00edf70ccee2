/**
 * What TypeScript's language service tells of the project: in a worker, which is fetched when there is something to edit.
 */
import * as Comlink from "comlink"
import * as Project from "../project/Project.ts"
import { contentOf, type Files } from "../project/Paths.ts"
import type { TypeWorker } from "./typeWorker.ts"

let remote: Comlink.Remote<TypeWorker> | undefined

/** What the worker has; of another project nothing. */
let sent: Files = {}

const started = (): Comlink.Remote<TypeWorker> => {
  if (remote !== undefined) return remote
  const worker = new Worker(new URL("./typeWorker.ts", import.meta.url), { type: "module" })
  remote = Comlink.wrap<TypeWorker>(worker)
  // It answers nothing before it has the libraries' types
  void remote.load(new URL("types.json", document.baseURI).href)
  return remote
}

/** The worker, with the files as they are now: calls reach it in order. */
const current = (): Comlink.Remote<TypeWorker> => {
  const service = started()
  const files = Project.files.peek()
  if (files === sent) return service
  const gone = Object.keys(sent).filter((path) => !Object.hasOwn(files, path))
  const changed = Object.entries(files).filter(([path, content]) => contentOf(sent, path) !== content)
  sent = files
  void service.change([
    ...gone.map((path) => [path, undefined] as const),
    // The types of a file of bytes are nobody's business
    ...changed.map(([path, content]) => [path, typeof content === "string" ? content : undefined] as const)
  ])
  return service
}

/** Offsets count UTF-16 code units from 0. */
export interface TypeDiagnostic {
  readonly from: number
  readonly to: number
  readonly severity: "error" | "warning" | "info"
  readonly code: number
  readonly message: string
}

export interface Completion {
  readonly label: string
  readonly kind: string
  readonly from: number
  readonly insert: string | undefined
}

export interface TextChange {
  readonly from: number
  readonly to: number
  readonly insert: string
}

export const isTyped = (path: string): boolean => /\.[cm]?[jt]sx?$/.test(path) && !/(^|\/)node_modules\//.test(path)

export const diagnostics = (path: string): Promise<ReadonlyArray<TypeDiagnostic>> => current().diagnostics(path)

export const completions = (path: string, offset: number): Promise<ReadonlyArray<Completion>> =>
  current().completions(path, offset)

/** Type and documentation of what stands at the offset. */
export const hover = (
  path: string,
  offset: number
): Promise<{ readonly from: number; readonly to: number; readonly text: string; readonly about: string } | undefined> =>
  current().hover(path, offset)

/** What a formatter would change. */
export const format = (path: string): Promise<ReadonlyArray<TextChange>> => current().format(path)

/** Where the thing at the offset is declared, if that is a file of the project. */
export const definition = (
  path: string,
  offset: number
): Promise<{ readonly path: string; readonly offset: number } | undefined> => current().definition(path, offset)

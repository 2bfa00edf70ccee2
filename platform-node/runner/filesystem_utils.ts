/**
 * What `clustrix` is inside a job: the nine file functions, `progress`, and a `cluster` that calls straight through. The text
 * of this module, bundled, is the package's `filesystem_utils.mjs`.
 */
import * as ClusterFiles from "../../core/cluster/filesystem/ClusterFiles.ts"
import { nodeFileSource } from "./NodeFileSource.ts"

export { progress } from "./Progress.ts"

/** The runner sets it, and worker threads and child processes inherit it. */
const files = (): ClusterFiles.ClusterFiles =>
  ClusterFiles.make(nodeFileSource, process.env["CLUSTRIX_FILESYSTEM_ROOT"] ?? process.cwd())

export const clusterLs: ClusterFiles.ClusterFiles["ls"] = async (...args) => files().ls(...args)
export const clusterFind: ClusterFiles.ClusterFiles["find"] = async (...args) => files().find(...args)
export const clusterStat: ClusterFiles.ClusterFiles["stat"] = async (...args) => files().stat(...args)
export const clusterExists: ClusterFiles.ClusterFiles["exists"] = async (...args) => files().exists(...args)
export const clusterIsdir: ClusterFiles.ClusterFiles["isdir"] = async (...args) => files().isdir(...args)
export const clusterIsfile: ClusterFiles.ClusterFiles["isfile"] = async (...args) => files().isfile(...args)
export const clusterGlob: ClusterFiles.ClusterFiles["glob"] = async (...args) => files().glob(...args)
export const clusterDu: ClusterFiles.ClusterFiles["du"] = async (...args) => files().du(...args)
export const clusterCountFiles: ClusterFiles.ClusterFiles["countFiles"] = async (...args) => files().countFiles(...args)

type AnyFunction = (this: unknown, ...args: ReadonlyArray<never>) => unknown

/**
 * `cluster(options)(fn)` and `@cluster(options)`. Inside a job there is nowhere further to go: the function itself is
 * called, here and now. `.map` runs the inputs one after the other and gives their results in order.
 */
export const cluster = (_options?: unknown) => <F extends AnyFunction>(fn: F, _context?: unknown): F => {
  const call = function(this: unknown, ...args: Parameters<F>): unknown {
    return Reflect.apply(fn, this, args)
  }
  // Named as the function is, for stack traces and for programs that ask.
  Object.defineProperty(call, "name", { value: fn.name, configurable: true })
  Object.defineProperty(call, "length", { value: fn.length, configurable: true })
  return Object.assign(call, {
    map: async (inputs: Iterable<unknown> | AsyncIterable<unknown>): Promise<ReadonlyArray<unknown>> => {
      const results: Array<unknown> = []
      for await (const input of inputs) results.push(await Reflect.apply(fn, undefined, [input]))
      return results
    },
    effect: (): never => {
      throw new Error("cluster(...)(fn).effect(...) is for the client; inside a job, call the function itself")
    }
  }) as unknown as F // the wrapper takes and gives what fn does
}

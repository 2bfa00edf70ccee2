/**
 * Where a source file stands in the package.
 */
import type { Path } from "@effect/platform/Path"
import type { CodeModule } from "../modules/Module.ts"

/** Directory of all modules in a package. */
export const modulesDirectory = "modules"

/** The package's path of the cluster file system functions. */
export const filesystemUtils = "filesystem_utils.mjs"

/** Absolute real paths to paths below `modules/`, `/`-separated, in NFC. */
export type Placement = (path: string) => string

/** Name of a code module's text in the package: ES modules end in `.mjs`, CommonJS keeps a name that Node reads as such. */
export const emittedPath = (placement: Placement, module: CodeModule): string => {
  const place = placement(module.path)
  if (module.record.system === "esm") return place.endsWith(".mjs") ? place : `${place}.mjs`
  return place.endsWith(".cjs") || place.endsWith(".js") ? place : `${place}.cjs`
}

/** What means something else in a URL. */
const encoded = (path: string): string => path.replace(/[%#?\t\n\r]/g, encodeURIComponent)

/** The URL by which the module at package path `from` imports the one at `to`. */
export const relativeSpecifier = (from: string, to: string): string => encoded(relativePath(from, to))

/** The path by which the module at package path `from` requires the file at `to`. */
export const relativePath = (from: string, to: string): string => {
  const here = from.split("/").slice(0, -1)
  const there = to.split("/")
  let shared = 0
  while (shared < here.length && shared < there.length - 1 && here[shared] === there[shared]) shared += 1
  const up = here.length - shared
  return `${up === 0 ? "./" : "../".repeat(up)}${there.slice(shared).join("/")}`
}

/** The deepest directory that holds all of `paths`. */
export const commonDirectory = (path: Path, paths: ReadonlyArray<string>): string => {
  const [first, ...rest] = paths.map((each) => path.dirname(each))
  if (first === undefined) return path.sep
  return rest.reduce((shared, directory) => {
    let current = shared
    while (current !== directory && !directory.startsWith(current.endsWith(path.sep) ? current : current + path.sep)) {
      const parent = path.dirname(current)
      if (parent === current) return current
      current = parent
    }
    return current
  }, first)
}

/**
 * JSX pragmas, read from the comments before a module's first token: the only comments that change what code means.
 */
import type { Pragmas } from "./ModuleRecord.ts"

/** `leading` holds nothing but comments, white space and perhaps a hashbang. */
export const readPragmas = (leading: string): Pragmas => {
  const read = (name: string): string | undefined => new RegExp(`@${name}[ \\t]+([^\\s*]+)`).exec(leading)?.[1]
  return {
    runtime: read("jsxRuntime"),
    importSource: read("jsxImportSource"),
    factory: read("jsx"),
    fragment: read("jsxFrag")
  }
}

/** The pragmas as one comment in one order, or nothing. */
export const printPragmas = (self: Pragmas): string => {
  const parts =
    ([["jsxRuntime", self.runtime], ["jsxImportSource", self.importSource], ["jsx", self.factory], ["jsxFrag",
      self.fragment]] as const)
      .flatMap(([name, value]) => value === undefined ? [] : [`@${name} ${value}`])
  return parts.length === 0 ? "" : `/** ${parts.join(" ")} */\n`
}

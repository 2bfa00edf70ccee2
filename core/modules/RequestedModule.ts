/**
 * What the specifiers of code that asks for modules amount to.
 */
import type { CodeRequest } from "./ModuleRecord.ts"
import type { CodeModule } from "./Module.ts"

/** The text given to `new URL` as the import specifier that it amounts to; `undefined` for what is no module beside. */
export const workerSpecifier = ({ specifier }: CodeRequest): string | undefined => {
  if (specifier === undefined || /^[a-z][a-z0-9+.-]*:/i.test(specifier) || !/\.[cm]?[jt]sx?$/.test(specifier)) {
    return undefined
  }
  return specifier.startsWith("./") || specifier.startsWith("../") || specifier.startsWith("/") ? specifier
    : `./${specifier}`
}

/** `require("./x.node")`: a file for the platform, which no analysis reads. */
export const isAddon = ({ kind, specifier }: CodeRequest): boolean =>
  kind === "require" && specifier !== undefined && /^\.{0,2}\/.*\.node$/.test(specifier)

/** What the module imports for its JSX, where the automatic runtime makes it. */
export const jsxRuntime = ({ compilerOptions, record }: CodeModule): string =>
  `${record.pragmas.importSource ?? compilerOptions.jsxImportSource ?? "react"}/jsx-runtime`

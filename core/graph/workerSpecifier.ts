/**
 * The module that a worker is started with.
 */
import type { CodeRequest } from "../analyse/ModuleRecord.ts"

/** The text given to `new URL` as the import specifier that it amounts to; `undefined` for what is no module beside. */
export const workerSpecifier = ({ specifier }: CodeRequest): string | undefined => {
  if (specifier === undefined || /^[a-z][a-z0-9+.-]*:/i.test(specifier) || !/\.[cm]?[jt]sx?$/.test(specifier)) {
    return undefined
  }
  return specifier.startsWith("./") || specifier.startsWith("../") || specifier.startsWith("/") ? specifier
    : `./${specifier}`
}

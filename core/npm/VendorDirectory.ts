/**
 * Where the files of npm packages lie in a package that brings them itself. They are found by a link beside `modules/`: a
 * directory called `node_modules` would be taken for something that may be deleted and installed again.
 */

export const vendorDirectory = "vendor/node_modules"

/** Whether one of these entries is a file of an npm package. */
export const hasVendored = (entries: ReadonlyArray<{ readonly path: string }>): boolean =>
  entries.some(({ path }) => isVendored(path))

export const isVendored = (path: string): boolean => path.startsWith(`${vendorDirectory}/`)

/**
 * The files that a path in a specifier may mean, in the order in which they are looked for.
 */
import * as SourceFile from "./SourceFile.ts"

/** What may stand on disk for an extension that is written (TypeScript's order): the source before its output. */
const sources: Readonly<Record<string, ReadonlyArray<string>>> = {
  js: ["ts", "tsx", "js", "jsx"],
  jsx: ["tsx", "ts", "jsx", "js"],
  mjs: ["mts", "mjs"],
  cjs: ["cts", "cjs"]
}

/** Extensions of modules: such a file means itself before it means the stem of another. */
const ofModules = new Set(["ts", "tsx", "mts", "cts", "js", "jsx", "mjs", "cjs", "json", "node"])

/**
 * In sources of the project. `x.js` is `x.ts`, `x.tsx`, then the literal `x.js`, `x.jsx`. What has no extension of a
 * module is `x.ts`, `x.tsx`, then the literal `x` (Node: literal before added), then `x.js`, `x.jsx`, `x.json`.
 * Type declarations are never candidates.
 */
export const inSources = (path: string): ReadonlyArray<string> => {
  const written = SourceFile.extension(path)
  const stem = path.slice(0, path.length - written.length)
  const replaced = Object.hasOwn(sources, written) ? sources[written] ?? [] : []
  const itself = replaced.length > 0 ? replaced.map((name) => stem + name) : ofModules.has(written) ? [path] : []
  const added = [`${path}.ts`, `${path}.tsx`, path, `${path}.js`, `${path}.jsx`, `${path}.json`]
  return [...new Set([...itself, ...added])].filter((candidate) => !SourceFile.isDeclaration(candidate))
}

/**
 * For a target of `exports` or `imports` that lies in sources: the file that is named, as for Node; where it is not there,
 * TypeScript that stands for it.
 */
export const ofTargets = (path: string): ReadonlyArray<string> => {
  const written = SourceFile.extension(path)
  const replaced = Object.hasOwn(sources, written) ? sources[written] ?? [] : []
  const stem = path.slice(0, path.length - written.length)
  return [path, ...replaced.map((name) => stem + name)].filter((each) => !SourceFile.isDeclaration(each))
}

/** In an installed package, as Node's `require`: literally, then with `.js`, `.json`, `.node`. */
export const inPackages = (path: string): ReadonlyArray<string> =>
  [path, `${path}.js`, `${path}.json`, `${path}.node`].filter((candidate) => !SourceFile.isDeclaration(candidate))

/** The type declarations that may stand beside a missing file. */
export const declarations = (path: string): ReadonlyArray<string> => {
  const written = SourceFile.extension(path)
  const stem = ofModules.has(written) ? path.slice(0, path.length - written.length - 1) : path
  const literal = SourceFile.isDeclaration(path) ? [path] : []
  return [...literal, ...["ts", "mts", "cts"].map((name) => `${stem}.d.${name}`), `${path}.d.ts`, `${path}/index.d.ts`]
}

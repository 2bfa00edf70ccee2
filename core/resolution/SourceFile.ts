/**
 * What a file holds by its name.
 */
import type { SourceKind } from "./ModuleResolver.ts"

/** Types only: nothing of it exists at run time (`x.d.ts`, `x.d.mts`, `x.d.json.ts`). */
export const isDeclaration = (path: string): boolean => /\.d\.(?:[^./\\]+\.)?[cm]?ts$/.test(path)

const kinds: Readonly<Record<string, SourceKind>> = {
  ts: { language: "typescript", jsx: false, moduleSystem: undefined },
  tsx: { language: "typescript", jsx: true, moduleSystem: undefined },
  mts: { language: "typescript", jsx: false, moduleSystem: "esm" },
  cts: { language: "typescript", jsx: false, moduleSystem: "commonjs" },
  // TypeScript reads JSX in every JavaScript file: there is nothing else that `<` could begin.
  js: { language: "javascript", jsx: true, moduleSystem: undefined },
  jsx: { language: "javascript", jsx: true, moduleSystem: undefined },
  mjs: { language: "javascript", jsx: true, moduleSystem: "esm" },
  cjs: { language: "javascript", jsx: true, moduleSystem: "commonjs" },
  json: { language: "json", jsx: false, moduleSystem: undefined }
}

/** The extension without its dot; empty where there is none. */
export const extension = (path: string): string => /[^./\\]\.([^./\\]+)$/.exec(path)?.[1] ?? ""

/**
 * By extension alone; no extension is JavaScript, as for Node. `undefined`: not a source file (`.wasm`, `.node`, `.txt`).
 */
export const kindOf = (path: string): SourceKind | undefined => {
  const name = extension(path)
  return name === "" ? kinds["js"] : Object.hasOwn(kinds, name) ? kinds[name] : undefined
}

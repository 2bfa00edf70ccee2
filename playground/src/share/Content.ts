/**
 * A file's content in a link or a project's file, and projects as what they have other than another one.
 */
import * as Paths from "../project/Paths.ts"

export type Content = string | { readonly base64: string }

export const base64 = (bytes: Uint8Array): string => {
  let text = ""
  for (let at = 0; at < bytes.length; at += 0x8000) text += String.fromCharCode(...bytes.subarray(at, at + 0x8000))
  return btoa(text)
}

/** Throws on what is no base64. */
export const bytesOf = (text: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(atob(text), (character) => character.charCodeAt(0))

export const fromFiles = (files: Paths.Files): Readonly<Record<string, Content>> =>
  Object.fromEntries(
    Object.entries(files).map(([path, content]) => [
      path,
      typeof content === "string" ? content : { base64: base64(content) }
    ])
  )

/** What `files` have other than `base`. */
export const changesOf = (base: Paths.Files, files: Paths.Files): Readonly<Record<string, Content | null>> => {
  const paths = new Set([...Object.keys(base), ...Object.keys(files)])
  return Object.fromEntries(
    [...paths].filter((path) => Paths.contentOf(base, path) !== Paths.contentOf(files, path)).map((path) => {
      const content = Paths.contentOf(files, path)
      return [path, content === undefined ? null : typeof content === "string" ? content : { base64: base64(content) }]
    })
  )
}

export const toFiles = (contents: Readonly<Record<string, Content>>): Paths.Files =>
  Object.fromEntries(
    Object.entries(contents).map(([path, content]) => [
      path,
      typeof content === "string" ? content : bytesOf(content.base64)
    ])
  )

/** Files of which some are other. */
export const changed = (base: Paths.Files, changes: Readonly<Record<string, Content | null>>): Paths.Files => ({
  ...Object.fromEntries(Object.entries(base).filter(([path]) => !Object.hasOwn(changes, path))),
  ...toFiles(Object.fromEntries(Object.entries(changes).flatMap(([path, each]) => each === null ? [] : [[path, each]])))
})

/**
 * The commands of a package.
 */
import type { Json } from "../archive/CanonicalJson.ts"
import * as JsonText from "./JsonText.ts"

const clean = (path: string): string => path.replace(/^\.?\//, "")

/** The field `bin` of the package `name` as npm writes it into lockfiles. */
export const normalised = (name: string, bin: Json | undefined): Json | undefined => {
  if (typeof bin === "string") return { [name.slice(name.lastIndexOf("/") + 1)]: clean(bin) }
  const members = JsonText.stringMembers(bin)
  return members.length === 0 ? undefined : Object.fromEntries(members.map(([key, path]) => [key, clean(path)]))
}

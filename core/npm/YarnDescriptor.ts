/**
 * `name@range`, as yarn writes requests and resolutions.
 */

export interface YarnDescriptor {
  readonly name: string
  readonly range: string
}

export const parse = (text: string): YarnDescriptor => {
  const at = text.indexOf("@", 1)
  return at === -1 ? { name: text, range: "" } : { name: text.slice(0, at), range: text.slice(at + 1) }
}

/** The published name that an alias stands for: `ms` of `npm:ms@2.0.0`. */
export const aliased = (range: string): YarnDescriptor | undefined => {
  if (!range.startsWith("npm:")) return undefined
  const target = parse(range.slice("npm:".length))
  return target.range === "" ? undefined : target
}

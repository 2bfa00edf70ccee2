/**
 * Keys of YAML that are given twice. The parser compares each key with all before it; a file of a hundred thousand keys would take
 * it minutes.
 */
import { type Document, isScalar, visit } from "yaml"

/** For the parser: it does not look for them. */
export const options = { uniqueKeys: false } as const

/** The offset of the first key that its map has already. */
export const repeated = (document: Document.Parsed): number | undefined => {
  let offset: number | undefined
  visit(document, {
    Map: (_, { items }) => {
      const keys = new Set<unknown>()
      for (const { key } of items) {
        if (!isScalar(key)) continue
        if (keys.has(key.value)) {
          offset = key.range?.[0] ?? 0
          return visit.BREAK
        }
        keys.add(key.value)
      }
      return undefined
    }
  })
  return offset
}

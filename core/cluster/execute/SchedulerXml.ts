/**
 * The XML that schedulers print, counted before anything is made of it: a tree takes a hundred times what its text has.
 */
import { XMLParser } from "fast-xml-parser"

/** Of one answer: that of some 50,000 jobs. */
const mostCharacters = 67_108_864
const mostTags = 2_000_000

const hasTooManyTags = (text: string): boolean => {
  let count = 0
  for (let at = text.indexOf("<"); at !== -1; at = text.indexOf("<", at + 1)) {
    count += 1
    if (count > mostTags) return true
  }
  return false
}

/** Reads texts in which elements called `repeated` are lists, however few there are. `undefined`: it is no XML, or too much. */
export const reader = (repeated: string): (text: string) => unknown => {
  const parser = new XMLParser({
    ignoreAttributes: true,
    parseTagValue: false,
    isArray: (name) => name === repeated
  })
  return (text) => {
    if (text.length > mostCharacters || hasTooManyTags(text)) return undefined
    try {
      return parser.parse(text) as unknown
    } catch {
      // Its words repeat the text
      return undefined
    }
  }
}

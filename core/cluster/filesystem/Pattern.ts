/**
 * Patterns of file names: `*`, `?`, `[...]`, `{a,b}`, `**`, and bash's extended patterns, by picomatch.
 */
import picomatch from "picomatch/posix.js"

export type Matches = (text: string) => boolean

const extended = "?*+@!"

/**
 * Parentheses are pattern syntax only after one of `?*+@!`; elsewhere they are themselves, as in `data (1).csv`. So are
 * a `+` and an `!` that no parenthesis follows.
 */
const literalize = (pattern: string): string => {
  let text = ""
  const open: Array<boolean> = []
  let bracket = false
  for (let index = 0; index < pattern.length; index += 1) {
    const char = pattern[index] ?? ""
    if (char === "\\") {
      text += char + (pattern[index + 1] ?? "")
      index += 1
      continue
    }
    if (bracket) {
      if (char === "]") bracket = false
      text += char
      continue
    }
    if (char === "[" && pattern.indexOf("]", index + 2) !== -1) {
      bracket = true
      text += char
      // The shell's way to say "none of these"; picomatch takes the regular expression's.
      if (pattern[index + 1] === "!") {
        text += "^"
        index += 1
      }
      continue
    }
    if (char === "[" || char === "^" || char === "$" || char === "|" && open.length === 0) {
      text += `\\${char}`
      continue
    }
    if (char === "(") {
      const syntax = index > 0 && extended.includes(pattern[index - 1] ?? " ") && pattern[index - 2] !== "\\"
      open.push(syntax)
      text += syntax ? char : "\\("
      continue
    }
    if (char === ")") {
      text += open.pop() === true ? char : "\\)"
      continue
    }
    if ((char === "+" || char === "!" || char === "@") && pattern[index + 1] !== "(") {
      text += char === "@" ? char : `\\${char}`
      continue
    }
    text += char
  }
  return text
}

/** Whether a text is a pattern at all, or just a name. */
export const isPattern = (text: string): boolean => /[*?[\]{}\\]|[+@!]\(/.test(text)

/** A matcher of one name, or of one path with `/`. `dot`: whether `*` and `?` match a leading dot. */
export const compile = (pattern: string, options: { readonly dot: boolean }): Matches => {
  if (!isPattern(pattern)) return (text) => text === pattern
  return picomatch(literalize(pattern), {
    dot: options.dot,
    nonegate: true,
    posix: true,
    strictSlashes: true,
    keepQuotes: true
  })
}

/** `a/{b,c/d}/e` → `a/b/e`, `a/c/d/e`: only braces that contain a `/`; the others are left to the matcher. */
export const expandBraces = (pattern: string): ReadonlyArray<string> => {
  const done: Array<string> = []
  const work = [pattern]
  for (let at = work.pop(); at !== undefined; at = work.pop()) {
    const group = slashGroup(at)
    if (group === undefined) done.push(at)
    else for (const item of group.items) work.push(at.slice(0, group.start) + item + at.slice(group.end))
    if (done.length + work.length > 10_000) throw new RangeError(`The pattern ${pattern} stands for too many others`)
  }
  return done
}

const slashGroup = (
  pattern: string
): { readonly start: number; readonly end: number; readonly items: ReadonlyArray<string> } | undefined => {
  const stack: Array<{ readonly start: number; readonly commas: Array<number> }> = []
  for (let index = 0; index < pattern.length; index += 1) {
    const char = pattern[index]
    if (char === "\\") index += 1
    else if (char === "{") stack.push({ start: index, commas: [] })
    else if (char === ",") stack.at(-1)?.commas.push(index)
    else if (char === "}") {
      const group = stack.pop()
      if (group === undefined || group.commas.length === 0 || !pattern.slice(group.start, index).includes("/")) continue
      const edges = [group.start, ...group.commas, index]
      return {
        start: group.start,
        end: index + 1,
        items: edges.slice(1).map((edge, at) => pattern.slice((edges[at] ?? 0) + 1, edge))
      }
    }
  }
  return undefined
}

/** The segments of a path pattern, split at `/` outside of brackets and parentheses. */
export const segments = (pattern: string): ReadonlyArray<string> => {
  const parts: Array<string> = []
  let part = ""
  let depth = 0
  for (let index = 0; index < pattern.length; index += 1) {
    const char = pattern[index] ?? ""
    if (char === "\\") {
      part += char + (pattern[index + 1] ?? "")
      index += 1
      continue
    }
    if (char === "(" && extended.includes(pattern[index - 1] ?? " ")) depth += 1
    else if (char === ")" && depth > 0) depth -= 1
    if (char === "/" && depth === 0) {
      parts.push(part)
      part = ""
    } else part += char
  }
  return [...parts, part].filter((each, index, all) => each !== "" || index === all.length - 1)
}

/**
 * Patterns of OpenSSH: `*` and `?` mean something, `!` negates, commas separate ("PATTERNS" of ssh_config(5), match.c).
 */

/** Takes time in proportion to both lengths, whatever stars there are. */
export const matchesPattern = (pattern: string, text: string): boolean => {
  let at = 0
  let of = 0
  let star = -1
  let resumed = 0
  while (at < text.length) {
    if (pattern[of] === "*") {
      star = of
      resumed = at
      of += 1
    } else if (of < pattern.length && (pattern[of] === "?" || pattern[of] === text[at])) {
      of += 1
      at += 1
    } else if (star !== -1) {
      // The last star takes one more
      resumed += 1
      of = star + 1
      at = resumed
    } else return false
  }
  while (pattern[of] === "*") of += 1
  return of === pattern.length
}

/** OpenSSH has room for as many signs of one pattern; a list with a longer one matches nothing. */
const longestPattern = 1023

/** Whether one of the patterns matches, and none that is negated. */
export const matchesList = (list: ReadonlyArray<string>, text: string): boolean => {
  if (list.some((pattern) => pattern.replace(/^!/, "").length > longestPattern)) return false
  return !list.some((pattern) => pattern.startsWith("!") && matchesPattern(pattern.slice(1), text)) &&
    list.some((pattern) => !pattern.startsWith("!") && matchesPattern(pattern, text))
}

/**
 * Makes the text of a program's files smaller: drops what stands in lists (statements, members, elements, arguments, specifiers), and
 * puts a part of an expression or the body of a statement in its place.
 */

/** So many attempts are made for one program. */
const attempts = 300

const isNode = (value) => typeof value === "object" && value !== null && typeof value.span?.start === "number"

/** The range of a node, or of a list's element that has none of its own. */
const rangeOf = (value) => {
  if (isNode(value)) return [value.span.start, value.span.end]
  if (isNode(value?.expression)) return [value.spread?.start ?? value.expression.span.start, value.expression.span.end]
  return undefined
}

const children = (node) =>
  Object.entries(node).flatMap(([key, value]) =>
    key === "span" || typeof value !== "object" || value === null ? [] : [[key, value]]
  )

/** Puts `replacement` in place of a range, and takes a comma along where an element of a list goes. */
const edit = (text, [start, end], replacement) => {
  let from = start
  let to = end
  if (replacement === "") {
    const after = /^\s*,\s*/.exec(text.slice(end))
    const before = /,\s*$/.exec(text.slice(0, start))
    if (after !== null) to += after[0].length
    else if (before !== null) from -= before[0].length
  }
  return text.slice(0, from) + replacement + text.slice(to)
}

/** All edits of a tree, those that take away most first. */
const edits = (tree, text) => {
  const found = []
  const offer = (range, replacement) => {
    const gain = range[1] - range[0] - replacement.length
    if (gain > 0) found.push({ gain, range, replacement })
  }
  const visit = (value) => {
    if (Array.isArray(value)) {
      for (const each of value) {
        const range = rangeOf(each)
        if (range !== undefined) offer(range, "")
        if (typeof each === "object" && each !== null) visit(each)
      }
      return
    }
    const range = rangeOf(value)
    if (range !== undefined) {
      const inner = (node, depth) => {
        for (const [key, child] of children(node)) {
          const isBody = Array.isArray(child) && (key === "stmts" || key === "body")
          const first = isBody ? rangeOf(child[0]) : undefined
          if (first !== undefined) offer(range, text.slice(first[0], rangeOf(child[child.length - 1])[1]))
          for (const each of Array.isArray(child) ? child : [child]) {
            const part = rangeOf(each)
            if (part !== undefined && !isBody && each.type !== "Identifier") offer(range, text.slice(...part))
            else if (part !== undefined && /Expression|Declarator|Assignment/.test(node.type)) {
              offer(range, text.slice(...part))
            }
            if (depth > 0 && typeof each === "object" && each !== null) inner(each, depth - 1)
          }
        }
      }
      inner(value, 1)
    }
    for (const [, child] of children(value)) visit(child)
  }
  visit(tree.body)
  // What goes altogether first: it succeeds more often
  const order = ({ gain, replacement }) => replacement === "" ? gain + text.length : gain
  return found.sort((a, b) => order(b) - order(a))
}

/**
 * @param {Record<string, string>} files
 * @param {(file: string, text: string) => Promise<object | undefined>} parse the tree, or `undefined` if the text has a fault
 * @param {(files: Record<string, string>) => Promise<boolean>} differs
 */
export const shrinkText = async (files, parse, differs) => {
  let small = { ...files }
  let left = attempts
  const attempt = async (changed) => {
    if (left <= 0) return false
    left -= 1
    if (!await differs(changed)) return false
    small = changed
    return true
  }
  for (const file of Object.keys(small)) {
    const { [file]: _, ...rest } = small
    if (file !== "package.json") await attempt(rest)
  }
  for (let again = true; again && left > 0;) {
    again = false
    for (const file of Object.keys(small).filter((each) => /\.[cm]?[jt]s$/.test(each))) {
      const tried = new Set()
      for (let progress = true; progress && left > 0;) {
        progress = false
        const text = small[file]
        const tree = await parse(file, text)
        if (tree === undefined) break
        for (const { range, replacement } of edits(tree, text)) {
          const changed = edit(text, range, replacement)
          if (tried.has(changed)) continue
          tried.add(changed)
          if (await parse(file, changed) === undefined || !await attempt({ ...small, [file]: changed })) continue
          progress = true
          again = true
          break
        }
      }
    }
  }
  for (const [file, text] of Object.entries(small)) small[file] = text.replaceAll(/\n(?:[ \t;]*\n)+/g, "\n").trimStart()
  return small
}

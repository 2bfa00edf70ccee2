/**
 * Text between JSX tags is one piece on one line, however formatters broke it: `a{" "}` before a line break is `a `.
 *
 * The rules of JSX: line breaks and the white space around them are one space between words, nothing at the ends.
 * Beyond them, as formatters do: runs of spaces are one space, comments in braces are nothing, and text beside a string
 * in braces is one string (React renders the two alike).
 */
import * as Ast from "../../../../language/Ast.ts"
import type { Context, TextRule } from "../TextRule.ts"

/** What JSX makes of text, entities left as they are. */
const clean = (raw: string): string => {
  const lines = raw.split(/\r\n|\n|\r/).map((line) => line.replaceAll("\t", " "))
  return lines
    .map((line, index) => {
      const start = index === 0 ? line : line.replace(/^ +/, "")
      return index === lines.length - 1 ? start : start.replace(/ +$/, "")
    })
    .filter((line) => line !== "")
    .join(" ")
}

/** Strings that can stand as text, once what JSX reads is escaped. */
const plainString = /^[^\n\r\t\u2028\u2029\ufffd]+$/

const escape = (value: string): string => value.replace(/[&<>{}]/g, (character) => `&#${character.charCodeAt(0)};`)

interface Piece {
  readonly text: string
  /** Whether its spaces are spaces of JSX, of which a run is one. */
  readonly loose: boolean
}

/** `undefined` for what is not text. */
const pieceOf = (child: Ast.AnyNode, text: string): Piece | undefined => {
  if (child.type === "JSXText") {
    return { text: clean(text.slice(Ast.spanOf(child).start, Ast.spanOf(child).end)), loose: true }
  }
  if (child.type !== "JSXExpressionContainer" || !("expression" in child)) return undefined
  // The expression of a container is a node
  const expression = child.expression as Ast.AnyNode & { readonly value?: unknown }
  if (expression.type === "JSXEmptyExpression") return { text: "", loose: true }
  return expression.type === "StringLiteral" && typeof expression.value === "string" &&
      plainString.test(expression.value)
    ? { text: escape(expression.value), loose: expression.value === " " }
    : undefined
}

const join = (pieces: ReadonlyArray<Piece>): string => {
  let joined = ""
  let loose = ""
  for (const piece of pieces) {
    if (piece.loose) loose += piece.text
    else {
      joined += loose.replace(/ {2,}/g, " ") + piece.text
      loose = ""
    }
  }
  return joined + loose.replace(/ {2,}/g, " ")
}

const visit = ({ children }: { readonly children: ReadonlyArray<Ast.AnyNode> }, { edits, text }: Context): void => {
  let run: Array<Ast.AnyNode> = []
  let pieces: Array<Piece> = []
  const end = (): void => {
    const joined = join(pieces)
    for (const [index, child] of run.entries()) {
      const span = Ast.spanOf(child)
      edits.replace(span.start, span.end, index === 0 ? joined : "")
    }
    run = []
    pieces = []
  }
  for (const child of children) {
    const piece = pieceOf(child, text)
    if (piece === undefined) end()
    else {
      run.push(child)
      pieces.push(piece)
    }
  }
  end()
}

export const jsxText: TextRule = { JSXElement: visit, JSXFragment: visit }

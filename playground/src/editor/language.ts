/**
 * What an editor knows of a file: its language, and the colours of its words, which are those of style.css.
 */
import { javascript } from "@codemirror/lang-javascript"
import { HighlightStyle, syntaxHighlighting } from "@codemirror/language"
import type { Extension } from "@codemirror/state"
import { tags } from "@lezer/highlight"

const style = HighlightStyle.define([
  { tag: [tags.keyword, tags.operatorKeyword, tags.modifier], color: "var(--code-keyword)" },
  { tag: [tags.string, tags.special(tags.string), tags.regexp], color: "var(--code-string)" },
  { tag: [tags.number, tags.bool, tags.null, tags.atom], color: "var(--code-number)" },
  { tag: tags.comment, color: "var(--code-comment)", fontStyle: "italic" },
  { tag: [tags.typeName, tags.className, tags.namespace], color: "var(--code-type)" },
  { tag: [tags.function(tags.variableName), tags.function(tags.propertyName)], color: "var(--code-function)" },
  { tag: [tags.propertyName, tags.attributeName], color: "var(--code-property)" }
])

export const languageOf = (path: string): Extension =>
  /\.[cm]?[jt]sx?$|\.json$/.test(path)
    ? [javascript({ typescript: !/\.[cm]?jsx?$/.test(path), jsx: /x$/.test(path) }), syntaxHighlighting(style)]
    : []

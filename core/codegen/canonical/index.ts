/**
 * Canonical text: one text for all spellings of a module.
 *
 * The slice of a module is parsed, lowered where it has more than ES2022 (decorators, JSX, enums, `using`), freed of types and
 * parentheses, changed by the rules in `normalisations/`, and printed: one statement a line, two spaces of indent.
 *
 * Equal: comments, layout, quotes and escapes of strings, parentheses, semicolons, spellings of numbers, types, and what
 * the rules say. No rule changes what a program does, with two exceptions that formatters force, both of JSX: runs of
 * spaces in its text are one space, and text and the strings in braces beside it are one string.
 *
 * Still different, though they mean the same:
 * - `void 0` and `undefined`, `1 / 0` and `Infinity`
 * - `function f() {}` and `const f = function () {}`; `{ f: function () {} }` and `{ f() {} }`
 * - `catch {}` and `catch (e) {}`; a label that nothing names; blocks in a list of statements
 * - `if (a) b(); else c()` and `a ? b() : c()`; `if (a) { if (b) c }` and `if (a && b) c`
 * - `export { a } from "m"` and `import { a } from "m"; export { a }`; `export default f` and `export { f as default }`
 * - members of an object or a class in another order; the order of import declarations, which is the order of evaluation
 * - `<p>{"  "}</p>` and `<p> </p>`; `{"a"}` and `` {`a`} `` beside text; `{""}` and nothing
 * - what dprint does to JSX that changes what is rendered: it drops spaces at the ends of an element's text
 * - the text of CSS, GraphQL, HTML and Markdown in tagged templates, which Prettier formats: it is data here
 */
export { CanonicalTextError } from "./CanonicalTextError.ts"
export { canonicalise, type Options } from "./canonicalise.ts"
export { type NormalisationName, normalisations, type Switches } from "./normalisations/index.ts"

/** Bumped whenever the canonical text of any source changes: SWC's version, a rule, the floor. Caches are keyed by it. */
export const canonicalVersion = 4

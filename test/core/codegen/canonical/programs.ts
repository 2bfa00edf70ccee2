/**
 * Expressions of every kind in every place, each part in parentheses of its own, and what they do.
 */
import * as fc from "fast-check"

/** A part that is replaced by another expression. */
const hole = "_"

/** Expressions without parts. `v` notes its argument, `f` is a function, `t` a tag, `K` a class, `o` an object. */
const leaves = [
  "1",
  "0",
  "1.5",
  "-0",
  "10n",
  "1e21",
  "0x1f",
  "'s'",
  "'use strict'",
  "`r\\n${1}`",
  "/[/]\\/x/gi",
  "null",
  "undefined",
  "true",
  "NaN",
  "this",
  "a",
  "b",
  "f",
  "t",
  "K",
  "o",
  "o.p",
  "o['p q']",
  "o[0]",
  "o.n",
  "v(1)",
  "v(2)",
  "f()",
  "new K",
  "new K()",
  "o?.p",
  "o.n?.p",
  "o.n?.p.q",
  "o.n?.()",
  "o.m()",
  "o?.m()",
  "[]",
  "{}",
  "{ a }",
  "{ a, b: 1 }",
  "function () {}",
  "function g() { return g.name }",
  "class {}",
  "class J { static s = J.name }",
  "() => {}",
  "() => ({})",
  "async () => {}",
  "async (a) => a",
  "new.target",
  "arguments.length",
  "super.m",
  "#p in o",
  "async",
  "let_",
  "of"
]

/** Expressions with parts. */
const shapes = [
  "-_",
  "+_",
  "~_",
  "!_",
  "typeof _",
  "void _",
  "delete _.p",
  "await _",
  "yield _",
  "yield* [_]",
  ...["+", "-", "*", "/", "%", "**", "<<", ">>>", "<", ">=", "==", "!==", "in", "instanceof", "&", "|", "^"].map((
    operator
  ) => `_ ${operator} _`),
  "_ && _",
  "_ || _",
  "_ ?? _",
  "_ ? _ : _",
  "_, _",
  "a = _",
  "b += _",
  "a ||= _",
  "a ??= _",
  "[a] = [_]",
  "({ p: a } = o)",
  "[a = _] = []",
  "o.p = _",
  "a++",
  "--b",
  "_.p",
  "_['p']",
  "_[_]",
  "_?.p",
  "_?.[_]",
  "_?.p.q",
  "_(1)",
  "_?.(1)",
  "_.m(1)",
  "f(_, _)",
  "f(..._)",
  "[_, ..._]",
  "new (_)",
  "new (_)(_)",
  "new (_.K)()",
  "new (_(1))()",
  "_`x${_}y`",
  "`${_}-${_}`",
  "{ p: _ }",
  "{ [_]: 1 }",
  "{ ..._ }",
  "{ p() { return _ } }",
  "() => _",
  "(a = _) => a",
  "async () => _",
  "class extends _ {}",
  "class { static p = _ }",
  "class { [_]() {} }",
  "class { static { v(_) } }",
  "function () { return _ }",
  "import.meta",
  "(_).name"
]

/** The text of an expression: parts stand in parentheses. */
const expression: fc.Arbitrary<string> = fc.letrec<{ readonly node: string }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.constantFrom(...leaves),
    fc.constantFrom(...shapes).chain((shape) => {
      const parts = shape.split(hole)
      return fc.tuple(...parts.slice(1).map(() => tie("node"))).map((inner) =>
        parts.map((part, index) => index === 0 ? part : `(${inner[index - 1] ?? ""})${part}`).join("")
      )
    })
  )
})).node

/** Places for an expression. */
const places = [
  "r = (_)",
  "(_)",
  "if ((_)) r = 1; else r = 2",
  "for (const x of [(_)]) r = x",
  "for (var i = (_); false;);",
  "return (_)",
  "switch ((_)) { case 1: r = 1; break; default: r = 2 }",
  "throw (_)",
  "while ((_)) { r = 3; break }",
  "const { p: c = (_) } = o; r = c",
  "var x = (_)\n;[r] = [x]",
  "r = x => (_); r = typeof r",
  "(_)\n;(r = 4)"
]

export const statement: fc.Arbitrary<string> = fc.tuple(fc.constantFrom(...places), expression).map(([place, value]) =>
  place.replace(hole, () => value)
)

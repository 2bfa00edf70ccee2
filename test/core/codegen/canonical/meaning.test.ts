/**
 * Canonical texts run, and do what the originals do.
 */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { inspect } from "node:util"
import { canonicalise } from "../../../../core/codegen/canonical/index.ts"
import type { CompilerOptions } from "../../../../core/resolution/ModuleResolver.ts"
import { layer } from "../../../../platform-node/SourceParser.ts"

const compilerOptions: CompilerOptions = {
  experimentalDecorators: false,
  emitDecoratorMetadata: false,
  useDefineForClassFields: true,
  verbatimModuleSyntax: false
}

const canonical = (
  text: string,
  options: Partial<CompilerOptions> = {},
  language: "typescript" | "javascript" = "typescript"
) =>
  Effect.map(
    canonicalise({ file: "a.ts", text, language, jsx: false }, { ...compilerOptions, ...options }, {
      sourceMap: false
    }),
    ({ code }) => code
  )

/** What a module's exports look like from outside. */
const run = (code: string) =>
  Effect.map(
    Effect.promise(async (): Promise<Record<string, unknown>> => ({
      ...await import(`data:text/javascript,${encodeURIComponent(code)}`)
    })),
    (exports) => inspect(exports, { depth: 9, sorted: true, showHidden: false, getters: true })
  )

/** JavaScript modules that run as they are. */
const modules: Readonly<Record<string, string>> = {
  "prototypes set and not set":
    "const p = { m: 1 }, __proto__ = p; export const a = ({ __proto__: p }).m, b = ({ ['__proto__']: p }).m, c = ({ '__proto__': p }).m, d = ({ __proto__ }).m, e = ({ __proto__: __proto__ }).m, f = Object.keys({ __proto__() {} })",
  "constructors and methods of that name":
    "class A { 'constructor'() { this.made = 1 } } class B { ['constructor']() { this.made = 1 } } export const a = new A().made, b = new B().made",
  "names of functions":
    "const o = { 'a': () => {}, ['b']: function () {}, 'c'() {}, get 'd'() { return 1 }, 1.5: () => {} }; export const names = [...Object.values(o).map(f => f.name), class { static 'x' = () => {} }.x.name]; export default function () {}; const { z: z = () => {} } = {}; export { z }",
  "names of locals that shadow globals":
    "export const f = (() => { const fetch = () => {}; class URL {} function name() {} return [fetch.name, URL.name, name.name, typeof globalThis.fetch] })(); export const g = typeof fetch + typeof URL + typeof name",
  "order of keys":
    "export const keys = Object.keys({ b: 1, '2': 1, 'a': 1, 1: 1, 0x10: 1, '-1': 1, '01': 1, 1.5: 1, 1e21: 1 })",
  "else with the right if":
    "const log = []; for (const a of [0, 1]) for (const b of [0, 1]) { if (a) if (b) log.push('ab'); else log.push('a'); if (a) { if (b) log.push('AB') } else log.push('-'); if (a); else if (b) log.push('b'); else { if (!a) log.push('none') } } export { log }",
  "labels":
    "const log = []; outer: for (let i = 0; i < 3; i++) inner: for (let j = 0; j < 3; j++) { if (j === 1) continue outer; if (i === 2) break outer; log.push([i, j]) } b: { log.push('in'); if (log) break b; log.push('never') } l: log.push('labelled'); export { log }",
  "cases":
    "const f = x => { const out = []; switch (x) { case 1: { out.push(1) } case 2: { let y = 2; out.push(y) } break; case 3: {{ out.push(3) }} default: { out.push('d'); break } case 4: ; } return out }; export const all = [1, 2, 3, 4, 5].map(f)",
  "statements without semicolons":
    "let a = 1\nlet b = a\n;[a, b] = [b, 2]\nconst c = a\n++b\nexport { a, b, c }\nvar d = function () { return 1 }\n;(() => { d = d() })()\nexport { d }",
  "closures in loops":
    "const fs = []; for (let i = 0, j = 9; i < 2; i++, j--) fs.push(() => i + j); for (var k = 0, m = 1; k < 2; k++) m *= 2; export const out = [fs.map(f => f()), k, m]",
  "live bindings":
    "export let n = 1; export const add = () => ++n, read = () => n; add(); export { n as m }; export default function f() { return n } f = 2",
  "destructuring":
    "export const { 'a': x, ['b']: y = 2, c: c = 3, ...rest } = { a: 1, d: 4, 'e-f': 5 }; let p, q; ({ p: p = 1, 'q': q } = { q: 2 }); export { p, q }; export const [f, , ...g] = [1, 2, 3, 4]",
  "members":
    "const o = { 'a': 1, 'b-c': 2, 0: 3, if: 4, n: { 'm': () => 5 } }; export const all = [o['a'], o['b-c'], o['0'], o['if'], o?.['n']?.['m'](), 1['toFixed'](1), 1.5['toFixed'](0), 'a'in o, o['a']in{ 1: 1 }, delete o['a'], o.a]",
  "classes":
    "class B { static 's' = 1; 'f' = 2; get 'g'() { return this['f'] } set 'g'(v) { this.f = v } static 'm'() { return 'm' } *['i']() { yield 1 } static { this.t = 3 } #p = 4; 'r'() { return #p in this && this.#p } } class C extends B { 'g' = 7; h() { return super['r']() } } const c = new C(); export const all = [B.s, c.f, c.g, B.m(), [...c.i()], B.t, c.h(), Object.keys(c)]",
  "computed keys in their order":
    "const log = []; const k = x => (log.push(x), x); class A { [k('a')]() {} static [k('b')] = 1; [k('c')] = 2; ['d'] = 3 } export const out = [log, Object.keys(new A())]",
  "strings and numbers":
    "export const all = ['it\\'s', '\\u00e9\\x41', '\\0', 'a\\\nb', '</script>', 0xFF, 1e3, .5, 1_000, 0b11, 10n, 0XFFn, -0, 1e21, `a\\n${1}`, String.raw`\\n`, /[/]\\/x/gi, '\\u2028', '\\d']",
  "logic and commas":
    "export const all = [1 && (0 && 2), 1 || (0 || 2), null ?? (undefined ?? 3), (1, (2, 3)), 2 ** (3 ** 2), (2 ** 3) ** 2, 1 - (2 - 3), 7 % (4 * 2), !(1 in [1]), -(-1), typeof (() => {}), (a => a)(1)]",
  "optional chains":
    "const o = {}; export const out = [o?.a?.b, (() => { try { return (o?.a).b } catch (e) { return e.name } })()]",
  "directives":
    "'use strict'; function f() { 'use strict'; return this } export const out = [f(), (function () { return typeof this })()]",
  "accessors": "export const o = { get 'a'() { return 1 }, set 'a'(v) {}, get [`b`]() { return 2 } }"
}

/** TypeScript modules and what they export. */
const typescript: ReadonlyArray<
  readonly [name: string, text: string, options: Partial<CompilerOptions>, expected: unknown]
> = [
  ["enums, merged and const",
    "enum E { A = 1, B, 'C D' = 'x' } enum E { F = 9 } const enum K { A = E.B } export const all = [E.A, E[2], E['C D'], E.F, K.A, E[9]]",
    {}, [1, "B", "x", 9, 2, "F"]],
  ["namespaces",
    "namespace N { export const a = 1; export namespace M { export const b = a + 1 } } namespace N { export const c = N.a + N.M.b } export const all = [N.a, N.M.b, N.c]",
    {}, [1, 2, 3]],
  ["parameter properties",
    "class A { b = this.a; constructor(readonly a = 1, private c?: number) { } } export const all = Object.entries(new A(2, 3))",
    { useDefineForClassFields: false }, [["a", 2], ["c", 3], ["b", 2]]],
  ["fields that define",
    "class P { set x(v: number) { throw v } } class A extends P { override x = 1; y; declare z: 1 } export const all = Object.entries(new A())",
    {}, [["x", 1], ["y", undefined]]],
  ["fields that assign",
    "const log: unknown[] = []; class P { set x(v: number) { log.push(v) } } class A extends P { override x = 1; y } export const all = [Object.keys(new A()), log]",
    { useDefineForClassFields: false }, [[], [1]]],
  ["standard decorators",
    "const log: unknown[] = []; const d = (v: any, c: any) => { log.push([c.kind, c.name, c.static ?? false]) }; @d class A { @d m() {} @d static s = 1; @d accessor 'a' = 2; @d get g() { return 1 } @d #p = 3 } export const all = [log, new A().a, A.name]",
    {}, [[["method", "m", false], ["accessor", "a", false], ["getter", "g", false], ["field", "s", true], ["field",
    "#p", false], ["class", "A", false]], 2, "A"]],
  ["decorators of private members",
    "const log: unknown[] = []; const d = (v: any, c: any) => { log.push([c.kind, c.name]) }; class A { @d accessor #a = 4; @d #m() { return 5 } @d get #g() { return 6 } all() { return [this.#a, this.#m(), this.#g] } } export const all = [new A().all(), log]",
    {}, [[4, 5, 6], [["accessor", "#a"], ["method", "#m"], ["getter", "#g"]]]],
  ["decorators in their order",
    "const log: unknown[] = []; const d = (name: string) => { log.push(name); return (v: any, c: any) => { log.push(c.kind); c.addInitializer(() => { log.push('init ' + c.kind) }) } }; @d('class') class A extends (log.push('heritage'), Object) { @d('method') [(log.push('key'), 'm')]() {} @d('field') f = log.push('value'); @d('static') static s = log.push('static value'); [(log.push('other key'), 'k')]() {} } new A(); export const all = log",
    {}, ["class", "heritage", "method", "key", "field", "static", "other key", "method", "field", "field", "class",
    "static value", "init field", "init class", "init method", "value", "init field"]],
  ["undecorated classes beside decorated ones",
    "const log: unknown[] = []; const k = (name: string) => (log.push(name), name); const d = (v: any, c: any) => {}; class B { [k('a')]() {} static [k('b')] = 1; [k('c')] = 1 } @d class A { accessor x = 1 } export const all = [log, A.name]",
    {}, [["a", "b", "c"], "A"]],
  ["legacy decorators",
    "const log: unknown[] = []; const d = (...a: any[]): any => { log.push([typeof a[0], a[1], typeof a[2]]) }; @d class A { @d m(@d p: string) {} @d f = 2; @d static s = 1 } export const all = log",
    { experimentalDecorators: true }, [["object", "m", "number"], ["object", "m", "object"], ["object", "f",
    "undefined"], ["function", "s", "undefined"], ["function", undefined, "undefined"]]],
  ["legacy decorators and an accessor",
    "const d = (...a: any[]): any => {}; @d class A { accessor x = 1; [Symbol.iterator]() {} } const a = new A(); a.x++; export const all = [a.x, Object.keys(a)]",
    { experimentalDecorators: true }, [2, []]],
  ["using",
    "const log: unknown[] = []; const open = (n: number) => ({ [Symbol.dispose]() { log.push(n) } }); { using a = open(1), b = open(2); log.push('body') } for (using c of [open(3), open(4)]) log.push('loop'); export const all = log",
    {}, ["body", 2, 1, "loop", 3, "loop", 4]],
  ["types that only look like values",
    "import type { X } from 'nowhere'; import { type Y } from 'node:path'; export type { X, Y }; interface I { a: 1 } declare const G: number; abstract class Q { abstract m(): void; declare b: I } export const all = [(<any>1) as X, 2!, 3 satisfies Y, Object.keys(new (class extends Q { m() {} })())]",
    {}, [1, 2, 3, []]]
]

it.layer(layer)("canonical text", (it) => {
  describe("does what the original does:", () => {
    for (const [name, text] of Object.entries(modules)) {
      it.effect(name, () =>
        Effect.gen(function*() {
          const expected = yield* run(text)
          for (const language of ["javascript", "typescript"] as const) {
            assert.strictEqual(yield* run(yield* canonical(text, {}, language)), expected)
          }
        }))
    }
  })

  describe("of TypeScript does what TypeScript says:", () => {
    for (const [name, text, options, expected] of typescript) {
      it.effect(name, () =>
        Effect.gen(function*() {
          // Node 20 has no Symbol.dispose
          const polyfill = "Symbol.dispose ??= Symbol.for('dispose'); Symbol.metadata ??= Symbol.for('metadata');\n"
          const code = yield* canonical(text, options)
          assert.notMatch(code, /\b(accessor|using|enum|namespace)\s+\w+\s*[={]/)
          assert.notMatch(code, /from "@swc/)
          assert.strictEqual(yield* run(polyfill + code), inspect({ all: expected }, { depth: 9 }))
        }))
    }
  })

  it.effect("keeps every import that the slice has, and every name", () =>
    Effect.gen(function*() {
      const text =
        "import a, { b as c } from 'x'\nimport * as d from 'y'\nimport 'z'\nfunction f(fetch: unknown, c1 = c) { const a2 = fetch; return a2 }\nexport { f }; fetch(d)\n"
      const code = yield* canonical(text)
      for (
        const part of ["import a, { b as c } from \"x\"", "import * as d from \"y\"", "import \"z\"",
          "function f(fetch, c1 = c)", "a2 = fetch", "fetch(d)"]
      ) {
        assert.include(code, part)
      }
    }))

  it.effect("obeys JSX options and pragmas", () =>
    Effect.gen(function*() {
      const jsx = (text: string, options: Partial<CompilerOptions> = {}) =>
        Effect.map(
          canonicalise({ file: "a.tsx", text, language: "typescript", jsx: true }, { ...compilerOptions, ...options }, {
            sourceMap: false
          }),
          ({ code }) => code.replace(/\s+/g, " ")
        )
      assert.include(yield* jsx("x = <a/>"), "import { jsx as _jsx } from \"react/jsx-runtime\"")
      assert.include(yield* jsx("x = <a/>", { jsx: "preserve" }), "react/jsx-runtime")
      assert.include(yield* jsx("x = <a/>", { jsx: "react-jsxdev" }), "react/jsx-runtime")
      assert.include(yield* jsx("x = <a/>", { jsx: "react-jsx", jsxImportSource: "preact" }), "preact/jsx-runtime")
      assert.include(yield* jsx("/** @jsxImportSource solid */\nx = <a/>"), "solid/jsx-runtime")
      assert.include(
        yield* jsx("x = <><a/></>", { jsx: "react" }),
        "React.createElement(React.Fragment, null, React.createElement(\"a\", null))"
      )
      assert.include(
        yield* jsx("x = <><a/></>", { jsx: "react", jsxFactory: "h", jsxFragmentFactory: "F" }),
        "h(F, null, h(\"a\", null))"
      )
      assert.include(yield* jsx("/** @jsxRuntime classic @jsx k */\nx = <a/>"), "k(\"a\", null)")
      assert.strictEqual(yield* jsx("x = <a/>", { jsx: "preserve" }), yield* jsx("x = <a></a>", { jsx: "react-jsx" }))
    }))

  it.effect("is the same whatever the file is called", () =>
    Effect.gen(function*() {
      for (const text of ["const a = <T,>(x: T) => x", "enum E { A }", "class A { accessor x = 1 }"]) {
        const codes = yield* Effect.forEach(["a.ts", "b/c.mts", "d.tsx", "e.js", "f"], (file) =>
          canonicalise({ file, text, language: "typescript", jsx: true }, compilerOptions, { sourceMap: false }))
        assert.strictEqual(
          new Set(codes.map(({ code }) =>
            code
          )).size,
          1
        )
      }
    }))

  it.effect("keeps CommonJS scripts as they are meant", () =>
    Effect.gen(function*() {
      const script = (text: string) =>
        Effect.map(
          canonicalise(
            { file: "a.cjs", text, language: "javascript", jsx: false, moduleSystem: "commonjs" },
            compilerOptions,
            { sourceMap: false }
          ),
          ({ code }) => code
        )
      const code = yield* script("'use strict'\nvar a = require('a'); if (a) return\nmodule.exports = { a: a }")
      assert.strictEqual(
        code,
        "\"use strict\";\nvar a = require(\"a\");\nif (a) {\n  return;\n}\nmodule.exports = {\n  a\n};\n"
      )
      assert.strictEqual(yield* script(code), code)
      assert.include(yield* script("with (a) b"), "with")
    }))
})

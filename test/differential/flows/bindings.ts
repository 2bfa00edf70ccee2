/**
 * A function that is bound to an object, called on others.
 */
import { javascript } from "./Flow.ts"

export const bindings = [
  `function P() {} P.prototype.run = put; { new P().run(1) }`,
  `const o = { run: put }; o.run(1)`,
  `class C { run = put } new C().run(1)`,
  `class C { static run = put } C.run(1)`,
  `const o = {}; Object.defineProperty(o, "x", { get: put }); o.x`,
  `const o = {}; Object.defineProperty(o, "x", { set: put }); o.x = 1`,
  `const o = { __proto__: { set x(v) { put.call(this, v) } } }; o.x = 1`,
  `put.call(new Map(), 1)`,
  `put.apply({}, [1])`,
  `Reflect.apply(put, {}, [1])`,
  `const again = put.bind({}); again(1)`,
  `const o = { toString: put, valueOf: put }; try { "" + o } catch {}`,
  `const o = { [Symbol.toPrimitive]: put }; "" + o`,
  `const o = { next: put }; try { for (const x of { [Symbol.iterator]: () => o }) break } catch {}`,
  `const o = { get x() { return put } }; o.x(1)`,
  `const o = new Proxy({}, { get: put }); o.x`,
  `const f = function () { bare.call(s, 1) }; const o = { f }; o.f()`,
  `const o = { f() { this.g() }, g: put }; o.f()`,
  "put`x`",
  "const o = { t: put }; o.t`x`",
  `class C { constructor() { this.run = put; this.run(4) } } new C()`,
  `const mk = () => { const o = { run: put }; o.run(1); return o }; mk()`,
  `const mk = () => { const b = function () { this.set(1, 2) }.bind(m); const o = { b }; o.b() }; mk()`,
  `Array.from([1], put)`,
  `JSON.stringify({ toJSON: put })`,
  `"a".replace(/a/, put)`,
  // What calls its `this`, taken out of a function and handed on
  ...[
    `[1].forEach(p.call, p)`,
    `Reflect.apply(p.apply, p, [null])`,
    `await Promise.resolve(1).then(p.call.bind(p))`,
    `queueMicrotask(p.call.bind(p, null, 2)); await 0`,
    `const { call } = p; call.call(p, null, 3)`,
    `const { apply } = p; Reflect.apply(apply, p, [null, [4]])`,
    `const { bind } = p; bind.call(p, null, 5)()`,
    `const o = { c: p.call }; [[null, 1]].forEach((a) => o.c.apply(p, a))`,
    `const o = { c: p.call.bind(p) }; o.c(null, 6)`,
    `const each = (list, f, self) => { for (const x of list) f.call(self, x) }; each([7], p.call, p)`
  ].map((text) => `const p = function (v = 1) { s.add(v) }; ${text}`)
].map((text) =>
  javascript(`const m = new Map(); const s = new Set()
function bare(v) { this.add ? this.add(v) : this.set(v, v) }
const put = bare.bind(s)
${text}
export const main = () => [[...m], [...s]]`)
)

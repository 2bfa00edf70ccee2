/**
 * Objects in containers whose keys are computed, beside what else stands in them: namespaces of the library, functions.
 */
import { javascript, modules } from "./Flow.ts"

/** Changes a map `m`, a list `l` or a set `s`. */
const changing = (text: string) =>
  javascript(`const m = new Map(); const l = []; const s = new Set()
${text}
export async function main() { return [Object.fromEntries(m), l, [...s]] }`)

export const containers = [
  ...[
    `const tools = [Reflect, m]; tools[1].set(1, 2)`,
    `const tools = { r: Reflect, m }; for (const k of ["m"]) tools[k].set(1, 2)`,
    `const tools = [Object, Array, l]; tools[2].push(1); tools.at(-1).push(3)`,
    `const tools = [Atomics, s]; tools[1].add(1)`,
    `const tools = [Reflect, { set: (k, v) => m.set(k, v) }]; tools[1].set(1, 2)`,
    `const tools = [Promise, s]; tools[1].add(await tools[0].resolve(3))`,
    `const o = Object.fromEntries([["m", m], ["l", l]]); o.m.set(1, 2); o.l.push(1)`,
    `const o = Object.fromEntries([["m", m], ["l", l]]); const f = (k) => o[k]; f("m").has(1) || f("m").set(1, 2); f("l").includes(1) || f("l").push(1)`,
    `const o = { ...Object.fromEntries([["m", m], ["s", s]]) }; for (const k in o) { o[k].has(1) || (o[k].add ?? o[k].set).call(o[k], 1, 2) }`,
    `const all = Object.entries({ m, s }); for (const [k, v] of all) { v.has(1); v.delete(1); v.add ? v.add(1) : v.set(1, 2) }`,
    `const use = (x) => x; use(m).get(1); use(s).has(2); use(l).at(0); use(m).set(1, 1); use(s).add(2); use(l).push(3)`,
    `const box = new Map([["m", m], ["s", s], ["l", l]]); box.get("m").size; box.get("m").set(1, 1); box.get("s").add(2); box.get("l").push(3)`,
    `const box = new Map([["m", m], ["J", JSON]]); box.get("J").stringify(1); box.get("m").set(1, 1)`,
    `const box = [Math, m]; box[0].max(1); box[1].set(1, 1)`,
    `const pick = (b) => b ? Reflect : m; pick(false).set(1, 2)`,
    `const pick = (b) => b ? Reflect : m; pick(false).has(1); pick(false).set(1, 2)`,
    `const pick = (b) => b ? Object : l; pick(false).keys(); pick(false).push(2)`,
    `const x = process.argv.length > 100 ? Reflect : m; x.set(1, 2)`,
    `const g = globalThis; g.Reflect.set(m, "p", 1); const mm = g.zz ?? m; mm.set(1, 2)`,
    `function* echo() { const given = yield; return given }
const it = echo(); it.next(); const got = it.next(m).value
const make = () => { const held = got; function inner() { held.has() || held.set() } return inner }
const put = make()
class T { constructor() { new.target.made() } static made() { put() } }
new T()`,
    `const o = { m, s }; for (const k in o) { (o[k].add ?? o[k].set).call(o[k], 1, 2) }`,
    `const o = { m, s }; for (const k in o) { const f = o[k].add ?? o[k].set; f.call(o[k], 1, 2) }`,
    `const o = { m, s }; for (const k in o) { o[k].set?.call(o[k], 1, 2) }`,
    `const o = { ...Object.fromEntries([["m", m], ["s", s]]) }; for (const k in o) { o[k].set?.call(o[k], 1, 2) }`,
    `const o = Object.fromEntries([["m", m], ["s", s]]); o.m.set.call(o.m, 1, 2)`,
    `const o = Object.fromEntries([["m", m], ["s", s]]); o["m"].set.call(o["m"], 1, 2)`,
    `const o = Object.fromEntries([["m", m], ["s", s]]); for (const k in o) { if (k === "m") o[k].set.call(o[k], 1, 2) }`,
    `const o = Object.fromEntries([["m", m], ["s", s]]); for (const k in o) { if (k === "m") o[k].set(1, 2) }`,
    `const o = Object.fromEntries([["m", m], ["s", s]]); for (const k in o) { if (k === "m") Reflect.apply(o[k].set, o[k], [1, 2]) }`,
    `const o = Object.fromEntries([["m", m], ["s", s]]); for (const k in o) { if (k === "m") o[k].set.bind(o[k])(1, 2) }`,
    `const o = Object.fromEntries([["m", m], ["s", s]]); for (const k in o) { if (k === "m") o[k].set.apply(o[k], [1, 2]) }`,
    `const o = Object.fromEntries([["m", m], ["s", s]]); const { set } = o.m; set.call(m, 1, 2)`,
    `const o = Object.fromEntries([["f", (k, v) => m.set(k, v)]]); o.f.call(null, 1, 2)`,
    `const o = { ...Object.fromEntries([["m", m]]) }; o.m.set(1, 2)`,
    `const o = { ...Object.fromEntries([["m", m]]) }; for (const k in o) o[k].set(1, 2)`,
    `const a = {}; for (const k of ["m"]) a[k] = m; const o = { ...a }; for (const k in o) o[k].set(1, 2)`,
    `const a = {}; for (const k of ["m"]) a[k] = m; const o = { ...a }; o.m.set(1, 2)`,
    `const a = {}; for (const k of ["m"]) a[k] = m; const o = Object.assign({}, a); o.m.set(1, 2)`,
    `const a = {}; for (const k of ["m"]) a[k] = m; const { ...o } = a; o.m.set(1, 2)`,
    `const a = {}; for (const k of ["m"]) Object.defineProperty(a, k, { value: m, enumerable: true }); const { ...o } = a; o.m.set(1, 2)`,
    `const a = Object.defineProperties({}, { x: { value: m }, y: { get() { return l } } }); a.x.set(1, 2); a.y.push(2)`,
    `const d = {}; for (const k of ["x"]) d[k] = { value: m }; const a = Object.defineProperties({}, d); a.x.set(1, 2)`,
    `const d = { x: { value: m } }; const a = Object.create({}, d); a.x.set(1, 2)`,
    `const d = { ...{ x: { value: m } } }; const a = Object.create(null, d); a.x.set(1, 2)`,
    `class P { get list() { return 1 } } Object.defineProperties(P.prototype, Object.getOwnPropertyDescriptors({ get list() { return l }, put(v) { m.set(v, v) } })); new P().list.push(1); new P().put(3)`,
    `const k = "length"; let i; for (i = 0; i < 1; i++) l[i] = i; let q = 0; q += "x"; const o = { x0: m, "0x": m }; o[q].set(1, 1)`,
    `let q; const o = { undefined: m }; o[q].set(1, 1)`,
    `let q = 0; q -= 1; const o = { "-1": m, NaN: s }; o[q].set(1, 1); let z = 0; z /= 0; o[z].add(3)`,
    `let q = 0; ({ q } = { q: "k" }); const o = { k: m }; o[q].set(1, 1)`,
    `let q = 0; [q] = ["k"]; const o = { k: m }; o[q].set(1, 1)`,
    `let q = 0; for (q of ["k"]); const o = { k: m }; o[q].set(1, 1)`,
    `let q = 0; for (q in { k: 1 }); const o = { k: m }; o[q].set(1, 1)`,
    `let q = 0; q ||= "k"; const o = { k: m }; o[q].set(1, 1)`,
    `let q = 0, r = 1; r = q ? 2 : "k"; q = r; const o = { k: m }; o[q].set(1, 1)`,
    `function f(i) { i = 0 || i; const o = { k: m }; return o[i].set(1, 1) } f("k")`,
    `function f(i) { var i; const o = { k: m }; return o[i].set(1, 1) } f("k")`,
    `const hs = [(x) => m.set(x, x), (x) => l.push(x)]; for (let i = 0; i < hs.length; i++) hs[i](i)`,
    `const hs = { 0: (x) => m.set(x, x), 1: (x) => l.push(x) }; for (let i = 0; i < 2; i++) hs[i](i)`,
    `const hs = { 0: (x) => m.set(x, x), 1: (x) => l.push(x) }; for (const i of ["0", "1"]) hs[i](i)`,
    `const hs = { "1.5": (x) => m.set(x, x) }; let i = 1; i += 0.5; hs[i](i)`,
    `const hs = { "1e21": (x) => m.set(x, x), "1e+21": (x) => s.add(x) }; let i = 1e21; hs[i](i)`
  ].map(changing),
  modules({
    "core0.mjs":
      "const map12 = new Map()\nconst memo13 = (f) => () => f()\nconst get13 = memo13(() => map12)\n{  (get13()).has() || (get13()).set() }\nconst got16 = [map12].flatMap(() => [])[0]\nexport { map12 }",
    "main.mjs":
      "import { map12 } from \"./core0.mjs\"\nexport async function main() { return [Object.fromEntries(map12)] }"
  }),
  modules({
    "core0.mjs":
      "const map13 = new Map()\nconst got35 = map13\nfunction* echo36() { const given = yield; return given }\nconst echo36it = echo36()\necho36it.next()\nconst got36 = echo36it.next(got35).value\nconst make37 = () => { const held = got36; function inner() { held.has() || held.set() } return inner }\nconst put37 = make37()\nput37()\nexport { map13 }\nconst map12 = map13\nexport { map12 }",
    "main.mjs":
      "import { map12 } from \"./core0.mjs\"\nexport async function main() { return [Object.fromEntries(map12)] }"
  })
]

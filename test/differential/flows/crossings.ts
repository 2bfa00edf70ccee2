/**
 * State that one module holds and another one changes: imports of all forms, barrels, cycles, CommonJS.
 */
import { modules } from "./Flow.ts"

const shared = `export const s = { n: 0, list: [] };
export const w = () => { s.n = 1 };
export const get = () => s;
export default s;
export let c = 0; export const inc = () => { c++ };
`

export const crossings = [
  modules({
    "s.mjs": shared,
    "a.mjs": `import { s } from "./s.mjs"; s.n = 1`,
    "main.mjs": `import { s, c } from "./s.mjs";
import "./a.mjs"; export const main = () => [s, c];`
  }),
  modules({
    "s.mjs": shared,
    "a.mjs": `import * as S from "./s.mjs"; S.s.n = 1`,
    "main.mjs": `import { s, c } from "./s.mjs";
import "./a.mjs"; export const main = () => [s, c];`
  }),
  modules({
    "s.mjs": shared,
    "a.mjs": `import * as S from "./s.mjs"; S["s"].n = 1; S["in" + "c"]()`,
    "main.mjs": `import { s, c } from "./s.mjs";
import "./a.mjs"; export const main = () => [s, c];`
  }),
  modules({
    "s.mjs": shared,
    "a.mjs": `import * as S from "./s.mjs"; const { s: q, inc } = S; q.n = 1; inc()`,
    "main.mjs": `import { s, c } from "./s.mjs";
import "./a.mjs"; export const main = () => [s, c];`
  }),
  modules({
    "s.mjs": shared,
    "a.mjs": `import * as S from "./s.mjs"; const { ...r } = S; r.s.n = 1; r.inc()`,
    "main.mjs": `import { s, c } from "./s.mjs";
import "./a.mjs"; export const main = () => [s, c];`
  }),
  modules({
    "s.mjs": shared,
    "a.mjs": `import * as S from "./s.mjs"; for (const k of Object.keys(S)) if (typeof S[k] === "function") S[k]()`,
    "main.mjs": `import { s, c } from "./s.mjs";
import "./a.mjs"; export const main = () => [s, c];`
  }),
  modules({
    "s.mjs": shared,
    "a.mjs": `import * as S from "./s.mjs"; Object.values(S).forEach((v) => { if (v.list) v.n = 1 })`,
    "main.mjs": `import { s, c } from "./s.mjs";
import "./a.mjs"; export const main = () => [s, c];`
  }),
  modules({
    "s.mjs": shared,
    "a.mjs": `import d from "./s.mjs"; d.n = 1`,
    "main.mjs": `import { s, c } from "./s.mjs";
import "./a.mjs"; export const main = () => [s, c];`
  }),
  modules({
    "s.mjs": shared,
    "a.mjs": `import { default as d } from "./s.mjs"; d.n = 1`,
    "main.mjs": `import { s, c } from "./s.mjs";
import "./a.mjs"; export const main = () => [s, c];`
  }),
  modules({
    "s.mjs": shared,
    "a.mjs": `export { s } from "./s.mjs"`,
    "b.mjs": `import { s } from "./a.mjs"; s.n = 1`,
    "main.mjs": `import { s, c } from "./s.mjs";
import "./b.mjs"; export const main = () => [s, c];`
  }),
  modules({
    "s.mjs": shared,
    "a.mjs": `export * from "./s.mjs"`,
    "b.mjs": `import { s } from "./a.mjs"; s.n = 1`,
    "main.mjs": `import { s, c } from "./s.mjs";
import "./b.mjs"; export const main = () => [s, c];`
  }),
  modules({
    "s.mjs": shared,
    "a.mjs": `export * as S from "./s.mjs"`,
    "b.mjs": `import { S } from "./a.mjs"; S.s.n = 1; S.inc()`,
    "main.mjs": `import { s, c } from "./s.mjs";
import "./b.mjs"; export const main = () => [s, c];`
  }),
  modules({
    "s.mjs": shared,
    "a.mjs": `export { default } from "./s.mjs"`,
    "b.mjs": `import x from "./a.mjs"; x.n = 1`,
    "main.mjs": `import { s, c } from "./s.mjs";
import "./b.mjs"; export const main = () => [s, c];`
  }),
  modules({
    "s.mjs": shared,
    "a.mjs": `export { default as q, inc as z } from "./s.mjs"`,
    "b.mjs": `import { q, z } from "./a.mjs"; q.n = 1; z()`,
    "main.mjs": `import { s, c } from "./s.mjs";
import "./b.mjs"; export const main = () => [s, c];`
  }),
  modules({
    "s.mjs": shared,
    "a.mjs": `export * from "./b.mjs"`,
    "b.mjs": `import { s } from "./s.mjs"; s.n = 1; export const unused = 1`,
    "main.mjs": `import { s, c } from "./s.mjs";
import { unused } from "./a.mjs"; export const main = () => [s, c];`
  }),
  modules({
    "s.mjs": shared,
    "a.mjs": `export * from "./b.mjs"; export const v = 1`,
    "b.mjs": `import { s } from "./s.mjs"; s.n = 1; export const unused = 1`,
    "main.mjs": `import { s, c } from "./s.mjs";
import { v } from "./a.mjs"; export const main = () => [s, v]`
  }),
  modules({
    "s.mjs": shared,
    "a.mjs": `export { unused } from "./b.mjs"; export const v = 1`,
    "b.mjs": `import { inc } from "./s.mjs"; inc(); export const unused = 1`,
    "main.mjs": `import { s, c } from "./s.mjs";
import { v } from "./a.mjs"; export const main = () => [c, v]`
  }),
  modules({
    "s.mjs": shared,
    "a.mjs": `import { get } from "./s.mjs"; get().n = 1`,
    "main.mjs": `import { s, c } from "./s.mjs";
import "./a.mjs"; export const main = () => [s, c];`
  }),
  modules({
    "s.mjs": shared,
    "a.mjs": `import { get } from "./s.mjs"; export const x = (get().n = 1)`,
    "main.mjs": `import { s, c } from "./s.mjs";
import { x } from "./a.mjs"; export const main = () => [s, c];`
  }),
  modules({
    "s.mjs": shared,
    "a.mjs": `const S = await import("./s.mjs"); S.s.n = 1`,
    "main.mjs": `import { s, c } from "./s.mjs";
import "./a.mjs"; export const main = () => [s, c];`
  }),
  modules({
    "s.mjs": shared,
    "a.mjs": `await import("./s.mjs").then((S) => { S.s.n = 1; S.inc() })`,
    "main.mjs": `import { s, c } from "./s.mjs";
import "./a.mjs"; export const main = () => [s, c];`
  }),
  modules({
    "s.mjs": shared,
    "a.mjs": `const { default: d } = await import("./s.mjs"); d.n = 1`,
    "main.mjs": `import { s, c } from "./s.mjs";
import "./a.mjs"; export const main = () => [s, c];`
  }),
  modules({
    "s.mjs": shared,
    "a.mjs": `const name = "./s.mjs"; const S = await import(name); S.s.n = 1`,
    "main.mjs": `import { s, c } from "./s.mjs";
import "./a.mjs"; export const main = () => [s, c];`
  }),
  modules({
    "s.mjs": shared,
    "a.mjs": `const [S] = await Promise.all([import("./s.mjs")]); S.inc()`,
    "main.mjs": `import { s, c } from "./s.mjs";
import "./a.mjs"; export const main = () => [s, c];`
  }),
  modules({
    "s.mjs": shared,
    "a.mjs": `const load = () => import("./s.mjs"); (await load()).w()`,
    "main.mjs": `import { s, c } from "./s.mjs";
import "./a.mjs"; export const main = () => [s, c];`
  }),
  modules({
    "s.mjs": shared,
    "b.mjs": `import { s } from "./s.mjs"; s.n = 9`,
    "a.mjs": `await import("./b.mjs")`,
    "main.mjs": `import { s, c } from "./s.mjs";
import "./a.mjs"; export const main = () => [s, c];`
  }),
  modules({
    "s.cjs": "exports.s = { n: 0 }; exports.set = () => { exports.s.n = 1 }",
    "a.mjs": `import { set } from "./s.cjs"; set()`,
    "main.mjs": `import { s } from "./s.cjs"; import "./a.mjs"; export const main = () => s`
  }),
  modules({
    "s.cjs": "module.exports = { s: { n: 0 } }",
    "a.mjs": `import S from "./s.cjs"; S.s.n = 1; S.t = 2`,
    "main.mjs": `import S from "./s.cjs"; import "./a.mjs"; export const main = () => S`
  }),
  modules({
    "s.cjs": "module.exports = class { static n = 0 }",
    "a.cjs": `require("./s.cjs").n = 1`,
    "main.mjs": `import S from "./s.cjs"; import "./a.cjs"; export const main = () => S.n`
  }),
  modules({
    "s.cjs": "const o = { n: 0 }; module.exports = () => o",
    "a.mjs": `import f from "./s.cjs"; f().n = 1`,
    "main.mjs": `import f from "./s.cjs"; import "./a.mjs"; export const main = () => f()`
  }),
  modules({
    "s.cjs": "exports.n = 0",
    "a.mjs": `import { createRequire } from "node:module"; createRequire(import.meta.url)("./s.cjs").n = 1`,
    "main.mjs": `import S from "./s.cjs"; import "./a.mjs"; export const main = () => S.n`
  }),
  modules({
    "s.cjs": `Object.defineProperty(exports, "__esModule", { value: true }); exports.default = { n: 0 }`,
    "a.cjs": `const s_1 = require("./s.cjs"); s_1.default.n = 1`,
    "main.mjs": `import S from "./s.cjs"; import "./a.cjs"; export const main = () => S.default`
  }),
  modules({
    "s.cjs": "this.n = 0; exports.get = () => this.n",
    "a.cjs": `require("./s.cjs").n = 7`,
    "main.mjs": `import S from "./s.cjs"; import "./a.cjs"; export const main = () => S.get()`
  }),
  modules({
    "registry.mjs":
      "const list = new Map(); export const register = (k, v) => { list.set(k, v); return v }; export const get = (k) => list.get(k)",
    "p.mjs": `import { register } from "./registry.mjs"; export const plugin = register("p", { run: () => 42 })`,
    "main.mjs": `import { get } from "./registry.mjs"; import "./p.mjs"; export const main = () => get("p").run()`
  }),
  modules({
    "registry.mjs":
      "const list = []; export const use = (f) => (list.push(f), use); export const all = () => list.map((f) => f())",
    "p.mjs": `import { use } from "./registry.mjs"; use(() => 1)(() => 2)`,
    "main.mjs": `import { all } from "./registry.mjs"; import "./p.mjs"; export const main = () => all()`
  }),
  modules({
    "base.mjs": "export class Base { static all = []; static register() { Base.all.push(this.name) } }",
    "d.mjs": `import { Base } from "./base.mjs"; export class D extends Base { static { this.register() } }`,
    "main.mjs": `import { Base } from "./base.mjs"; import "./d.mjs"; export const main = () => Base.all`
  }),
  modules({
    "base.mjs": "export const table = {}; export const define = (name) => (value) => { table[name] = value }",
    "d.mjs": `import { define } from "./base.mjs"; define("a")(1); const b = define("b"); b(2)`,
    "main.mjs": `import { table } from "./base.mjs"; import "./d.mjs"; export const main = () => table`
  }),
  modules({
    "ev.mjs":
      `import { EventEmitter } from "node:events"; export const bus = new EventEmitter(); export const seen = []; bus.on("x", (v) => seen.push(v))`,
    "d.mjs": `import { bus } from "./ev.mjs"; bus.emit("x", 1)`,
    "main.mjs": `import { seen } from "./ev.mjs"; import "./d.mjs"; export const main = () => seen`
  }),
  modules({
    "a.mjs":
      `import { b } from "./b.mjs"; export const a = () => b; export const reg = []; export function add(x) { reg.push(x) }`,
    "b.mjs": `import { a } from "./a.mjs"; export const b = () => a`,
    "c.mjs": `import { add } from "./a.mjs"; add(1)`,
    "main.mjs": `import { reg } from "./a.mjs"; import "./c.mjs"; export const main = () => reg`
  }),
  modules({
    "cfg.mjs": "export const config = { level: 1 }; export function configure(o) { Object.assign(config, o) }",
    "d.mjs": `import { configure } from "./cfg.mjs"; configure({ level: 5 })`,
    "main.mjs": `import { config } from "./cfg.mjs"; import "./d.mjs"; export const main = () => config.level`
  }),
  modules({
    "cfg.mjs": "let level = 1; export const getLevel = () => level; export const setLevel = (n) => { level = n }",
    "d.mjs": `import { setLevel as set } from "./cfg.mjs"; [5].forEach(set)`,
    "main.mjs": `import { getLevel } from "./cfg.mjs"; import "./d.mjs"; export const main = () => getLevel()`
  }),
  modules({
    "cfg.mjs": "class C { #v = 1; get v() { return this.#v } set v(x) { this.#v = x } } export const c = new C()",
    "d.mjs": `import { c } from "./cfg.mjs"; c.v = 5; c.v += 1; c.v++`,
    "main.mjs": `import { c } from "./cfg.mjs"; import "./d.mjs"; export const main = () => c.v`
  }),
  modules({
    "cfg.mjs": "export const c = Object.freeze({ inner: { v: 1 } })",
    "d.mjs": `import { c } from "./cfg.mjs"; const f = ({ inner }) => { inner.v = 2 }; f(c)`,
    "main.mjs": `import { c } from "./cfg.mjs"; import "./d.mjs"; export const main = () => c`
  }),
  modules({
    "cfg.mjs":
      "export const c = { v: 1 }; export const proxy = new Proxy(c, { set(t, k, v) { t[k] = v * 2; return true } })",
    "d.mjs": `import { proxy } from "./cfg.mjs"; proxy.v = 4`,
    "main.mjs": `import { c } from "./cfg.mjs"; import "./d.mjs"; export const main = () => c.v`
  }),
  // JSON that is imported and required is one object
  modules({
    "d.json": "{\"n\":[1]}",
    "q.cjs": "const d = require(\"./d.json\"); d.n.push(2); module.exports = d",
    "main.mjs":
      "import d from \"./d.json\" with { type: \"json\" }\nimport q from \"./q.cjs\"\nexport const main = () => [d, d === q]"
  }),
  modules({
    "d.json": "{\"n\":[1]}",
    "q.cjs": "const d = require(\"./d.json\"); d.n.push(2); module.exports = d",
    "main.mjs":
      "import q from \"./q.cjs\"\nimport d from \"./d.json\" with { type: \"json\" }\nexport const main = () => [d, d === q]"
  }),
  modules({
    "d.json": "{\"n\":[1]}",
    "q.cjs": "const d = require(\"./d.json\"); d.n.push(2); module.exports = d",
    "main.mjs":
      "import q from \"./q.cjs\"\nimport d from \"./d.json\" with { type: \"json\" }\nexport const main = () => { d.n.push(4); return [d, q] }"
  }),
  modules({
    "d.json": "{\"n\":[1]}",
    "q.cjs": "const d = require(\"./d.json\"); d.n.push(2); module.exports = d",
    "q2.cjs": "const d = require(\"./d.json\"); exports.get = () => d",
    "main.mjs": "import \"./q.cjs\"; import q2 from \"./q2.cjs\"; export const main = () => q2.get()"
  }),
  modules({
    "d.json": "{\"n\":[1]}",
    "q.cjs": "const d = require(\"./d.json\"); d.n.push(2); module.exports = d",
    "e.mjs": "import d from \"./d.json\" with { type: \"json\" }\nd.n.push(9)",
    "main.mjs": "import \"./e.mjs\"; import d from \"./d.json\" with { type: \"json\" }\nexport const main = () => d"
  }),
  modules({
    "d.json": "{\"n\":[1]}",
    "q.cjs": "const d = require(\"./d.json\"); d.n.push(2); module.exports = d",
    "e.mjs": "import d from \"./d.json\" with { type: \"json\" }\nd.n.push(9)",
    "q2.cjs": "const d = require(\"./d.json\"); exports.get = () => d",
    "main.mjs": "import \"./e.mjs\"; import q from \"./q2.cjs\"; export const main = () => q.get()"
  })
]

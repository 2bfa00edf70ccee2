/**
 * Promises that are settled from elsewhere, and what goes on while a module waits, in JavaScript.
 */
import { javascript, modules } from "./Flow.ts"

const statements = [
  "let open; const gate = new Promise((r) => { open = r }); gate.then(w); open()",
  "let open; const gate = new Promise((r) => { open = r }); gate.then(w); const o = { open }; o.open()",
  "let fail; const gate = new Promise((_, r) => { fail = r }); gate.catch(w); fail()",
  "let fail; const gate = new Promise((_, r) => { fail = r }); gate.finally(w).catch(() => 0); fail()",
  "const { promise, resolve } = defer(); promise.then(w); resolve()",
  "const d = defer(); d.promise.then(w); d.resolve()",
  "const d = defer(); d.promise.catch(w); d.reject()",
  "const d = defer(); (async () => { await d.promise; w() })(); d.resolve()",
  "const d = defer(); const rs = [d.resolve]; d.promise.then(w); rs.forEach((r) => r())",
  "const d = defer(); d.promise.then(w); setTimeout(d.resolve, 1)",
  "const d = defer(); d.promise.then(w); Promise.resolve().then(d.resolve)",
  "const d = defer(); Promise.all([d.promise]).then(w); d.resolve()",
  "const d = defer(); Promise.race([d.promise, new Promise(() => 0)]).then(w); d.resolve()",
  "const d = defer(); d.promise.then(() => 1).then(() => 2).then(w); d.resolve()",
  "const d = defer(); const t = { then(r) { d.promise.then(r) } }; (async () => { await t; w() })(); d.resolve()",
  "let go; const t = { then(r) { go = r } }; (async () => { await t; w() })(); await 0; go()",
  "class Defer { constructor() { this.p = new Promise((a, b) => { this.ok = a; this.no = b }) } }; const d = new Defer(); d.p.then(w); d.ok()",
  "class Defer { constructor() { this.p = new Promise((a, b) => { this.ok = a; this.no = b }) } }; const d = new Defer(); d.p.then(w, w); d.no(3)",
  "const d = defer(); d.promise.then(w); d.resolve.call(null)",
  "const d = defer(); d.promise.then(w); Reflect.apply(d.resolve, null, [])",
  "const d = defer(); d.promise.then(w); const b = d.resolve.bind(null, 1); b()",
  "const waiting = []; const sleep = () => new Promise((r) => waiting.push(r)); sleep().then(w); while (waiting.length) waiting.pop()()",
  "const waiting = new Map(); const sleep = (k) => new Promise((r) => waiting.set(k, r)); sleep(1).then(w); waiting.get(1)()",
  `const c = new AbortController(); c.signal.addEventListener("abort", w); c.abort()`,
  "class D extends Promise {}; let open; const gate = new D((r) => { open = r }); gate.then(w); open()",
  "const queue = []; const lock = async () => { const { promise, resolve } = defer(); queue.push(resolve); await promise; s.n++ }; lock(); lock(); queue.shift()(); queue.shift()()",
  `import { EventEmitter, once } from "node:events"; const e = new EventEmitter(); once(e, "x").then(w); e.emit("x")`,
  "async function* g() { await d.promise; s.n++; yield 1 } const d = defer(); (async () => { for await (const x of g()) s.list.push(x) })(); d.resolve()",
  `import { setTimeout as t } from "node:timers/promises"; const d = defer(); d.promise.then(w); t(1).then(() => d.resolve())`,
  "let ok; const pr = new Promise((r) => { ok = r }); pr.then(w); Reflect.apply(ok, null, [])",
  "let ok; const pr = new Promise((r) => { ok = r }); pr.then(w); Reflect.apply(ok, undefined, [1])",
  "let ok; const pr = new Promise((r) => { ok = r }); pr.then(w); [1].map(ok)",
  "let ok; const pr = new Promise((r) => { ok = r }); pr.then(w); ok.apply(null)",
  "let ok; const pr = new Promise((r) => { ok = r }); pr.then(w); queueMicrotask(ok)",
  "class D extends Promise {}; let open; const gate = new D((r) => { open = r }); gate.then(w); open()",
  "class D extends Promise { constructor(f) { super(f); this.x = 1 } }; let open; const gate = new D((r) => { open = r }); gate.then(w); open()",
  "class D extends Promise { constructor() { let a; super((r) => { a = r }); this.open = a } static get [Symbol.species]() { return Promise } }; const gate = new D(); gate.then(w); gate.open()",
  "let open; const gate = Reflect.construct(Promise, [(r) => { open = r }]); gate.then(w); open()",
  "let open; const gate = new Promise(...[(r) => { open = r }]); gate.then(w); open()",
  "const P = Promise; let open; const gate = new P((r) => { open = r }); gate.then(w); open()",
  "const later = (f) => new Promise(f); let open; const gate = later((r) => { open = r }); gate.then(w); open()"
]

export const promises = [
  ...statements.map((statement) =>
    javascript(`const defer = () => {
  let resolve, reject
  const promise = new Promise((a, b) => { resolve = a; reject = b })
  return { promise, resolve, reject }
}
const s = { n: 0, list: [] };
export const main = async () => { await new Promise((r) => setTimeout(r, 5)); return s };
const w = () => { s.n++; return 1 };
${statement}
`)
  ),
  modules({
    "main.mjs":
      `import { s } from "./s.mjs"; import "./go.mjs"; export const main = async () => { await new Promise((r) => setTimeout(r, 5)); return s }`,
    "s.mjs":
      "export const s = { n: 0 }; let open; export const gate = new Promise((r) => open = r); export const release = open; gate.then(() => { s.n++ })",
    "go.mjs": `import { release } from "./s.mjs"; release()`
  }),
  modules({
    "main.mjs":
      `import { s } from "./s.mjs"; import "./wait.mjs"; import "./go.mjs"; export const main = async () => { await new Promise((r) => setTimeout(r, 5)); return s }`,
    "s.mjs": "export const s = { n: 0 }",
    "gate.mjs": "let open; export const gate = new Promise((r) => open = r); export const release = open;",
    "wait.mjs": `import { s } from "./s.mjs"; import { gate } from "./gate.mjs"; gate.then(() => { s.n++ })`,
    "go.mjs": `import { release } from "./gate.mjs"; release()`
  })
]

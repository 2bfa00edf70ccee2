/**
 * Groups of modules with a shape of their own. Each is `{ tag, language?, files, imports, reads }`: files by name (`§` is a number
 * that is the scenario's own, `.x` at the end of a file's name the program's extension), imports for a module of the program, and
 * expressions that `main` may read with these imports.
 */
const state = "export const log§ = []\nexport let count§ = 0\nexport const up§ = () => { count§ += 1 }\n"

export const scenarios = [
  {
    tag: "base class in a cycle through a barrel",
    files: {
      "internal§.x": `export * from "./base§.x"\nexport * from "./leaf§.x"\n`,
      "base§.x":
        `import { Leaf§ } from "./internal§.x"\nexport class Base§ { static make(v) { return new Leaf§(v) } describe() { return "base" } }\n`,
      "leaf§.x":
        `import { Base§ } from "./internal§.x"\nexport class Leaf§ extends Base§ { constructor(v) { super(); this.v = v } }\nLeaf§.prototype.extra = §\n`
    },
    imports: `import { Base§, Leaf§ } from "./internal§.x"`,
    reads: [`Base§.make(1)`, `[new Leaf§(2).describe(), new Leaf§(2).extra]`]
  },
  {
    tag: "registry and plugins",
    files: {
      "registry§.x":
        `const known = new Map()\nexport const register§ = (name, plugin) => { known.set(name, plugin) }\nexport const names§ = () => [...known.keys()]\nexport const run§ = (name, v) => known.get(name)?.(v) ?? "none"\n`,
      "plugin-a§.x": `import { register§ } from "./registry§.x"\nregister§("a", (v) => v + 1)\n`,
      "plugin-b§.x":
        `import { register§ } from "./registry§.x"\nconst enrol = register§.bind(null, "b")\nenrol((v) => v * 2)\nexport const b§ = 1\n`,
      "plugins§.x": `import "./plugin-b§.x"\nexport { b§ } from "./plugin-b§.x"\nimport "./plugin-a§.x"\n`
    },
    imports: `import { names§, run§ } from "./registry§.x"\nimport "./plugins§.x"`,
    reads: [`names§()`, `run§("a", 1)`, `run§("b", 4)`]
  },
  {
    tag: "readers between writers",
    files: {
      "state§.x": state,
      "reader§.x": `import { log§, count§ } from "./state§.x"\nexport const before§ = [log§.length, count§]\n`,
      "writer§.x":
        `import { log§, up§ } from "./state§.x"\nlog§.push("written"); up§()\nexport const written§ = true\n`,
      "again§.x": `import { log§, count§ } from "./state§.x"\nexport const after§ = { ...log§, count: count§ }\n`
    },
    imports:
      `import { before§ } from "./reader§.x"\nimport { written§ } from "./writer§.x"\nimport { after§ } from "./again§.x"`,
    reads: [`before§`, `[before§, written§]`, `after§`, `[after§, before§]`]
  },
  {
    tag: "order of implicit effects",
    files: {
      "state§.x": state,
      "z§.x":
        `import { log§ } from "./state§.x"\nconst probe = { get go() { log§.push("getter"); return 1 } }\nprobe.go\nexport const z§ = 1\n`,
      "y§.x":
        "import { log§ } from \"./state§.x\"\nconst text = { toString() { log§.push(\"text\"); return \"\" } };\n`${text}`\nexport const y§ = 1\n",
      "b§.x": `import { log§ } from "./state§.x"\nlog§.push("b")\nexport const b§ = 2\n`,
      "a§.x":
        `import { log§ } from "./state§.x"\nfor (const _ of { *[Symbol.iterator]() { log§.push("iterator") } }) ;\nexport const a§ = 1\n`
    },
    imports:
      `import { log§ } from "./state§.x"\nimport { z§ } from "./z§.x"\nimport { b§ } from "./b§.x"\nimport { y§ } from "./y§.x"\nimport { a§ } from "./a§.x"`,
    reads: [`[z§, b§, ...log§]`, `[...log§, y§, b§]`, `[a§, ...log§, b§]`, `log§`]
  },
  {
    tag: "default export of an expression",
    files: {
      "value§.x": `let value = 1\nexport const set§ = (v) => { value = v }\nexport default value\nvalue = 2\n`,
      "live§.x": `let value = 1\nexport const change§ = (v) => { value = v }\nexport { value as default }\nvalue = 2\n`
    },
    imports:
      `import snap§, { set§ } from "./value§.x"\nimport live§, { change§ } from "./live§.x"\nset§(3)\nchange§(3)`,
    reads: [`snap§`, `live§`, `[snap§, live§]`]
  },
  {
    tag: "default export of a function that changes",
    files: {
      "fn§.x": `export default function fn§() { return "first" }\nfn§.extra = []\nfn§.extra.push(§)\n`,
      "class§.x": `export default class { static list = []; static add(v) { this.list.push(v); return this } }\n`,
      "use§.x": `import Anonymous from "./class§.x"\nAnonymous.add(§).add(2)\n`
    },
    imports: `import fn§ from "./fn§.x"\nimport Kind§ from "./class§.x"\nimport "./use§.x"`,
    reads: [`[fn§(), fn§.extra]`, `Kind§.list`, `[fn§.name, Kind§.name]`]
  },
  {
    tag: "ambiguous star",
    files: {
      "one§.x": `export const shared§ = 1\nexport const one§ = 1\n`,
      "two§.x": `export const shared§ = 2\nexport const two§ = 2\n`,
      "both§.x": `export * from "./one§.x"\nexport * from "./two§.x"\n`,
      "own§.x": `export * from "./one§.x"\nexport const shared§ = "own"\n`
    },
    imports: `import * as both§ from "./both§.x"\nimport * as own§ from "./own§.x"`,
    reads: [`Object.keys(both§)`, `own§.shared§`, `"shared§" in both§`, `both§.one§`]
  },
  {
    tag: "namespace object",
    files: {
      "state§.x": state,
      "touch§.x":
        `import * as all from "./state§.x"\nconst { log§, up§ } = all\nlog§.push("x"); up§()\nexport const keys§ = Object.keys(all)\n`
    },
    imports:
      `import * as space§ from "./state§.x"\nimport { keys§ } from "./touch§.x"\nconst pick§ = (name) => space§[name]`,
    reads: [`space§.log§`, `keys§`, `pick§("count" + §)`, `Object.entries(space§).length`]
  },
  {
    tag: "write through an export",
    files: {
      "config§.x": `export const config§ = { table: {}, list: [] }\nexport default config§\n`,
      "setup§.x": `import config from "./config§.x"\nconfig.table.n = §\nconfig.list[0] = "set"\n`,
      "late§.x": `const { default: config } = await import("./config§.x")\nconfig.table.late = true\n`
    },
    imports: `import { config§ } from "./config§.x"\nimport "./setup§.x"\nimport "./late§.x"`,
    reads: [`config§.table`, `config§`, `config§.list.length`]
  },
  {
    tag: "bare import of a barrel",
    files: {
      "state§.x": state,
      "effect§.x": `import { log§ } from "./state§.x"\nlog§.push("effect")\nexport const effect§ = 1\n`,
      "index§.x":
        `export { effect§ } from "./effect§.x"\nexport * from "./more§.x"\nexport * as more§ from "./more§.x"\n`,
      "more§.x": `import { log§ } from "./state§.x"\nlog§.unshift("more")\n`
    },
    imports: `import { log§ } from "./state§.x"\nimport "./index§.x"`,
    reads: [`log§`, `log§.length`]
  },
  {
    tag: "unused names",
    files: {
      "state§.x": state,
      "unused§.x": `import { up§ } from "./state§.x"\nup§()\nexport const unused§ = 1\nexport class Unused§ {}\n`
    },
    imports:
      `import { count§ } from "./state§.x"\nimport { unused§, Unused§ as Other§ } from "./unused§.x"\nimport * as spare§ from "./unused§.x"`,
    reads: [`count§`]
  },
  {
    tag: "dynamic import for its effect",
    files: {
      "state§.x": state,
      "later§.x": `import { log§ } from "./state§.x"\nlog§.push("later")\nexport const value§ = § \n`
    },
    imports:
      `import { log§ } from "./state§.x"\nconst load§ = () => import("./later§.x")\nconst ready§ = await load§()`,
    reads: [`log§`, `ready§.value§`]
  },
  {
    tag: "cycle of functions",
    files: {
      "even§.x":
        `import { odd§ } from "./odd§.x"\nexport const seen§ = []\nexport function even§(n) { seen§.push(n); return n === 0 ? true : odd§(n - 1) }\n`,
      "odd§.x": `import { even§ } from "./even§.x"\nexport function odd§(n) { return n === 0 ? false : even§(n - 1) }\n`
    },
    imports: `import { even§, seen§ } from "./even§.x"\nconst tried§ = even§(4)`,
    reads: [`seen§`, `[tried§, even§(3)]`]
  },
  {
    tag: "cycle with a dead zone",
    files: {
      "first§.x":
        `import { second§ } from "./second§.x"\nexport const first§ = "first"\nexport const joined§ = () => first§ + second§\n`,
      "second§.x":
        `import { first§ } from "./first§.x"\nlet early\ntry { early = first§ } catch (error) { early = error.name }\nexport const second§ = early\n`
    },
    imports: `import { joined§ } from "./first§.x"\nimport { second§ } from "./second§.x"`,
    reads: [`joined§()`, `second§`]
  },
  {
    tag: "cycle with hoisted state",
    files: {
      "core§.x":
        `import { extend§ } from "./extension§.x"\nvar hooks\nexport function hook§(f) { (hooks ??= []).push(f) }\nexport const fire§ = (v) => (hooks ?? []).map((f) => f(v))\nextend§("own")\n`,
      "extension§.x":
        `import { hook§ } from "./core§.x"\nexport function extend§(name) { hook§((v) => name + v) }\nextend§("extension")\n`
    },
    imports: `import { fire§ } from "./core§.x"`,
    reads: [`fire§(1)`, `fire§("x").length`]
  },
  {
    tag: "CommonJS cycle",
    files: {
      "left§.cjs":
        `exports.early = "left"\nconst right = require("./right§.cjs")\nexports.late = right.seen + "!"\nright.list.push("from left")\n`,
      "right§.cjs":
        `const left = require("./left§.cjs")\nexports.list = []\nexports.seen = String(left.early) + String(left.late)\n`
    },
    imports: `import left§ from "./left§.cjs"\nimport right§ from "./right§.cjs"`,
    reads: [`left§`, `right§`, `[left§.late, right§.list.length]`]
  },
  {
    tag: "CommonJS module object",
    files: {
      "api§.cjs":
        `function api(v) { return api.table[v] ?? "none" }\napi.table = {}\nmodule.exports = api\nmodule.exports.add = (k, v) => { api.table[k] = v; return api }\n`,
      "fill§.cjs": `const api = require("./api§.cjs")\napi.add("a", 1).add("b", §)\nthis.own = 1\nexports.done = true\n`
    },
    imports: `import api§ from "./api§.cjs"\nimport fill§ from "./fill§.cjs"`,
    reads: [`api§("b")`, `api§.table`, `fill§`]
  },
  {
    tag: "CommonJS require in a function",
    files: {
      "lazy§.cjs":
        `let cache\nconst load = (name) => cache ??= require(name)\nmodule.exports = { get: () => load("./data§.cjs"), load }\n`,
      "data§.cjs": `exports.rows = [1, 2]\nexports.rows.push(§)\n`,
      "all§.cjs":
        `const [a, b] = ["./data§.cjs", "./lazy§.cjs"].map((name) => require(name))\nb.get().rows.push("all")\nmodule.exports = a\n`
    },
    imports: `import lazy§ from "./lazy§.cjs"\nimport all§ from "./all§.cjs"`,
    reads: [`lazy§.get().rows`, `all§`]
  },
  {
    tag: "UMD",
    files: {
      "umd§.cjs":
        `(function (root, factory) {\n  if (typeof define === "function" && define.amd) define([], factory)\n  else if (typeof module === "object" && module.exports) module.exports = factory()\n  else root.umd§ = factory()\n}(typeof self !== "undefined" ? self : this, function () {\n  function Umd(v) { if (!(this instanceof Umd)) return new Umd(v); this.v = v }\n  Umd.prototype.twice = function () { return this.v * 2 }\n  Umd.made = []\n  return Umd\n}))\n`
    },
    imports:
      `import umd§ from "./umd§.cjs"\numd§.made.push(umd§(§).twice())\numd§.prototype.thrice = function () { return this.v * 3 }`,
    reads: [`umd§(2).twice()`, `umd§.made`, `umd§(2).thrice()`]
  },
  {
    tag: "createRequire",
    files: {
      "table§.cjs": `module.exports = { rows: {} }\n`,
      "rows§.json": `{ "a": 1 }`,
      "load§.x":
        `import { createRequire } from "node:module"\nconst require = createRequire(import.meta.url)\nconst table = require("./table§.cjs")\nObject.assign(table.rows, require("./rows§.json"))\nexport const loaded§ = true\n`
    },
    imports: `import table§ from "./table§.cjs"\nimport { loaded§ } from "./load§.x"`,
    reads: [`table§.rows`, `[loaded§, table§]`]
  },
  {
    tag: "factory module",
    files: {
      "store§.x":
        `export const createStore§ = (initial) => {\n  let current = initial\n  const listeners = new Set()\n  return {\n    get state() { return current },\n    set(v) { current = typeof v === "function" ? v(current) : v; listeners.forEach((f) => f(current)) },\n    subscribe(f) { listeners.add(f); return () => listeners.delete(f) }\n  }\n}\n`,
      "app§.x":
        `import { createStore§ } from "./store§.x"\nexport const store§ = createStore§({ n: 0 })\nexport const seen§ = []\nexport const stop§ = store§.subscribe(({ n }) => seen§.push(n))\n`,
      "act§.x":
        `import { store§ } from "./app§.x"\nconst { set } = store§\nset((old) => ({ n: old.n + §, at: "act" }))\n`
    },
    imports: `import { store§, seen§, stop§ } from "./app§.x"\nimport "./act§.x"`,
    reads: [`store§.state`, `seen§`, `[stop§(), store§.state]`]
  },
  {
    tag: "ES5 library",
    files: {
      "animal§.x":
        `export function Animal§(name) { this.name = name; Animal§.made.push(this) }\nAnimal§.made = []\nvar proto = Animal§.prototype\nproto.speak = function () { return this.name + " " + this.sound() }\nproto.sound = function () { return "..." }\n`,
      "dog§.x":
        `import { Animal§ } from "./animal§.x"\nexport function Dog§() { Animal§.apply(this, arguments) }\nDog§.prototype = Object.create(Animal§.prototype, { constructor: { value: Dog§ } })\nDog§.prototype.sound = function () { return "woof" }\n`,
      "extend§.x":
        `import { Animal§ } from "./animal§.x"\nfunction extend(target) { for (var i = 1; i < arguments.length; i++) for (var key in arguments[i]) target[key] = arguments[i][key]; return target }\nextend(Animal§.prototype, { legs: §, run: function () { return this.legs } })\nexport var extended§ = true\n`
    },
    imports:
      `import { Dog§ } from "./dog§.x"\nimport { Animal§ } from "./animal§.x"\nimport { extended§ } from "./extend§.x"\nconst rex§ = new Dog§("rex")`,
    reads: [`rex§.speak()`, `[rex§.run(), extended§]`, `Animal§.made.length`, `new Animal§("x").legs`]
  },
  {
    tag: "mixins",
    files: {
      "mixin§.x":
        `export const Tracked§ = (Base) => class extends Base { static all = []; constructor(...given) { super(...given); new.target.all.push(this.constructor.name) } }\n`,
      "model§.x":
        `import { Tracked§ } from "./mixin§.x"\nexport class Model§ extends Tracked§(Object) { id = Model§.all.length }\nnew Model§()\nexport class User§ extends Model§ { constructor() { super(); this.role = "user" } }\nnew User§()\n`
    },
    imports: `import { Model§, User§ } from "./model§.x"`,
    reads: [`Model§.all`, `new User§().role`, `new Model§().id`]
  },
  {
    tag: "decorators that register",
    language: "ts",
    files: {
      "routes§.x":
        `export const routes§: Record<string, unknown> = {}\nexport const route§ = (path: string) => (method: any, context: any) => { routes§[path] = String(context.name); return method }\nexport const controller§ = (target: any, context?: any) => { routes§["class " + target.name] = true }\n`,
      "controller§.x":
        `import { controller§, route§ } from "./routes§.x"\n@controller§\nexport class Users§ { @route§("/users") list() { return ["u"] }\n  @route§("/static") static all() { return 1 } }\n`
    },
    imports: `import { routes§ } from "./routes§.x"\nimport "./controller§.x"`,
    reads: [`routes§`, `Object.keys(routes§).length`]
  },
  {
    tag: "enums and namespaces",
    language: "ts",
    files: {
      "level§.x":
        `export enum Level§ { Low = 1, High = Low * §, Text = "t" }\nexport namespace Level§ { export const names = ["low"]; export function add(name: string) { names.push(name) } }\nLevel§.add("more")\n`,
      "fill§.x": `import { Level§ } from "./level§.x"\nLevel§.add("filled")\n`
    },
    imports: `import { Level§ } from "./level§.x"\nimport "./fill§.x"`,
    reads: [`Level§.names`, `Level§.High`, `Level§[1]`]
  },
  {
    tag: "types and values imported together",
    language: "ts",
    files: {
      "types§.x":
        `export interface Shape§ { n: number }\nexport type Kind§ = string\nexport const made§: Shape§[] = []\n`,
      "only-type§.x":
        `import { made§ } from "./types§.x"\nmade§.push({ n: 9 })\nexport interface Only§ {}\nexport class Value§ {}\n`
    },
    imports:
      `import { type Shape§, made§ } from "./types§.x"\nimport type { Only§ } from "./only-type§.x"\nimport { Value§ } from "./only-type§.x"\nconst keep§: Shape§ = { n: 1 }\nmade§.push(keep§ as Shape§ & Only§ & Value§)`,
    reads: [`made§`]
  },
  {
    tag: "async setup",
    files: {
      "ready§.x":
        `export const order§ = []\nlet open\nexport const gate§ = new Promise((resolve) => { open = resolve })\nexport const release§ = () => open("open")\n`,
      "slow§.x":
        `import { order§, gate§ } from "./ready§.x"\ngate§.then((v) => order§.push(v))\nawait null\norder§.push("slow")\nexport const slow§ = true\n`,
      "fast§.x":
        `import { order§, release§ } from "./ready§.x"\norder§.push("fast")\nrelease§()\nexport const fast§ = true\n`
    },
    imports:
      `import { order§, gate§ } from "./ready§.x"\nimport { slow§ } from "./slow§.x"\nimport { fast§ } from "./fast§.x"\nawait gate§`,
    reads: [`order§`, `[slow§, fast§, ...order§]`]
  },
  {
    tag: "conversions between modules",
    files: {
      "unit§.x":
        `export const made§ = []\nexport class Unit§ { constructor(n) { this.n = n }\n  valueOf() { made§.push(this.n); return this.n }\n  [Symbol.toPrimitive](hint) { return hint === "string" ? "u" + this.n : this.valueOf() }\n  toJSON() { made§.push("json"); return this.n } }\n`,
      "sum§.x":
        "import { Unit§ } from \"./unit§.x\"\nexport const total§ = new Unit§(1) + new Unit§(2)\nexport const text§ = `${new Unit§(3)}`\nexport const json§ = JSON.stringify([new Unit§(4)])\nconst unused = new Unit§(5) > 1\n"
    },
    imports: `import { made§ } from "./unit§.x"\nimport { total§, text§, json§ } from "./sum§.x"`,
    reads: [`made§`, `[total§, text§, json§]`, `[text§, made§.length]`]
  },
  {
    tag: "container of functions",
    files: {
      "hooks§.x":
        `export const hooks§ = { before: [], after: new Set(), named: new Map() }\nexport const trace§ = []\nexport const run§ = (v) => { for (const f of hooks§.before) f(v); hooks§.named.get("x")?.(v); hooks§.after.forEach((f) => f(v)); return trace§ }\n`,
      "use§.x":
        `import { hooks§, trace§ } from "./hooks§.x"\nhooks§.before.push((v) => trace§.push(["before", v]))\nconst { after, named } = hooks§\nafter.add((v) => trace§.push(["after", v]))\n;[["x", (v) => trace§.push(["named", v])]].forEach(([k, f]) => named.set(k, f))\n`
    },
    imports: `import { run§, trace§ } from "./hooks§.x"\nimport "./use§.x"`,
    reads: [`run§(§)`, `(run§(1), trace§.length)`]
  }
]

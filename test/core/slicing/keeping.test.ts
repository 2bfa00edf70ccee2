/**
 * One case for each rule that decides which declarations and statements go along. `npm run test:mutation` switches the
 * rules off one by one and demands that one of these fails.
 */
import { assert, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { FilePackager } from "../../../core/packaging/FilePackager.ts"
import type { PackageOptionsInput } from "../../../core/packaging/PackageOptions.ts"
import * as MemoryProject from "./MemoryProject.ts"

type Files = Readonly<Record<string, string>>

const prepare = (project: string | Files, options: PackageOptionsInput = {}) =>
  Effect.gen(function*() {
    const files = typeof project === "string" ? { "main.ts": project } : project
    const prepared = yield* Effect.flatMap(FilePackager, (packager) => packager.prepare("main.ts#main", options))
      .pipe(Effect.provide(MemoryProject.layerOver(files)))
    return {
      /** `:2` is the statement in line 2 of main.ts, `#a` a declaration there, `lib:2` and `lib#a` those of lib.ts. */
      kept: prepared.files.flatMap((file) => file.declarations)
        .map((node) => node.replace(/^main\.ts/, "").replace(/\.ts(?=[#:])/, "")).join(" "),
      prepared
    }
  })

interface Case {
  readonly it: string
  readonly of: string | Files
  readonly options?: PackageOptionsInput
  readonly keeps: string
}

layer(MemoryProject.layerShared)("what goes along", (it) => {
  const cases = (title: string, all: ReadonlyArray<Case>) =>
    it.effect.each(all.map((each) => ({ ...each, toString: () => each.it })))(
      `${title}: $it`,
      ({ keeps, of, options }) => Effect.map(prepare(of, options), ({ kept }) => assert.strictEqual(kept, keeps))
    )

  const two = `const other = []
other.push(1)
const table = {}
table.x = 1
export const main = () => table`

  cases("options", [
    {
      it: "keep a declaration by name",
      of: two,
      options: { keep: ["main.ts#other"] },
      keeps: "#other :2 #table :4 #main"
    },
    { it: "keep a statement by line", of: two, options: { keep: ["main.ts:2"] }, keeps: "#other :2 #table :4 #main" },
    {
      it: "keep a declaration by line",
      of: two,
      options: { keep: ["main.ts:1"] },
      keeps: "#other :2 #table :4 #main"
    },
    { it: "drop a statement by line", of: two, options: { drop: ["main.ts:4"] }, keeps: "#table #main" },
    {
      it: "drop a declaration by name",
      of: `const table = []\nconst size = table.push(1)\nexport const main = () => table`,
      options: { drop: ["main.ts#size"] },
      keeps: "#table #main"
    },
    {
      it: "drop a statement of a module that goes along whole",
      of: {
        "main.ts": `import "./effects"\nexport const main = () => 1`,
        "effects.ts": `globalThis.a = 1\nglobalThis.b = 2`
      },
      options: { drop: ["effects.ts:2"] },
      keeps: "effects:1 #main"
    }
  ])

  cases("a change of what is reached keeps", [
    { it: "an assignment", of: `let table = 0\ntable = 1\nexport const main = () => table`, keeps: "#table :2 #main" },
    {
      it: "an assignment to a part",
      of: `const table = {}\ntable.a.b = 1\nexport const main = () => table`,
      keeps: "#table :2 #main"
    },
    {
      it: "a delete",
      of: `const table = {}\ndelete table.a\nexport const main = () => table`,
      keeps: "#table :2 #main"
    },
    {
      it: "a member that another declaration of a namespace exports",
      of:
        `namespace M { export let a = 1 }\nnamespace M { a = 2 }\nexport const other = () => M.a\nexport const main = () => M`,
      keeps: "#M #M #main"
    },
    {
      it: "no member of a namespace that nothing reaches",
      of: `namespace M { export let a = 1 }\nnamespace M { a = 2 }\nexport const main = () => 1`,
      keeps: "#main"
    },
    {
      it: "another name for what is imported",
      of: {
        "main.ts": `import { g } from "./lib"\nimport { table } from "./table"\nexport const main = () => [g(), table]`,
        "lib.ts": `import { table } from "./table"\nconst other = table\nother.x = 1\nexport const g = () => 1`,
        "table.ts": `export const table = {}`
      },
      keeps: "lib#other lib:3 lib#g #main table#table"
    },
    {
      it: "what is imported through a file that only passes it on",
      of: {
        "main.ts": `import { g } from "./lib"\nimport { table } from "./table"\nexport const main = () => [g(), table]`,
        "lib.ts": `import { shown } from "./hub"\nshown.x = 1\nexport const g = () => 1`,
        "hub.ts": `export { table as shown } from "./table"`,
        "table.ts": `export const table = {}`
      },
      keeps: "lib:2 lib#g #main table#table"
    },
    { it: "an update", of: `let table = 0\ntable++\nexport const main = () => table`, keeps: "#table :2 #main" },
    {
      it: "a call of a variable that is declared three times",
      of:
        `const table = {}\nvar get = () => ({})\nvar get = () => table\nget().a = 1\nvar get = () => ({})\nexport const main = () => table`,
      keeps: "#table #get #get :4 #get #main"
    },
    {
      it: "an array pattern",
      of: `let table = 0;\n[table] = [1]\nexport const main = () => table`,
      keeps: "#table :2 #main"
    },
    {
      it: "an object pattern",
      of: `let table = 0, b = 0;\n({ a: table, b } = { a: 1, b: 2 })\nexport const main = () => table + b`,
      keeps: "#table #b :2 #main"
    },
    {
      it: "a short object pattern",
      of: `let table = 0;\n({ table = 2 } = {})\nexport const main = () => table`,
      keeps: "#table :2 #main"
    },
    {
      it: "a pattern with a default",
      of: `let table = 0;\n[table = 2] = []\nexport const main = () => table`,
      keeps: "#table :2 #main"
    },
    {
      it: "a rest",
      of: `let table = [];\n[...table] = [1]\nexport const main = () => table`,
      keeps: "#table :2 #main"
    },
    {
      it: "a loop's variable",
      of: `let table = 0\nfor (table of [1, 2]);\nexport const main = () => table`,
      keeps: "#table :2 #main"
    },
    {
      it: "a declaration that does it, too",
      of: `let table = 0\nconst other = table = 1\nexport const main = () => table`,
      keeps: "#table #other #main"
    },
    {
      it: "a property of a plain function",
      of: `function f() {}\nf.cache = {}\nexport const main = () => f`,
      keeps: "#f :2 #main"
    },
    {
      it: "a change of an import that only its module reaches",
      of: {
        "main.ts": `import { get, table } from "./lib"\ntable.x = 1\nexport const main = () => get()`,
        "lib.ts": `export const table = {}\nexport const get = () => table`
      },
      keeps: "lib#table lib#get :2 #main"
    },
    {
      it: "a change behind re-exports",
      of: {
        "main.ts": `import { get, table } from "./index"\ntable.x = 1\nexport const main = () => get()`,
        "index.ts": `export { table } from "./all"\nexport { get } from "./lib"`,
        "all.ts": `export * from "./lib"`,
        "lib.ts": `export const table = {}\nexport const get = () => table`
      },
      keeps: "lib#table lib#get :2 #main"
    },
    {
      it: "a change of an outside module that is reached here",
      of: `import fs from "node:fs"\nfs.x = 1\nexport const main = () => fs`,
      keeps: ":2 #main"
    },
    {
      it: "no use of it by functions of Node that are known to change nothing",
      of:
        `import fs from "node:fs"\nimport path, { posix } from "path"\nimport * as util from "util"\nimport { promisify as wrap } from "node:util"\nconst a = util.promisify(fs.readFile)\nconst b = wrap(fs.readFile)\nconst c = path.join(fs.x)\nconst d = posix.join(fs.x)\nconst e = util.inherits(fs.x, Object)\nexport const main = () => fs`,
      keeps: "#a #b #e #main"
    },
    {
      it: "a change of an outside module that is reached from another file",
      of: {
        "main.ts": `import fs from "node:fs"\nimport { read } from "./lib"\nfs.x = 1\nexport const main = () => read()`,
        "lib.ts": `import fs from "node:fs"\nexport const read = () => fs.x`
      },
      keeps: "lib#read :3 #main"
    },
    {
      it: "a change of an outside module that is required",
      of: `import fs = require("node:fs")\nfs.x = 1\nexport const main = () => fs`,
      keeps: ":2 #main"
    },
    {
      it: "a change through a namespace",
      of: {
        "main.ts": `import * as lib from "./lib"\nlib.table.x = 1\nexport const main = () => lib.get()`,
        "lib.ts": `export const table = {}\nexport const get = () => table`
      },
      keeps: "lib#table lib#get :2 #main"
    },
    {
      it: "a change through a namespace that only its module reaches",
      of: {
        "main.ts":
          `import * as lib from "./lib"\nimport { get } from "./lib"\nlib.table.x = 1\nexport const main = () => get()`,
        "lib.ts": `export const table = {}\nexport const get = () => table`
      },
      keeps: "lib#table lib#get :3 #main"
    },
    {
      it: "a change of JSON that is reached from another file",
      of: {
        "main.ts":
          `import table from "./table.json"\nimport { get } from "./lib"\ntable.x = 1\nexport const main = () => get()`,
        "lib.ts": `import table from "./table.json"\nexport const get = () => table`,
        "table.json": `{ "x": 0 }`
      },
      keeps: "lib#get :3 #main"
    },
    {
      it: "a change of a CommonJS module that is reached from another file",
      of: {
        "main.ts":
          `import table from "./table.cjs"\nimport { get } from "./lib"\ntable.x = 1\nexport const main = () => get()`,
        "lib.ts": `import table from "./table.cjs"\nexport const get = () => table`,
        "table.cjs": `module.exports = {}`
      },
      keeps: "lib#get :3 #main table.cjs:1"
    },
    {
      it: "a change of an outside module that is not reached by name",
      of: `import fs from "node:fs"\nimport os from "node:os"\nfs.x = 1\nexport const main = () => os`,
      keeps: ":3 #main"
    },
    {
      it: "what changes something that only another change reaches",
      of: `const a = {}\nconst b = {}\nb.x = 1\na.b = b\nexport const main = () => a`,
      keeps: "#a #b :3 :4 #main"
    }
  ])

  cases("what shares objects with what is reached", [
    {
      it: "an alias",
      of: `const table = {}\nconst alias = table\nalias.x = 1\nexport const main = () => table`,
      keeps: "#table #alias :3 #main"
    },
    {
      it: "an alias of an alias",
      of: `const table = {}\nconst a = table.a\nconst b = a.b\nb.x = 1\nexport const main = () => table`,
      keeps: "#table #a #b :4 #main"
    },
    {
      it: "what a constant holds",
      of: `const table = {}\nconst holder = { table }\nholder.table.x = 1\nexport const main = () => table`,
      keeps: "#table #holder :3 #main"
    },
    {
      it: "what is assigned",
      of: `const table = {}\nlet alias\nalias = table\nalias.x = 1\nexport const main = () => table`,
      keeps: "#table #alias :3 :4 #main"
    },
    {
      it: "but no function that lies in what is changed",
      of: `function f() {}\nconst holder = { f }\nholder.x = 1\nexport const main = () => f`,
      keeps: "#f #main"
    },
    {
      it: "what a method was given",
      of: `const table = {}\nconst holder = []\nholder.push(table)\nholder[0].x = 1\nexport const main = () => table`,
      keeps: "#table #holder :3 :4 #main"
    }
  ])

  cases("calls that are given what is reached", [
    {
      it: "go with a call of a function that changes nothing",
      of: `const table = {}\nfunction f(x) { g(x) }\nfunction g(x) {}\nf(table)\nexport const main = () => table`,
      keeps: "#table #main"
    },
    {
      it: "keep a call of an unknown method",
      of: `const table = {}\ntable.fill(1)\nexport const main = () => table`,
      keeps: "#table :2 #main"
    },
    {
      it: "keep a construction",
      of: `const table = {}\nclass A { constructor(x) { x.y = 1 } }\nnew A(table)\nexport const main = () => table`,
      keeps: "#table #A :3 #main"
    },
    {
      it: "keep a tagged template",
      of: "const table = {}\nfunction f(x, y) { y.z = 1 }\nf`${table}`\nexport const main = () => table",
      keeps: "#table #f :3 #main"
    },
    {
      it: "keep none that is only given a plain function",
      of: `const seen = []\nfunction f() {}\nfunction log(x) { seen.push(x) }\nlog(f)\nexport const main = () => f`,
      keeps: "#f #main"
    },
    {
      it: "keep one that gives properties to a plain function",
      of: `function f() {}\nfunction memo(x) { x.cache = {} }\nmemo(f)\nexport const main = () => f`,
      keeps: "#f #memo :3 #main"
    },
    {
      it: "go with an object in the argument that nothing changes",
      of: `const table = {}\nconst f = (x) => x\nf({ a: [table] })\nexport const main = () => table`,
      keeps: "#table #main"
    },
    {
      it: "keep one whose result is changed",
      of: `const table = [{}]\nconst get = () => table[0]\nget().x = 1\nexport const main = () => table`,
      keeps: "#table #get :3 #main"
    },
    {
      it: "keep one whose result is changed, the method being known",
      of: `const table = [{}]\ntable.at(0).x = 1\nexport const main = () => table`,
      keeps: "#table :2 #main"
    },
    {
      it: "keep one of what a call gave",
      of: `let table = 0\nconst make = () => () => { table = 1 }\nmake()()\nexport const main = () => table`,
      keeps: "#table #make :3 #main"
    },
    {
      it: "keep a loop over parts",
      of: `const table = [{}]\nfor (const row of table) row.x = 1\nexport const main = () => table`,
      keeps: "#table :2 #main"
    },
    {
      it: "keep a call through a local variable",
      of: `const table = []\n{ const add = table.push.bind(table); add(1) }\nexport const main = () => table`,
      keeps: "#table :2 #main"
    },
    {
      it: "keep no change of an object made on the spot",
      of: `const table = [1]\n{ const copy = [0]; copy[0] = table[0] }\nexport const main = () => table`,
      keeps: "#table #main"
    },
    {
      it: "keep a change of an object made on the spot that was given away since",
      of: `const table = [1]\n{ let copy = [0]; copy = table; copy[0] = 2 }\nexport const main = () => table`,
      keeps: "#table :2 #main"
    }
  ])

  cases("functions that run", [
    {
      it: "when called",
      of: `let table = 0\nfunction init() { table = 1 }\ninit()\nexport const main = () => table`,
      keeps: "#table #init :3 #main"
    },
    {
      it: "when called through others",
      of: `let table = 0\nconst a = () => b()\nconst b = () => { table = 1 }\na()\nexport const main = () => table`,
      keeps: "#table #a #b :4 #main"
    },
    {
      it: "when called across modules",
      of: {
        "main.ts": `import { init, table } from "./lib"\ninit()\nexport const main = () => table`,
        "lib.ts": `export let table = 0\nexport function init() { table = 1 }`
      },
      keeps: "lib#table lib#init :2 #main"
    },
    {
      it: "when written where they are called",
      of: `let table = 0;\n(() => { table = 1 })()\nexport const main = () => table`,
      keeps: "#table :2 #main"
    },
    {
      it: "when one of several is called",
      of:
        `let table = 0\nconst a = () => { table = 1 }\nconst b = () => 1;\n(Math.PI > 3 ? a : b)()\nexport const main = () => table`,
      keeps: "#table #a #b :4 #main"
    },
    {
      it: "when one of several is called, whose result is changed",
      of:
        `let table = 0\nconst a = () => { table = 1; return {} }\nconst b = () => ({});\n(Math.PI > 3 ? a : b)().x = 1\nexport const main = () => table`,
      keeps: "#table #a #b :4 #main"
    },
    {
      it: "when called by call",
      of: `let table = 0;\n(function() { table = 1 }).call(1)\nexport const main = () => table`,
      keeps: "#table :2 #main"
    },
    {
      it: "when handed over",
      of: `let table = 0\nconst init = () => { table = 1 };\n[1].forEach(init)\nexport const main = () => table`,
      keeps: "#table #init :3 #main"
    },
    {
      it: "when written where they are handed over",
      of: `let table = 0;\n[1].forEach(() => { table = 1 })\nexport const main = () => table`,
      keeps: "#table :2 #main"
    },
    {
      it: "when handed over in an object",
      of: `let table = 0\nconst run = (x) => x.f()\nrun({ f() { table = 1 } })\nexport const main = () => table`,
      keeps: "#table #run :3 #main"
    },
    {
      it: "when handed over in an array",
      of: `let table = 0\nconst run = ([f]) => f()\nrun([() => { table = 1 }])\nexport const main = () => table`,
      keeps: "#table #run :3 #main"
    },
    {
      it: "when methods of what a class made",
      of:
        `const seen = []\nclass Counter { add(x) { seen.push(x) } }\nconst counter = new Counter()\ncounter.add(1)\nexport const main = () => seen`,
      keeps: "#seen #Counter #counter :4 #main"
    },
    {
      it: "when methods of what a class of a module made that is not reached otherwise",
      of: {
        "main.ts":
          `import { counter } from "./lib"\nimport { seen } from "./seen"\ncounter.add(1)\nexport const main = () => seen`,
        "lib.ts":
          `import { seen } from "./seen"\nclass Counter { add(x) { seen.push(x) } }\nexport const counter = new Counter()`,
        "seen.ts": `export const seen = []`
      },
      keeps: "lib#Counter lib#counter :3 #main seen#seen"
    },
    {
      it: "when methods of a class above",
      of:
        `const seen = []\nclass A { add(x) { seen.push(x) } }\nclass B extends A {}\nconst b = new B()\nb.add(1)\nexport const main = () => seen`,
      keeps: "#seen #A #B #b :5 #main"
    },
    {
      it: "when constructors of a class above are given what is reached",
      of:
        `const table = {}\nclass A { constructor(x) { x.y = 1 } }\nclass B extends A { constructor() { super(table) } }\nnew B()\nexport const main = () => table`,
      keeps: "#table #A #B :4 #main"
    },
    {
      it: "when decorators",
      of: `const seen = []\nconst mark = (x) => { seen.push(x) }\n@mark class A {}\nexport const main = () => seen`,
      keeps: "#seen #mark #A #main"
    },
    {
      it: "when decorators that a call made",
      of:
        `const seen = []\nconst mark = (name) => (x) => { seen.push(name) }\nclass A { @mark("a") f() {} }\nexport const main = () => seen`,
      keeps: "#seen #mark #A #main"
    },
    {
      it: "when static initialisers",
      of: `const seen = []\nclass A { static size = seen.push(1) }\nexport const main = () => seen`,
      keeps: "#seen #A #main"
    },
    {
      it: "when computed names",
      of: `const seen = []\nclass A { [seen.push(1)]() {} }\nexport const main = () => seen`,
      keeps: "#seen #A #main"
    },
    {
      it: "when computed names of fields",
      of: `const seen = []\nclass A { [seen.push(1)] = 1 }\nexport const main = () => seen`,
      keeps: "#seen #A #main"
    },
    {
      it: "but not when fields of what is not made",
      of: `const seen = []\nclass A { size = seen.push(1) }\nexport const main = () => seen`,
      keeps: "#seen #main"
    },
    {
      it: "but not when stored in what is not reached",
      of: `let table = 0\nconst other = {}\nother.f = () => { table = 1 }\nexport const main = () => table`,
      keeps: "#table #main"
    }
  ])

  cases("code that runs without a call in the text", [
    {
      it: "in accessors of an object",
      of:
        `const seen = []\nconst object = { get x() { return seen.push(1) } }\nobject.x\nexport const main = () => seen`,
      keeps: "#seen #object :3 #main"
    },
    {
      it: "in setters of an object",
      of: `const seen = []\nconst object = { set x(y) { seen.push(y) } }\nobject.x = 1\nexport const main = () => seen`,
      keeps: "#seen #object :3 #main"
    },
    {
      it: "in what changes its own object",
      of: `const object = { n: 0, get x() { return this.n++ } }\nobject.x\nexport const main = () => object.n`,
      keeps: "#object :2 #main"
    },
    {
      it: "in a declaration that reads what is reached",
      of:
        `const seen = []\nconst object = { get x() { return seen.push(1) } }\nconst value = object.x\nexport const main = () => [seen, object]`,
      keeps: "#seen #object #value #main"
    },
    {
      it: "in accessors of a class",
      of:
        `const seen = []\nclass A { get x() { return seen.push(1) } }\nconst a = new A()\na.x\nexport const main = () => seen`,
      keeps: "#seen #A #a :4 #main"
    },
    {
      it: "in accessors of a class above",
      of:
        `const seen = []\nclass A { get x() { return seen.push(1) } }\nclass B extends A {}\nconst b = new B()\nb.x\nexport const main = () => seen`,
      keeps: "#seen #A #B #b :5 #main"
    },
    {
      it: "in conversions",
      of:
        "const seen = []\nconst object = { toString() { seen.push(1); return '' } }\nlet text = 0;\n`${object}`\nexport const main = () => seen",
      keeps: "#seen #object :4 #main"
    },
    {
      it: "in conversions of a class",
      of:
        `const seen = []\nclass A { valueOf() { return seen.push(1) } }\nconst a = new A();\n+a\nexport const main = () => seen`,
      keeps: "#seen #A #a :4 #main"
    },
    {
      it: "in iterators",
      of:
        `const seen = []\nconst object = { *[Symbol.iterator]() { seen.push(1) } }\nfor (const x of object);\nexport const main = () => seen`,
      keeps: "#seen #object :3 #main"
    },
    {
      it: "in iterators of a class",
      of:
        `const seen = []\nclass A { *[Symbol.iterator]() { seen.push(1) } }\nconst a = new A();\n[...a]\nexport const main = () => seen`,
      keeps: "#seen #A #a :4 #main"
    },
    {
      it: "in a thenable",
      of:
        `const seen = []\nconst object = { then(f) { seen.push(1); f() } }\nawait object\nexport const main = () => seen`,
      keeps: "#seen #object :3 #main"
    },
    {
      it: "in traps",
      of:
        `const seen = []\nconst object = new Proxy({}, { get: () => seen.push(1) })\nobject.x\nexport const main = () => seen`,
      keeps: "#seen #object :3 #main"
    },
    {
      it: "but not in a method that has to be called",
      of: `const seen = []\nconst object = { x() { seen.push(1) } }\nobject.x\nexport const main = () => seen`,
      keeps: "#seen #main"
    },
    {
      it: "but not in a function that is only named",
      of:
        `const seen = []\nfunction make() { return { get x() { return seen.push(1) } } }\nmake\nexport const main = () => seen`,
      keeps: "#seen #main"
    },
    {
      it: "in accessors that a called function mentions",
      of:
        `const seen = []\nconst object = { get x() { return seen.push(1) } }\nconst read = () => object.x\nread()\nexport const main = () => seen`,
      keeps: "#seen #object #read :4 #main"
    },
    {
      it: "but no module is read for what a called function mentions",
      of:
        `import { gone } from "./missing"\nconst seen = []\nfunction read() { seen.push(1); return gone }\nread()\nexport const main = () => 1`,
      keeps: "#main"
    }
  ])

  cases("globals", [
    { it: "an assignment keeps", of: `globalThis.x = 1\nexport const main = () => 1`, keeps: ":1 #main" },
    {
      it: "an assignment in a called function keeps",
      of: `function set() { globalThis.x = 1 }\nset()\nexport const main = () => 1`,
      keeps: "#set :2 #main"
    },
    {
      it: "an assignment in a declaration keeps",
      of: `const x = globalThis.x = 1\nexport const main = () => 1`,
      keeps: "#x #main"
    },
    {
      it: "a mutator of the library keeps",
      of: `Object.defineProperty(Array.prototype, "x", {})\nexport const main = () => 1`,
      keeps: ":1 #main"
    },
    {
      it: "a call of a host's function that changes nothing goes",
      of: `queueMicrotask(() => {})\nexport const main = () => 1`,
      keeps: "#main"
    },
    { it: "a call of a host's method keeps", of: `process.chdir("/")\nexport const main = () => 1`, keeps: ":1 #main" },
    {
      it: "a call in a declaration does not",
      of: `const timer = setTimeout(() => {})\nexport const main = () => 1`,
      keeps: "#main"
    }
  ])

  const pkg = { reads: `() => process.env.A`, plain: `() => 1` }
  cases("functions of other packages", [
    {
      it: "keep where globals are read",
      of: `import { setFlagsFromString } from "node:v8"\nsetFlagsFromString("x")\nexport const main = ${pkg.reads}`,
      keeps: ":2 #main"
    },
    {
      it: "keep where unknown globals are read",
      of:
        `import { setFlagsFromString } from "node:v8"\nsetFlagsFromString("x")\nexport const main = () => typeof SOME`,
      keeps: ":2 #main"
    },
    {
      it: "go where none is read",
      of: `import { setFlagsFromString } from "node:v8"\nsetFlagsFromString("x")\nexport const main = ${pkg.plain}`,
      keeps: "#main"
    },
    {
      it: "go where only the library's globals are read",
      of: `import { setFlagsFromString } from "node:v8"\nsetFlagsFromString("x")\nexport const main = () => Math.PI`,
      keeps: "#main"
    },
    {
      it: "go in a declaration",
      of: `import { cpus } from "node:os"\nconst count = cpus()\nexport const main = ${pkg.reads}`,
      keeps: "#main"
    },
    {
      it: "go when only handed over",
      of:
        `import { inspect } from "node:util"\nconst other = [1]\nother.map(inspect)\nexport const main = ${pkg.reads}`,
      keeps: "#main"
    }
  ])

  const clustrix = `import { packageFunctionForExecution } from "clustrix/node"`
  cases("lines that package or run the function", [
    { it: "go", of: `console.log(main())\nexport function main() { return 1 }`, keeps: "#main" },
    {
      it: "go when they call Clustrix",
      of: `${clustrix}\nconsole.log(await packageFunctionForExecution("x"))\nexport const main = () => 1`,
      keeps: "#main"
    },
    {
      it: "go when they use what that gave",
      of:
        `${clustrix}\nconst info = await packageFunctionForExecution("x")\nconsole.log(info)\nexport const main = () => 1`,
      keeps: "#main"
    },
    {
      it: "go when they use what was made of that",
      of: `const result = main()\nconst size = result.size\nconsole.log(size)\nexport function main() { return 1 }`,
      keeps: "#main"
    },
    {
      it: "go when they use what that gave in another module",
      of: {
        "main.ts": `import { table } from "./lib"\nimport "./report"\nexport const main = () => table`,
        "lib.ts": `import { main } from "./main"\nexport const table = {}\nexport const result = main()`,
        "report.ts": `import { start } from "./start"\nexport {}\nstart()`,
        "start.ts": `import { result } from "./lib"\nconsole.log(result)\nexport const start = () => 1`
      },
      keeps: "lib#table #main report:3 start#start"
    },
    {
      it: "go when they use what that gave in another module that is reached later",
      of: {
        "main.ts": `import { result, table } from "./lib"\nconsole.log(result)\nexport const main = () => table`,
        "lib.ts": `import { main } from "./main"\nexport const table = {}\nexport const result = main()`
      },
      keeps: "lib#table #main"
    },
    {
      it: "stay when they change what is reached",
      of: `const table = {}\ntable.x = main()\nexport function main() { return table }`,
      keeps: "#table :2 #main"
    },
    {
      it: "stay when they change a global",
      of: `globalThis.x = main()\nexport function main() { return 1 }`,
      keeps: ":1 #main"
    },
    {
      it: "are not those that mention what that gave in a function",
      of:
        `const table = []\nconst result = main()\ntable.push(class { f() { return result } })\nexport function main() { return table }`,
      keeps: "#table #result :3 #main"
    },
    {
      it: "run a clustered function, however",
      of: `import { cluster } from "clustrix"
const far = cluster({})(main)
console.log(await Effect.runPromise(far.effect(1)))
for await (const each of far.map([1])) console.log(each)
const program = Effect.tap(far.effect(1), console.log)
Effect.runFork(program)
console.log(await Promise.all([1, 2].map(far)))
const start = async () => console.log(await far(1))
start().catch(console.error)
export function main() { return 1 }`,
      keeps: "#main"
    },
    {
      it: "run a clustered function that the function uses itself",
      of: `import { cluster } from "clustrix"
const far = cluster({})(main)
console.log(await far.effect(1))
export function main(n) { return n > 0 ? far(n - 1) : 0 }`,
      keeps: "#far #main"
    },
    {
      it: "run another clustered function that is not reached",
      of: `import { cluster } from "clustrix"
const other = cluster({})((n) => n)
console.log(await other.effect(1))
export function main() { return 1 }`,
      keeps: "#main"
    },
    {
      it: "go where they only print what another clustered function gave",
      of: `import { cluster } from "clustrix"
const other = cluster({})((n) => n)
console.log(await other.effect(1))
export function main() { return other(1) }`,
      keeps: "#other #main"
    },
    {
      it: "are not those that hand the function over",
      of:
        `const table = []\nconst register = (f) => { table.push(f) }\nregister(main)\nexport function main() { return table }`,
      keeps: "#table #register :3 #main"
    },
    {
      it: "go where they only print what the function itself uses",
      of: `const first = main()\nconsole.log(first)\nexport function main() { return first }`,
      keeps: "#first #main"
    }
  ])

  cases("the library's functions", [
    {
      it: "a pure function goes",
      of: `const table = {}\nNumber(table)\nexport const main = () => table`,
      keeps: "#table #main"
    },
    {
      it: "a construction goes",
      of: `const table = []\nnew Map(table)\nexport const main = () => table`,
      keeps: "#table #main"
    },
    {
      it: "another function stays",
      of: `const table = {}\nreportError(table)\nexport const main = () => table`,
      keeps: "#table :2 #main"
    },
    {
      it: "a pure static function goes",
      of: `const table = {}\nJSON.stringify(table)\nexport const main = () => table`,
      keeps: "#table #main"
    },
    {
      it: "what prints while the module is loaded stays",
      of: `const table = {}\nconsole.table(table)\nexport const main = () => table`,
      keeps: "#table :2 #main"
    },
    {
      it: "a mutator stays",
      of: `const table = {}\nObject.assign(table, { a: 1 })\nexport const main = () => table`,
      keeps: "#table :2 #main"
    },
    {
      it: "a mutator goes that only reads what is reached",
      of: `const table = {}\nconst other = {}\nObject.assign(other, table)\nexport const main = () => table`,
      keeps: "#table #main"
    },
    {
      it: "a function that a mutator is given may run",
      of:
        `let table = 0\nconst other = {}\nObject.assign(other, { get x() { return table = 1 } })\nexport const main = () => table`,
      keeps: "#table #other :3 #main"
    },
    {
      it: "Reflect.apply calls",
      of:
        `const table = {}\nconst fill = (x) => { x.y = 1 }\nReflect.apply(fill, undefined, [table])\nexport const main = () => table`,
      keeps: "#table #fill :3 #main"
    },
    {
      it: "Reflect.apply changes its second argument",
      of: `const table = []\nReflect.apply(Array.prototype.push, table, [1])\nexport const main = () => table`,
      keeps: "#table :2 #main"
    },
    {
      it: "Reflect.apply runs a method",
      of:
        `const seen = []\nconst object = { f: () => { seen.push(1) } }\nReflect.apply(object.f, undefined, [])\nexport const main = () => seen`,
      keeps: "#seen #object :3 #main"
    },
    {
      it: "Reflect.construct constructs",
      of:
        `const seen = []\nclass A { constructor() { seen.push(1) } }\nReflect.construct(A, [])\nexport const main = () => seen`,
      keeps: "#seen #A :3 #main"
    },
    {
      it: "Reflect.construct hands over",
      of:
        `const table = {}\nclass A { constructor(x) { x.y = 1 } }\nReflect.construct(A, [table])\nexport const main = () => table`,
      keeps: "#table #A :3 #main"
    },
    {
      it: "a borrowed method changes",
      of: `const table = []\nArray.prototype.push.call(table, 1)\nexport const main = () => table`,
      keeps: "#table :2 #main"
    },
    {
      it: "a borrowed method changes by apply",
      of: `const table = []\nArray.prototype.push.apply(table, [1])\nexport const main = () => table`,
      keeps: "#table :2 #main"
    },
    {
      it: "a method stays that hands elements to a conversion",
      of: `const table = [1]\ntable.map(String)\nexport const main = () => table`,
      keeps: "#table :2 #main"
    },
    {
      it: "another method stays",
      of: `const table = [1]\ntable.push(2)\nexport const main = () => table`,
      keeps: "#table :2 #main"
    },
    {
      it: "a pure method of what is no value of the library stays",
      of:
        `class Table { map() { this.x = 1 } }\nconst table = new Table()\ntable.map(1)\nexport const main = () => table`,
      keeps: "#Table #table :3 #main"
    },
    {
      it: "so does a declaration with one",
      of:
        `const make = () => [1]\nconst table = make()\nconst other = table.map(String)\nexport const main = () => table`,
      keeps: "#make #table #other #main"
    },
    {
      it: "a pure method's arguments do not change",
      of: `const table = {}\nconst other = [1]\nother.includes(table)\nexport const main = () => table`,
      keeps: "#table #main"
    },
    {
      it: "call, apply and bind leave the function as it was",
      of: `const f = ((x) => x) as any\nconst g = [f][0]\ng.call(1)\nexport const main = () => g`,
      keeps: "#f #g #main"
    }
  ])

  it.effect("says of every statement whether it is kept, and why", () =>
    Effect.gen(function*() {
      const { prepared } = yield* prepare(`const table = {}
const other = []
table.x = 1
table.fill(1)
other.push(1)
globalThis.x = 1
queueMicrotask(() => {})
console.log(main())
export function main() { return table }`)
      assert.deepStrictEqual(
        prepared.decisions.map(({ node, verdict, why }) => `${node} ${verdict}: ${why}`),
        [
          "main.ts:3 kept: it may change `table.x`",
          "main.ts:4 kept: it may change `table`",
          "main.ts:6 kept: it may change a global",
          "main.ts:5 dropped: it changes nothing that the function uses",
          "main.ts:7 dropped: it changes nothing that the function uses",
          "main.ts:8 dropped: it only packages or runs the function, or uses what that gave"
        ]
      )
    }))
})

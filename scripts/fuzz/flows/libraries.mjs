/**
 * Scenarios (see scenarios.mjs) in the manner of libraries: what they keep, and how the modules that use them reach it.
 */
export const libraries = [
  {
    tag: "reactive objects",
    files: {
      "reactive§.x":
        `const watchers = new WeakMap()\nlet active\nexport const reactive§ = (target) => new Proxy(target, {\n  get(t, k, r) { if (active) (watchers.get(t) ?? watchers.set(t, new Map()).get(t)).set(k, active); return Reflect.get(t, k, r) },\n  set(t, k, v, r) { const done = Reflect.set(t, k, v, r); watchers.get(t)?.get(k)?.(); return done }\n})\nexport const effect§ = (f) => { active = f; try { f() } finally { active = undefined } }\n`,
      "model§.x":
        `import { reactive§, effect§ } from "./reactive§.x"\nexport const model§ = reactive§({ n: 1 })\nexport const seen§ = []\neffect§(() => { seen§.push(model§.n) })\n`,
      "change§.x": `import { model§ } from "./model§.x"\nmodel§.n = §\nmodel§.n++\n`
    },
    imports: `import { model§, seen§ } from "./model§.x"\nimport "./change§.x"`,
    reads: [`seen§`, `[model§.n, seen§.length]`]
  },
  {
    tag: "signals",
    files: {
      "signal§.x":
        `const stack = []\nexport const signal§ = (value) => { const subs = new Set(); return [() => { const top = stack.at(-1); if (top) subs.add(top); return value }, (next) => { value = next; for (const f of [...subs]) f() }] }\nexport const computed§ = (f) => { let cache; const run = () => { stack.push(run); try { cache = f() } finally { stack.pop() } }; run(); return () => cache }\n`,
      "use§.x":
        `import { signal§, computed§ } from "./signal§.x"\nexport const [count§, setCount§] = signal§(1)\nexport const double§ = computed§(() => count§() * 2)\nsetCount§(§)\n`
    },
    imports: `import { count§, double§ } from "./use§.x"`,
    reads: [`double§()`, `[count§(), double§()]`]
  },
  {
    tag: "container of services",
    files: {
      "container§.x":
        `export class Container§ { #made = new Map(); #makers = new Map()\n  bind(key) { return { to: (make) => { this.#makers.set(key, make); return this } } }\n  get(key) { if (!this.#made.has(key)) this.#made.set(key, this.#makers.get(key)?.(this)); return this.#made.get(key) } }\nexport default new Container§()\n`,
      "services§.x":
        `import container from "./container§.x"\ncontainer.bind("clock").to(() => ({ now: () => § })).bind("log").to((c) => ({ lines: [c.get("clock").now()] }))\n`,
      "late§.x": `import container from "./container§.x"\nconst log = container.get("log")\nlog?.lines.push("late")\n`
    },
    imports: `import container§ from "./container§.x"\nimport "./services§.x"\nimport "./late§.x"`,
    reads: [`container§.get("log")`, `container§.get("clock")?.now()`]
  },
  {
    tag: "middleware",
    files: {
      "app§.x":
        `export const createApp§ = () => { const stack = []; const app = { use(...fs) { stack.push(...fs.flat()); return app }, run: (ctx) => { const go = (i) => stack[i]?.(ctx, () => go(i + 1)); go(0); return ctx } }; return app }\nexport const app§ = createApp§()\n`,
      "logger§.x":
        `import { app§ } from "./app§.x"\nconst logger = (name) => (ctx, next) => { ctx.trace = [...ctx.trace ?? [], name]; next() }\napp§.use(logger("a"), [logger("b")])\nexport default logger\n`,
      "routes§.x":
        `import { app§ } from "./app§.x"\nimport logger from "./logger§.x"\n;[logger("c")].forEach((f) => app§.use(f))\napp§.use((ctx) => { ctx.done = § })\n`
    },
    imports: `import { app§ } from "./app§.x"\nimport "./routes§.x"`,
    reads: [`app§.run({})`, `app§.run({ trace: ["x"] }).trace.length`]
  },
  {
    tag: "methods put on a prototype in a loop",
    files: {
      "wrapper§.x":
        `export function Wrapper§(value) { if (!(this instanceof Wrapper§)) return new Wrapper§(value); this.value = value }\nexport const mixin§ = (source) => { for (const name of Object.keys(source)) { const f = Wrapper§[name] = source[name]; Wrapper§.prototype[name] = function (...rest) { return new Wrapper§(f(this.value, ...rest)) } } return Wrapper§ }\n`,
      "functions§.x": `export const add = (x, y) => x + y\nexport const twice = (x) => x * 2\n`,
      "index§.x":
        `import * as functions from "./functions§.x"\nimport { mixin§ } from "./wrapper§.x"\nexport default mixin§(functions)\nexport * from "./functions§.x"\n`
    },
    imports: `import wrap§ from "./index§.x"`,
    reads: [`wrap§(1).add(2).twice().value`, `wrap§.add(1, §)`, `Object.keys(wrap§.prototype)`]
  },
  {
    tag: "extension of a function object",
    files: {
      "query§.x":
        `var query = function (given) { return new query.fn.init(given) }\nquery.fn = query.prototype = { length: 0, each: function (f) { for (var i = 0; i < this.length; i++) f.call(this[i], i); return this } }\nquery.fn.init = function (given) { for (var i = 0; i < given.length; i++) this[i] = given[i]; this.length = given.length }\nquery.fn.init.prototype = query.fn\nquery.extend = query.fn.extend = function (more) { for (var key in more) this[key] = more[key]; return this }\nexport default query\n`,
      "more§.x":
        `import query from "./query§.x"\nquery.fn.extend({ sum: function () { var total = 0; this.each(function () { total += Number(this) }); return total } })\nquery.extend({ version: "§" })\n`
    },
    imports: `import query§ from "./query§.x"\nimport "./more§.x"`,
    reads: [`query§([1, 2, 3]).sum?.()`, `query§.version`]
  },
  {
    tag: "classes as compilers wrote them",
    files: {
      "extends§.x":
        `export var __extends§ = (function () { var copy = function (d, b) { copy = Object.setPrototypeOf || function (d, b) { for (var p in b) d[p] = b[p] }; return copy(d, b) }; return function (d, b) { copy(d, b); function __() { this.constructor = d } d.prototype = (__.prototype = b.prototype, new __()) } })()\n`,
      "shapes§.x":
        `import { __extends§ } from "./extends§.x"\nexport var Shape§ = (function () { function Shape() { this.n = Shape.count++ } Shape.prototype.area = function () { return 0 }; Shape.count = 0; return Shape }())\nexport var Square§ = (function (_super) { __extends§(Square, _super); function Square(side) { var _this = _super.call(this) || this; _this.side = side; return _this } Square.prototype.area = function () { return this.side * this.side + _super.prototype.area.call(this) }; return Square }(Shape§))\n`,
      "made§.x":
        `import { Square§ } from "./shapes§.x"\nnew Square§(1)\nSquare§.prototype.perimeter = function () { return this.side * 4 }\n`
    },
    imports: `import { Shape§, Square§ } from "./shapes§.x"\nimport "./made§.x"`,
    reads: [`new Square§(3).area()`, `new Square§(2).perimeter?.()`, `Shape§.count`]
  },
  {
    tag: "modules as compilers wrote them",
    files: {
      "dep§.cjs":
        `"use strict"\nObject.defineProperty(exports, "__esModule", { value: true })\nexports.bump = exports.n = void 0\nlet n = 0\nexports.n = n\nconst bump = () => { exports.n = n = n + 1 }\nexports.bump = bump\nexports.default = { list: [] }\n`,
      "star§.cjs":
        `"use strict"\nvar __createBinding = function (o, m, k) { Object.defineProperty(o, k, { enumerable: true, get: function () { return m[k] } }) }\nvar __exportStar = function (m, exports) { for (var p in m) if (p !== "default" && !Object.prototype.hasOwnProperty.call(exports, p)) __createBinding(exports, m, p) }\nObject.defineProperty(exports, "__esModule", { value: true })\n__exportStar(require("./dep§.cjs"), exports)\nconst dep_1 = require("./dep§.cjs")\ndep_1.default.list.push("star")\n;(0, dep_1.bump)()\n`
    },
    imports: `import star§ from "./star§.cjs"\nimport dep§ from "./dep§.cjs"`,
    reads: [`star§.n`, `dep§.default`, `Object.keys(star§)`]
  },
  {
    tag: "coroutines",
    files: {
      "co§.x":
        `export const trace§ = []\nconst handlers = { put: (v) => { trace§.push(v) }, get: () => trace§.length }\nexport const on§ = (name, f) => { handlers[name] = f }\nexport const run§ = (make) => { const it = make(); let step = it.next(); while (!step.done) { const [name, v] = step.value; step = it.next(handlers[name]?.(v)) } return step.value }\n`,
      "flow§.x":
        `import { on§, run§ } from "./co§.x"\non§("twice", (v) => v * 2)\nexport const result§ = run§(function* () { yield ["put", "a"]; const n = yield ["get"]; return yield ["twice", n + §] })\n`
    },
    imports: `import { trace§, run§ } from "./co§.x"\nimport { result§ } from "./flow§.x"`,
    reads: [`result§`, `trace§`, `run§(function* () { return yield ["twice", 4] })`]
  },
  {
    tag: "caches",
    files: {
      "cache§.x":
        `const known = new WeakMap()\nexport const stats§ = { hits: 0, misses: 0 }\nexport const cached§ = (f) => (key) => { const table = known.get(f) ?? known.set(f, new Map()).get(f); if (table.has(key)) stats§.hits++; else { stats§.misses++; table.set(key, f(key)) } return table.get(key) }\n`,
      "warm§.x":
        `import { cached§ } from "./cache§.x"\nexport const square§ = cached§((n) => n * n)\nfor (const n of [1, 2, 1]) square§(n)\n`
    },
    imports: `import { stats§ } from "./cache§.x"\nimport { square§ } from "./warm§.x"`,
    reads: [`stats§`, `[square§(2), stats§.hits]`]
  },
  {
    tag: "parser with operators",
    files: {
      "parser§.x":
        `const operators = Object.create(null)\nexport const operator§ = (sign, power, f) => { operators[sign] = { power, f }; return operator§ }\nexport const parse§ = (text) => { const tokens = text.split(" "); const go = (least) => { let left = Number(tokens.shift()); while (tokens.length > 0 && (operators[tokens[0]]?.power ?? -1) >= least) { const { power, f } = operators[tokens.shift()]; left = f(left, go(power + 1)) } return left }; return go(0) }\noperator§("+", 1, (a, b) => a + b)\n`,
      "times§.x":
        `import { operator§ } from "./parser§.x"\noperator§("*", 2, (a, b) => a * b)("-", 1, (a, b) => a - b)\n`
    },
    imports: `import { parse§ } from "./parser§.x"\nimport "./times§.x"`,
    reads: [`parse§("1 + 2 * 3")`, `parse§("9 - 4")`]
  },
  {
    tag: "translations",
    files: {
      "i18n§.x":
        `const tables = { en: { hello: "hello" } }\nlet current = "en"\nexport const add§ = (name, table) => void Object.assign(tables[name] ??= {}, table)\nexport const use§ = (name) => { current = name }\nexport const t§ = (strings, ...given) => strings.map((s, i) => (tables[current][s.trim()] ?? s) + (given[i] ?? "")).join("")\n`,
      "de§.x":
        `import { add§, use§ } from "./i18n§.x"\nadd§("de", { hello: "hallo" })\nuse§("de")\nexport const de§ = true\n`
    },
    imports: `import { t§ } from "./i18n§.x"\nimport { de§ } from "./de§.x"`,
    reads: ["t§`hello`", "[t§`hello ${§}`, de§]"]
  },
  {
    tag: "state machine",
    files: {
      "machine§.x":
        `export class Machine§ { static #all = []; static get all() { return this.#all.map((m) => m.state) }\n  #rules = new Map(); constructor(state) { this.state = state; Machine§.#all.push(this) }\n  on(from, event, to) { const rules = this.#rules.get(from) ?? new Map(); rules.set(event, to); this.#rules.set(from, rules); return this }\n  send(event) { const next = this.#rules.get(this.state)?.get(event); if (next) this.state = typeof next === "function" ? next(this.state) : next; return this } }\n`,
      "light§.x":
        `import { Machine§ } from "./machine§.x"\nexport const light§ = new Machine§("red").on("red", "go", "green").on("green", "go", (s) => s + "§")\nlight§.send("go").send("go")\n`
    },
    imports: `import { Machine§ } from "./machine§.x"\nimport { light§ } from "./light§.x"`,
    reads: [`light§.state`, `Machine§.all`]
  },
  {
    tag: "lazy import",
    files: {
      "state§.x": `export const loaded§ = []\n`,
      "heavy§.x":
        `import { loaded§ } from "./state§.x"\nloaded§.push("heavy")\nexport default (n) => n * §\nexport let calls§ = 0\nexport const call§ = () => ++calls§\n`,
      "common§.cjs": `exports.a = 1\nmodule.exports.b = [2]\n`
    },
    imports: `import { loaded§ } from "./state§.x"\nconst heavy§ = () => import("./heavy§.x")\nconst name§ = "common§"`,
    reads: [`(await heavy§()).default(2)`, `[await heavy§().then((m) => m.call§()), loaded§]`,
      `(await import("./common§.cjs")).default`]
  },
  {
    tag: "errors with classes",
    files: {
      "errors§.x":
        `export const kinds§ = {}\nexport class AppError§ extends Error { static { kinds§.app = this } constructor(message, options) { super(message, options); this.name = new.target.name; AppError§.thrown = (AppError§.thrown ?? 0) + 1 } }\nexport class NotFound§ extends AppError§ { static { kinds§.missing = NotFound§ } code = 404 }\n`,
      "fail§.x":
        `import { kinds§ } from "./errors§.x"\ntry { throw new kinds§.missing("gone", { cause: §}) } catch (error) { error.seen = true }\n`
    },
    imports: `import { AppError§, NotFound§, kinds§ } from "./errors§.x"\nimport "./fail§.x"`,
    reads: [`Object.keys(kinds§)`, `AppError§.thrown`,
      `(() => { try { throw new NotFound§("x") } catch ({ name, code, message }) { return [name, code, message] } })()`]
  },
  {
    tag: "thrown by main",
    files: {
      "limits§.x":
        `export const limits§ = { most: 0 }\nexport const check§ = (n) => { if (n > limits§.most) throw new RangeError("more than " + limits§.most); return n }\n`,
      "raise§.x": `import * as limits from "./limits§.x"\nlimits.limits§.most = §\n`
    },
    imports: `import { check§ } from "./limits§.x"\nimport "./raise§.x"`,
    reads: [`check§(5)`, `check§(1000)`]
  }
]

/**
 * Functions that change a state (`writers`), and functions made of functions (`wrappers`).
 */
export const writers = [
  ["closure", "const put§ = (v) => { @W }", "put§", "~"],
  ["closure", "function put§(v) { @W }", "put§", "~"],
  ["closure", "const make§ = (held) => (v) => { @W }\nconst put§ = make§(@T)", "put§", "~", { parameter: "held" }],
  ["closure", "const put§ = ((held) => { return (v) => { @W } })(@T)", "put§", "~", { parameter: "held" }],
  ["closure", "const make§ = () => { const held = @T; function inner(v) { @W } return inner }\nconst put§ = make§()",
    "put§", "~", { parameter: "held" }],
  ["parameter", "const into§ = (held, v) => { @W }\nconst put§ = into§.bind(null, @T)", "put§", "~", {
    parameter: "held"
  }],
  ["parameter", "const into§ = (held, v) => { @W }", "into§", "(v) => ~(@T, v)", { parameter: "held" }],
  ["parameter", "function into§({ held }, v) { @W }\nconst put§ = (v) => into§({ held: @T }, v)", "put§", "~", {
    parameter: "held"
  }],
  ["parameter", "function into§(v, ...[held]) { @W }\nconst put§ = (v) => into§(v, @T)", "put§", "~", {
    parameter: "held"
  }],
  ["parameter", "const into§ = (v, held = @T) => { @W }", "into§", "(v) => ~(v)", { parameter: "held" }],
  ["curry", "const into§ = (held) => (v) => { @W }\nconst put§ = into§(@T)", "put§", "~", { parameter: "held" }],
  ["this", "function put§bare(v) { @W }\nconst put§ = put§bare.bind(@T)", "put§", "~", { parameter: "this" }],
  ["this", "const object§ = { held: @T, put(v) { @W } }", "object§", "(v) => ~.put(v)", {
    parameter: "this.held",
    call: "~.put(%)"
  }],
  ["this", "const object§ = { held: @T, put(v) { @W } }\nconst put§ = object§.put.bind(object§)", "put§", "~", {
    parameter: "this.held"
  }],
  ["this", "class Holder§ { held = @T; put(v) { @W } }", "Holder§", "(v) => new ~().put(v)", {
    parameter: "this.held",
    call: "new ~().put(%)"
  }],
  ["this", "class Holder§ { held = @T; put = (v) => { @W } }\nconst { put: put§ } = new Holder§()", "put§", "~", {
    parameter: "this.held"
  }],
  ["constructor", "class Init§ { constructor(v) { @W } }", "Init§", "(v) => new ~(v)", { call: "new ~(%)" }],
  ["constructor", "function Init§(v) { @W }", "Init§", "(v) => { new ~(v) }", { call: "new ~(%)" }],
  ["constructor",
    "class Init§ { constructor(held, v) { @W } }\nclass Sub§ extends Init§ { constructor(v) { super(@T, v) } }", "Sub§",
    "(v) => new ~(v)", { parameter: "held", call: "new ~(%)" }],
  ["constructor", "const Init§ = class { constructor(v) { @W } }", "Init§", "(v) => Reflect.construct(~, [v])", {
    call: "Reflect.construct(~, [%])"
  }],
  ["super",
    "class Base§ { put(v) { @W } }\nclass Sub§ extends Base§ { put(v) { super.put(v) } }\nconst sub§ = new Sub§()",
    "sub§", "(v) => ~.put(v)", { call: "~.put(%)" }],
  ["super", "class Base§ { static put(v) { @W } }\nclass Sub§ extends Base§ { static put(v) { super.put(v) } }", "Sub§",
    "(v) => ~.put(v)", { call: "~.put(%)" }],
  ["super", "class Sub§ extends (class { put(v) { @W } }) {}", "Sub§", "(v) => new ~().put(v)", {
    call: "new ~().put(%)"
  }],
  ["super", "const base§ = { put(v) { @W } }\nconst child§ = { __proto__: base§, put(v) { super.put(v) } }", "child§",
    "(v) => ~.put(v)", { call: "~.put(%)" }],
  ["prototype", "function Proto§() {}\nProto§.prototype.put = function (v) { @W }\nconst proto§ = new Proto§()",
    "proto§", "(v) => ~.put(v)", { call: "~.put(%)" }],
  ["prototype", "function Proto§() {}\nProto§.prototype = { put: function (v) { @W } }", "Proto§",
    "(v) => new ~().put(v)", { call: "new ~().put(%)" }],
  ["prototype",
    "function Base§() {}\nBase§.prototype.put = function (v) { @W }\nfunction Child§() { Base§.call(this) }\nChild§.prototype = Object.create(Base§.prototype)\nChild§.prototype.constructor = Child§",
    "Child§", "(v) => new ~().put(v)", { call: "new ~().put(%)" }],
  ["prototype", "const pp§ = {}\npp§.put = function (v) { @W }\nconst child§ = Object.create(pp§)", "child§",
    "(v) => ~.put(v)", { call: "~.put(%)" }],
  ["prototype", "class Mixed§ {}\nObject.assign(Mixed§.prototype, { put(v) { @W } })", "Mixed§",
    "(v) => new ~().put(v)", { call: "new ~().put(%)" }],
  ["mixin", "const mixin§ = (Base) => class extends Base { put(v) { @W } }\nclass Mixed§ extends mixin§(Object) {}",
    "Mixed§", "(v) => new ~().put(v)", { call: "new ~().put(%)" }],
  ["static", "class Static§ { static put(v) { @W } }", "Static§", "(v) => ~.put(v)", { call: "~.put(%)" }],
  ["static", "class Static§ { static #put(v) { @W } static go(v) { Static§.#put(v) } }\nconst { go: go§ } = Static§",
    "go§", "~"],
  ["constructor property", "class Own§ { static put(v) { @W } }\nconst own§ = new Own§()", "own§",
    "(v) => ~.constructor.put(v)", { call: "~.constructor.put(%)" }],
  ["setter", "const slot§ = { set value(v) { @W } }", "slot§", "(v) => { ~.value = v }", { call: "~.value = %" }],
  ["setter", "class Slot§ { set value(v) { @W } }\nconst slot§ = new Slot§()", "slot§", "(v) => { ~.value = v }", {
    call: "~.value = %"
  }],
  ["setter", "class Slot§ { static set value(v) { @W } }", "Slot§", "(v) => Reflect.set(~, 'value', v)", {
    call: "[~.value] = [%]"
  }],
  ["setter", "const slot§ = {}\nObject.defineProperty(slot§, 'value', { set(v) { @W } })", "slot§",
    "(v) => Object.assign(~, { value: v })", { call: "Object.assign(~, { value: % })" }],
  ["proxy", "const proxy§ = new Proxy({}, { set(_, k, v) { @W; return true } })", "proxy§", "(v) => { ~.any = v }", {
    call: "~.any = %"
  }],
  ["proxy", "const proxy§ = new Proxy({}, { get: (_, v) => { @W } })", "proxy§", "(v) => ~[v]", { call: "~['p' + %]" }],
  ["proxy", "const proxy§ = new Proxy(function () {}, { apply: (_, self, [v]) => { @W } })", "proxy§", "~"],
  ["proxy", "const proxy§ = new Proxy({}, { has: (_, v) => { @W; return true } })", "proxy§", "(v) => v in ~", {
    call: "% in ~"
  }],
  ["generator", "function* run§(v) { @W; yield }", "run§", "(v) => ~(v).next()", { call: "[...~(%)]" }],
  ["generator", "const run§ = (function* () { for (;;) { const v = yield; @W } })()\nrun§.next()", "run§",
    "(v) => ~.next(v)", { call: "~.next(%)" }],
  ["method table", "const table§ = { async: 1, ['pu' + 't']: (v) => { @W } }", "table§", "(v) => ~.put(v)", {
    call: "~['put'](%)"
  }],
  ["proto call", "const put§ = Function.prototype.call.bind(function (v) { @W }, @T)", "put§", "~", {
    parameter: "this"
  }],
  ["async", "const put§ = async (v) => { @W }", "put§", "~"],
  ["async", "const put§ = async (v) => { await null; @W }", "put§", "~", { asynchronous: true, call: "await ~(%)" }],
  ["recursion", "const put§ = (v, depth = 2) => { if (depth > 0) put§(v, depth - 1); else { @W } }", "put§",
    "(v) => ~(v)", { call: "~(%)" }],
  ["named expression", "const put§ = function own(v, again = true) { if (again) own(v, false); else { @W } }", "put§",
    "(v) => ~(v)", { call: "~(%)" }],
  ["arguments", "function put§() { const v = arguments[0]; @W }", "put§", "~"],
  ["tag", "const put§ = (strings, v) => { @W }", "put§", "(v) => ~`a${v}b`", { call: "~`a${%}b`" }],
  ["overwritten", "let put§ = () => {}\nput§ = (v) => { @W }", "put§", "~"],
  ["try", "const put§ = (v) => { try { throw v } catch (v) { @W } }", "put§", "~"],
  ["callback", "const put§ = (v) => { [v].forEach((v) => { @W }) }", "put§", "~"],
  ["library callback", "const put§ = (v) => { 'x'.replace('x', () => { @W; return '' }) }", "put§", "~"]
]

export const wrappers = [
  ["variable", "const also§ = @D", "also§", "~"],
  ["bind", "const bound§ = (@D).bind(null)", "bound§", "~"],
  ["bind", "const bound§ = (@D).bind(null, 'b§')", "bound§", "() => ~()", { call: "~()" }],
  ["once",
    "const once§ = (f) => { let done = false; return (v) => { if (!done) { done = true; f(v) } } }\nconst first§ = once§(@D)",
    "first§", "~"],
  ["once", "const once§ = (f) => { let g = f; return (v) => { g?.(v); g = undefined } }\nconst first§ = once§(@D)",
    "first§", "~"],
  ["curry", "const curry§ = (f) => (a) => (b) => f([a, b].join('-'))\nconst half§ = curry§(@D)('a')", "half§", "~"],
  ["compose",
    "const compose§ = (...fs) => (v) => fs.reduce((x, f) => (f(x), x), v)\nconst all§ = compose§(() => 0, @D)", "all§",
    "~"],
  ["apply", "const spread§ = (...given) => (@D).apply(undefined, given)", "spread§", "~"],
  ["apply", "const through§ = (v) => Reflect.apply(@D, null, [v])", "through§", "~"],
  ["array", "const fs§ = [@D]", "fs§", "~[0]", { call: "~[0](%)" }],
  ["array", "const fs§ = []\nfs§.push(@D)\nconst runAll§ = (v) => { for (const f of fs§) f(v) }", "runAll§", "~"],
  ["map", "const fs§ = new Map()\nfs§.set('f', @D)", "fs§", "~.get('f')", { call: "~.get('f')(%)" }],
  ["map", "const fs§ = new Map([['f', @D]])\nconst runAll§ = (v) => fs§.forEach((f) => f(v))", "runAll§", "~"],
  ["set", "const fs§ = new Set([@D])\nconst runAll§ = (v) => { for (const f of fs§) f(v) }", "runAll§", "~"],
  ["weak", "const key§ = {}\nconst fs§ = new WeakMap([[key§, @D]])\nconst f§ = (v) => fs§.get(key§)(v)", "f§", "~"],
  ["object", "const api§ = { put: @D }", "api§", "(v) => ~.put(v)", { call: "~.put(%)" }],
  ["object", "const api§ = {}\napi§.put = @D\nconst { put: put§ } = api§", "put§", "~"],
  ["object", "const api§ = { ...{ put: @D } }", "api§", "~.put", { call: "~['put'](%)" }],
  ["object", "const api§ = Object.freeze({ put: @D })", "api§", "~.put", { call: "~.put?.(%)" }],
  ["class field", "class Api§ { put = @D }\nconst api§ = new Api§()", "api§", "(v) => ~.put(v)", { call: "~.put(%)" }],
  ["class field", "class Api§ { static put = @D }", "Api§", "~.put", { call: "~.put(%)" }],
  ["class field", "class Api§ { #put = @D; go(v) { this.#put(v) } }\nconst api§ = new Api§()", "api§", "(v) => ~.go(v)",
    { call: "~.go(%)" }],
  ["destructured factory",
    "const make§ = () => { const f = @D; return { run: (v) => f(v), other: () => 0 } }\nconst { run: run§ } = make§()",
    "run§", "~"],
  ["destructured factory", "const make§ = (f) => [() => 0, (v) => f(v)]\nconst [, run§] = make§(@D)", "run§", "~"],
  ["getter", "const api§ = { get put() { return @D } }", "api§", "~.put", { call: "~.put(%)" }],
  ["registry",
    "const registry§ = (() => { const known = new Map(); return { add: (k, f) => { known.set(k, f) }, get: (k) => known.get(k) } })()\nregistry§.add('f', @D)",
    "registry§", "~.get('f')", { call: "~.get('f')(%)" }],
  ["registry",
    "class Registry§ { static known = {}; static add(k, f) { this.known[k] = f; return this } }\nRegistry§.add('f', @D).add('g', () => 0)",
    "Registry§", "~.known.f", { call: "~.known.f(%)" }],
  ["registry",
    "class Registry§ { #known = []; add(f) { this.#known.push(f); return this } run(v) { this.#known.forEach((f) => f(v)) } }\nconst registry§ = new Registry§().add(@D)",
    "registry§", "(v) => ~.run(v)", { call: "~.run(%)" }],
  ["emitter",
    "class Emitter§ { listeners = {}; on(k, f) { (this.listeners[k] ??= []).push(f); return () => this } emit(k, v) { for (const f of this.listeners[k] ?? []) f(v) } }\nconst emitter§ = new Emitter§()\nemitter§.on('x', @D)",
    "emitter§", "(v) => ~.emit('x', v)", { call: "~.emit('x', %)" }],
  ["proxy", "const trap§ = new Proxy(@D, {})", "trap§", "~"],
  ["memo",
    "const memo§ = (f, known = new Map()) => (v) => { if (!known.has(v)) known.set(v, f(v)); return known.get(v) }\nconst f§ = memo§(@D)",
    "f§", "~"],
  ["default", "const go§ = (v, f = @D) => f(v)", "go§", "(v) => ~(v)", { call: "~(%)" }],
  ["default", "const go§ = (v, { f = @D } = {}) => { f(v) }", "go§", "(v) => ~(v)", { call: "~(%)" }],
  ["rest", "const pack§ = (...fs) => (v) => { for (const f of fs) f(v) }\nconst go§ = pack§(...[@D])", "go§", "~"],
  ["iife", "const go§ = ((f) => (v) => f(v))(@D)", "go§", "~"],
  ["iife", "const go§ = (function () { const f = @D; return function (v) { f(v) } })()", "go§", "~"],
  ["conditional", "const go§ = Math.PI > 3 ? @D : () => {}", "go§", "~"],
  ["conditional", "let go§ = () => {}\nif (Math.PI > 3) go§ = @D", "go§", "~"],
  ["borrowed", "const o§ = { run(f, v) { f(v) } }\nconst go§ = (v) => o§.run.call({}, @D, v)", "go§", "~"],
  ["patched method", "const o§ = { run(v) {} }\no§.run = @D", "o§", "(v) => ~.run(v)", { call: "~.run(%)" }],
  ["patched method", "const o§ = { run(v) { return v } }\nconst old§ = o§.run\no§.run = (v) => { old§(v); (@D)(v) }",
    "o§", "(v) => ~.run(v)", { call: "~.run(%)" }],
  ["prototype", "function P§() {}\nP§.prototype.run = @D", "P§", "(v) => new ~().run(v)", { call: "new ~().run(%)" }],
  ["define", "const o§ = Object.defineProperty({}, 'run', { value: @D })", "o§", "(v) => ~.run(v)", {
    call: "~.run(%)"
  }],
  ["generator", "function* driver§(f) { for (;;) f(yield) }\nconst it§ = driver§(@D)\nit§.next()", "it§",
    "(v) => ~.next(v)", { call: "~.next(%)" }],
  ["generator", "const fs§ = { *[Symbol.iterator]() { yield @D } }\nconst go§ = (v) => { for (const f of fs§) f(v) }",
    "go§", "~"],
  ["symbol", "const key§ = Symbol()\nconst o§ = { [key§]: @D }\nconst go§ = (v) => o§[key§](v)", "go§", "~"],
  ["tag", "const tag§ = (strings, f, v) => f(v)\nconst go§ = (v) => tag§`${@D}${v}`", "go§", "~"],
  ["exception", "let go§\ntry { throw @D } catch (f) { go§ = f }", "go§", "~"],
  ["visitor",
    "const visit§ = (tree, visitor) => { visitor[tree.type]?.(tree.value) }\nconst go§ = (v) => visit§({ type: 'leaf', value: v }, { leaf: @D })",
    "go§", "~"],
  ["async", "const go§ = async (v) => { (@D)(v) }", "go§", "~"],
  ["async", "const got§ = await Promise.resolve(@D)", "got§", "~", { asynchronous: true }],
  ["resolver",
    "let resolve§\nconst ready§ = new Promise((resolve) => { resolve§ = resolve }).then(@D)\nconst go§ = async (v) => { resolve§(v); await ready§ }",
    "go§", "~", { asynchronous: true, call: "await ~(%)" }],
  ["resolver",
    "const { promise: promise§, resolve: resolve§ } = (() => { let resolve; const promise = new Promise((r) => { resolve = r }); return { promise, resolve } })()\nconst done§ = promise§.then(@D)\nconst go§ = (v) => { resolve§(v); return done§ }",
    "go§", "~", { asynchronous: true, call: "await ~(%)" }],
  ["thenable", "const go§ = async (v) => { await { then(resolve) { (@D)(v); resolve() } } }", "go§", "~", {
    asynchronous: true,
    call: "await ~(%)"
  }]
]

/**
 * Programs, by what is difficult in them. Each exports `main`.
 */
import type { CompilerOptions } from "../../../../core/resolution/ModuleResolver.ts"

export interface Program {
  readonly name: string
  readonly text: string
  readonly options?: Partial<CompilerOptions>
}

export const typescript: ReadonlyArray<Program> = [
  {
    name: "decorators of private members, and what their contexts give access to",
    text:
      "const gets: any[] = []; const d = (_: unknown, c: any) => { gets.push([c.kind, c.name, c.private, c.static, Object.keys(c.access), c.access]) }; class A { @d #f = 1; @d #m() { return 2 } @d get #g() { return 3 } @d set #s(v: number) { this.#f = v } @d accessor #a = 4; @d static #sf = 5; @d static #sm() { return 6 } @d static accessor #sa = 7; @d p = 8; @d accessor q = 9; static all() { return [A.#sf, A.#sm(), A.#sa] } all() { this.#s = 10; this.#a += 1; return [this.#f, this.#m(), this.#g, this.#a] } } export const main = () => { const a = new A(); return [A.all(), a.all(), gets.map(([k, n, p, s, keys, access]) => { const t = s ? A : a; const r: any[] = [k, n, p, s, keys, access.has(t), access.has({})]; if (access.get) r.push(typeof access.get(t)); if (access.set) { access.set(t, 42); if (access.get) r.push(access.get(t)) } return r })] }"
  },
  {
    name: "decorators that replace fields, accessors and methods, public and private",
    text:
      "const log: any[] = []; const twice = (v: any, c: any) => { if (c.kind === 'field') return (x: any) => x * 2; if (c.kind === 'accessor') return { get(this: any) { log.push('get'); return v.get.call(this) }, set(this: any, x: any) { log.push('set'); v.set.call(this, x * 3) }, init: (x: any) => x + 1 }; if (c.kind === 'getter') return function (this: any) { return v.call(this) * 2 }; if (c.kind === 'method') return function (this: any, ...a: any[]) { return v.apply(this, a) * 2 } }; class A { @twice @twice f = 1; @twice #p = 2; @twice accessor a = 3; @twice accessor #q = 4; @twice get g() { return 5 } @twice m(n: number) { return n } @twice #n(n: number) { return n + this.#p } @twice static s = 6; @twice static #t = 7; all() { this.a = 10; this.#q = 20; return [this.f, this.#p, this.a, this.#q, this.g, this.m(1), this.#n(2), A.s, A.#t] } } export const main = () => [new A().all(), log]"
  },
  {
    name: "decorated classes that have the name of what they are assigned to",
    text:
      "const keep = (v: any) => v; const no = (v: any, c: any) => {}; const A = @keep class {}; let b: any; b = @no class {}; const { c = @no class {} } = {} as any; const [d = @no class { @no m() {} }] = [] as any; const o = { e: @no class {}, 'f g': @no class {}, ['h' + 1]: @no class {}, 2: @no class {}, [Symbol.iterator]: @no class {} }; class P { static i = @no class {}; j = @no class {}; #k = @no class {}; accessor l = @no class {}; k() { return this.#k } } export const main = () => { const p = new P(); return [A.name, b.name, c.name, d.name, ...Reflect.ownKeys(o).map((k) => (o as any)[k].name), P.i.name, p.j.name, p.k().name, p.l.name, (0, @no class {}).name, [@no class {}][0].name] }"
  },
  {
    name: "the order in which decorators and keys and values are evaluated",
    text:
      "const log: any[] = []; const at = <T>(x: T) => (log.push(x), x); const d = (n: string) => { log.push('eval ' + n); return (v: any, c: any) => { log.push('call ' + n); c.addInitializer(function (this: any) { log.push('init ' + n + ' ' + typeof this) }) } }; @d('c1') @d('c2') class A extends (at('heritage'), Object) { [at('k0')]() {} @d('m') [at('k1')]() {} @d('sm') static [at('k2')]() {} @d('f') [at('k3')] = at('v3'); @d('sf') static [at('k4')] = at('v4'); @d('pf') #p = at('v5'); @d('pm') #pm() {} @d('a') accessor [at('k6')] = at('v6'); @d('sa') static accessor [at('k7')] = at('v7'); static { log.push('block') } @d('g') get [at('k8')]() { return 1 } @d('gs') set [at('k9')](v: any) {} plain = at('plain'); constructor() { super(); log.push('ctor') } } export const main = () => { new A(); return log }"
  },
  {
    name: "what decorators add runs between the fields",
    text:
      "const log: any[] = []; const d = (v: any, c: any) => { c.addInitializer(function (this: any) { log.push([c.name, Object.keys(this)]) }) }; class A { @d a = 1; b = 2; @d c = 3; @d m() {} } class B extends A { @d e = 4; constructor() { log.push('before'); super(); log.push('after') } } export const main = () => { new B(); return log }"
  },
  {
    name: "decorators that do what they must not",
    text:
      "const r = (f: () => unknown) => { try { return f() } catch (e: any) { return e.name } }; let add: any; const d = (v: any, c: any) => { add = c.addInitializer }; class A { @d m() {} } export const main = () => [r(() => add(() => {})), r(() => { class B { @(() => 1 as any) m() {} } }), r(() => { class B { @((v: any, c: any) => c.addInitializer(1)) m() {} } }), r(() => { class C { @(((v: any, c: any) => 1) as any) accessor x = 1 } }), r(() => { const n: any = null; class C { @n m() {} } })]"
  },
  {
    name: "metadata of decorated classes and their subclasses",
    text:
      "const S: any = Symbol; const key = S.metadata ?? Symbol.for('Symbol.metadata'); const d = (n: string) => (v: any, c: any) => { c.metadata[n] = c.kind; (c.metadata.list ??= []).push(n) }; @d('c') class A { @d('m') m() {} @d('f') f = 1 } class B extends A { @d('x') x = 1 } export const main = () => [{ ...(A as any)[key] }, { ...(B as any)[key] }, Object.getPrototypeOf((B as any)[key]) === (A as any)[key]]"
  },
  {
    name: "this and super and await in decorated classes",
    text:
      "const tag = (n: any) => (v: any, c: any) => { c.addInitializer(function (this: any) { (this.tags ??= []).push(n) }) }; class Base { m() { return 1 } get g() { return 2 } static s() { return 3 } } class Outer { key = 'k'; make() { class In extends Base { @tag(this.key) m() { return super.m() + 10 } @tag('#') #p() { return super.m() + 20 } @tag('g') get g() { return super.g + 30 } @tag('s') static s() { return super.s() + 40 } @tag('ps') static #ps() { return super.s() + 50 } p() { return this.#p() } static q() { return In.#ps() } } return In } static async wait() { const dec = async () => (v: any, c: any) => v; @(await dec()) class X extends (await Promise.resolve(Base)) { @(await dec()) async [await 'z']() { return await 5 } } return [X.name, await (new X() as any).z()] } } export const main = async () => { const I: any = new Outer().make(); const i = new I(); return [i.m(), i.p(), i.g, I.s(), I.q(), i.tags, I.tags, await Outer.wait()] }"
  },
  {
    name: "a class that its decorator replaces, by its name",
    text:
      "const sub = (v: any, c: any): any => class extends v { tagged = true }; @sub class A { static make() { return new A() } static who = 1; me() { return A } } export const main = () => [(A as any).make().tagged, new A().me() === A, A.who]"
  },
  {
    name: "accessors without decorators",
    text:
      "class A { accessor x = 1; static accessor y = () => 1; accessor #z = 2; accessor ['w' + 1] = 3; accessor f = () => {}; accessor u; accessor 'quoted key' = 4; get z() { return this.#z++ } } class B extends A {} export const main = () => { const a: any = new A(); a.x += 5; const r: any[] = [a.x, A.y.name, a.z, a.z, a.w1, a.f.name, a.u, a['quoted key'], Object.keys(a), 'x' in a, Object.getOwnPropertyNames(A.prototype)]; try { r.push(typeof (B as any).y) } catch (e: any) { r.push(e.name) } return r }"
  },
  {
    name: "legacy decorators that replace a class which uses its name",
    text:
      "const reg: any = (t: any) => class extends t { tagged = true }; const d: any = (n: string) => (...a: any[]) => {}; @reg class M { static make() { return new M() } arrow = () => M; static s = 'x' + typeof M; m(M: any) { return M } o() { return { M }.M === M } async inner() { { const M = 1; return M } } static { if (M === undefined) throw 1 } @d('x') deco(@d('p') p: any) {} } export const main = async () => { const m: any = M.make(); return [m.tagged, new (m.arrow())().tagged, M.s, m.m(3), m.o(), await m.inner(), M.name] }",
    options: { experimentalDecorators: true }
  },
  {
    name: "legacy decorators of accessors",
    text:
      "const log: any[] = []; const d: any = (t: any, k: any, p: any) => { log.push([typeof t, k, p && Object.keys(p)]); return p && { ...p, get() { return p.get.call(this) * 2 } } }; class A { @d accessor x = 3; @d static accessor y = 4 } export const main = () => [new A().x, A.y, log]",
    options: { experimentalDecorators: true }
  },
  {
    name: "legacy decorators of parameters",
    text:
      "const log: any[] = []; const p: any = (n: string) => (t: any, k: any, i: number) => { log.push([n, typeof t, k, i]) }; const c: any = (t: any) => { log.push('class') }; @c class A { constructor(@p('a') a: any, @p('b') private b = 1) {} m(@p('c') c: any) {} static s(@p('d') d: any) {} } export const main = () => { new A(1); return log }",
    options: { experimentalDecorators: true }
  },
  {
    name: "legacy decorators of fields that are assigned",
    text:
      "const log: any[] = []; const d: any = (t: any, k: any) => { log.push([typeof t, k]) }; @d class A { @d a = 1; @d static b = A.name; @d ['c'] = 2; @d 1 = 3; @d declare e: number; x = this.a } export const main = () => [Object.entries(new A()), A.b, log]",
    options: { experimentalDecorators: true, useDefineForClassFields: false }
  },
  {
    name: "standard decorators of fields that are assigned",
    text:
      "const d = (v: any, c: any) => (x: any) => x + 1; class P { set x(v: any) { throw 1 } } class A { @d a = 1; b = this.a * 2; @d c = 5; constructor(readonly p = 3) {} @d static s = 1; static t = A.s } export const main = () => [Object.entries(new A()), A.s, A.t]",
    options: { useDefineForClassFields: false }
  },
  {
    name: "enums and namespaces of the same name",
    text:
      "let low = 50; enum G { low = 1, s = 'x' } enum G { high = low * 3, t = s } namespace N { const low = 9; export enum G { a = low } export enum G { b = a + low } } export const main = () => [G.high, G.t, low, N.G.a, N.G.b, Object.keys(G)]"
  },
  {
    name: "using, when several things throw",
    text:
      "const log: any[] = []; const r = (n: string, bad = false) => ({ [Symbol.dispose]() { log.push(n); if (bad) throw new Error('d' + n) } }); const ar = (n: string, bad = false) => ({ async [Symbol.asyncDispose]() { await 0; log.push(n); if (bad) throw new Error('d' + n) } }); const t = async (f: any) => { try { return await f() } catch (e: any) { return [e.name, e.error?.message, e.suppressed?.name, e.suppressed?.message, e.message] } }; export const main = async () => [await t(() => { using a = r('a', true); using b = r('b', true); throw new Error('body') }), await t(async () => { await using a = ar('c', true); using b = r('d', true); return 1 }), await t(async () => { await using n = null; using u = undefined; await using q = r('sync') as any; return 2 }), await t(() => { using x = 1 as any }), await t(() => { using x = {} as any }), await t(() => { using x = r('e'); return t(() => { using y = r('f', true); return 5 }) }), log]"
  },
  {
    name: "using in loops and switches and generators and classes",
    text:
      "const log: any[] = []; const r = (n: string) => ({ n, [Symbol.dispose]() { log.push('-' + n) }, async [Symbol.asyncDispose]() { log.push('~' + n) } }); const fs: any[] = []; for (using x of [r('a'), r('b')]) fs.push(() => x.n); export const main = async () => { for (using x of [r('c'), r('d')]) { fs.push(() => x.n); if (x.n === 'c') continue; log.push('in'); { using y = r('e'); log.push(y.n) } } outer: for (const i of [1, 2]) { for (await using x of [r('f'), r('g')]) { if (i === 1) continue outer; break outer } } for await (using x of [r('h')]) log.push(x.n); switch (1 as number) { case 1: { using s = r('s'); log.push('case') } default: log.push('default') } const g = function* () { using z = r('z'); yield 1; yield 2 }; for (const v of g()) { if (v === 1) break } const h = () => { log.push(late()); using q = r('q'); return late(); function late() { return typeof q2() } function q2() { return () => {} } }; h(); class A { static { using b = r('block'); log.push('static') } m() { using a = r('m'); return this } } log.push(new A().m() instanceof A); return [fs.map((f) => f()), log] }"
  },
  {
    name: "variables with the name of what is caught",
    text:
      "export const main = () => { const seen: any[] = []; try { throw 'one' } catch (p) { try { throw 'two' } catch (p) { for (var p of ['x', 'y'] as any) seen.push(p); seen.push(p) } seen.push(p) } seen.push(p); function f() { try { throw 1 } catch (e) { var e: any = 2; { let e = 3; seen.push(e) } seen.push(e) } seen.push(e); var g = () => e; return g() } seen.push(f()); try { throw [1] } catch ([a]) { try { throw 2 } catch (a) { var a2 = a; seen.push(a2) } seen.push(a) } return seen }"
  },
  {
    name: "types between statements without semicolons",
    text:
      "const log: any[] = []; const f: any = (...x: any[]) => { log.push(x); return f }; let a: any = f as any\n;(f)(1)\nlet b = f!\n;[f][0](2)\ntype T = 1\n;(f)(3)\ninterface I {}\n;[f][0](4)\nlet c = <any>f\n;`x`\nabstract class K { x!: number\n [`y`]: any = 1\n z() {} }\ndeclare const q: any\n(f)(5)\nexport const main = () => log"
  }
]

export const modules: ReadonlyArray<Program> = [
  {
    name: "parentheses that mean something",
    text:
      "const t = s => s[0], p = Promise.resolve(t), n = async x => x; export const main = async () => { const r = []; r.push((await p)`a`, (await n(3)) ** 2, (await (await n(p)))`b`, ((x) => x + 1)(2), (() => ({}).x)(), (function () { return 1 })(), (class { static q = 2 }).q, new (class { x = 3 })().x, new (function () { return { y: 4 } })().y, new ((() => Date)())(0).getTime(), typeof new (t, Date)(), (a => a)(5), (0, [].map).call([1], x => x + 1), (-2) ** 2, ({}).toString(), 1..toString(), 1.5.toFixed(0), (1).toFixed(1), 0x1.toString(), 1e3.toString()); try { new (() => {})() } catch (e) { r.push(e.name) } try { class A extends (() => {}) {} } catch (e) { r.push(e.name) } const o = null, q = { a: { b() { return this } } }; r.push(o?.a.b, (() => { try { return (o?.a).b } catch (e) { return e.name } })(), (q?.a).b() === q.a, (q?.a.b)() === q.a, (null ?? undefined) || 1, (1, 2), [...(1, [2])], `${(1, 2)}`); for (var i = ('a' in { a: 1 }) ? 1 : 0; i < 2; i++) r.push(i); return r }"
  },
  {
    name: "yield in parentheses",
    text:
      "export const main = () => { const t = s => s[0], r = []; const g = function* () { r.push((yield 1)`y`, (yield 2) + 1, [...(yield 3)], (yield) ? 1 : 2, (yield 4).x, -(yield 5), `${yield 6}`); yield* [7]; const c = class { [yield 8] = 1; static s = 2 }; r.push(Object.keys(new c())); return (yield (1, 2)), 3 }; const i = g(); let s, sent = [undefined, t, 2, [9], 0, { x: 10 }, 11, 'k', 0, 'key', 0]; for (const v of sent) { s = i.next(v); r.push(s.value); if (s.done) break } return r }"
  },
  {
    name: "functions that get a name, and others that do not",
    text:
      "let a, b, c, d; (a) = function () {}; [(b) = () => {}] = []; ({ x: (c) = class {} } = {}); ((d)) ??= () => {}; let e = (function () {}), f = (0, function () {}), g; (g = () => {}); const h = { i: (() => {}), j: (0, () => {}) }; export const main = () => [a.name, b.name, c.name, d.name, e.name, f.name, g.name, h.i.name, h.j.name]"
  },
  {
    name: "keys that are words of the language",
    text:
      "class A { 'static'\n *a() {} 'get'\n 'b'() {} 'set'; c() {} static 'static'\n static 'get'\n *d() {} static async\n *e() {} accessor\n 'x' = 1; async\n f() {} 'constructor'() { this.made = 1 } static 'name' = 'N'; static ['prototype2'] = 1; '__proto__' = 2; ['__proto__x'] = 3; get\n g() { return 1 } static set\n h(v) {} } const o = { get: 1, set: 2, async: 3, static: 4, get get() { return 5 }, set set(v) {}, async async() {}, *get2() {}, '__proto__'() { return 6 }, ['constructor']: 7, async *gen() {} }; export const main = () => [Object.keys(new A()), Reflect.ownKeys(A).map(String), Reflect.ownKeys(A.prototype), Reflect.ownKeys(o), o.get, new A().made]"
  },
  {
    name: "__proto__ in all its forms",
    text:
      "const p = { m: 1 }, __proto__ = p; export const main = () => [({ __proto__: p }).m, ({ ['__proto__']: p }).m, ({ '__proto__': p }).m, ({ __proto__ }).m, Object.keys({ __proto__ }), Object.keys({ ['__proto__']: 1 }), (({ __proto__: q }) => q === Object.prototype)({}), ({ __proto__() {} }).m]"
  },
  {
    name: "strings, templates and patterns",
    text:
      "export const main = () => ['\\ud800'.length, '\\\\ud800'.length, '\\ud83d\\ude00', '\\u{1f600}', { '\\ud800': 1 }, '\\0', '\\x001', '\\v\\b\\f', `\\ud800`.length, String.raw`\\ud800\\u{61}\\n`, ((s) => s.raw[0] + s[0])`\\u{zz}`, '\\u2028\\u2029', '</script>', '\\\n', 'a\\\nb', `a\\\nb${1}\n`, ((s) => [...s.raw])`a\\\nb${1}\\${2}`, /[/\\]/]+/.source, /\\u{61}/u.flags, /[\\p{L}--[a-z]]/v.flags, /(?<a>.)\\k<a>/dgimsy.flags, 'a' in { a: 1 }, '\\u0061' === 'a', {\\u0061b: 1}.ab]"
  },
  {
    name: "operators beside each other",
    text:
      "let a = 1, b = 2; export const main = () => [+ +a, - -a, +-a, a - -b, a + +b, a+ ++b, a- --b, a++ + b, a-- - b, !(!a), ~-a, typeof typeof a, void 0, a < !--b, (a, b), a ? (b, 1) : 2, a = b = 3, (a = 1, b), [a, b] = [b, a], a ** -b, (-a) ** b, (a ** b) ** 2, a ** (b ** 2), (a && b) || 0, a && (b || 0), (a ?? b) || 0, (a || b) ?? 0, a ?? (b && 0), !(a in [1]), !(a instanceof Object), (a, b) in [1, 2, 3, 4], -(a + b), (a + b) * 2, a / (b / 2), a / b / 2, a % (b * 2), a - (b - 1), (a << b) >> 1, a << (b >> 1), (a & b) | 1, a & (b | 1), (a == b) == 1, a == (b == 1), a > (b > 1), 1 / /1/.source, a++ / 2 / b]"
  },
  {
    name: "optional chains that end and that go on",
    text:
      "const o = { a: { b: (s) => s?.[0] ?? 's', c: null }, f() { return this === o } }; export const main = () => { const r = [(o?.a.b)`x`, o.a.c?.d.e.f, o?.['a']?.['b']?.('y'), (o?.f)(), o?.f(), (o?.a).c, delete o?.zz, (o.a?.c)?.x, ((o?.a).c)?.x, new (o?.a.b, Date)(0).getTime()]; return r }"
  },
  {
    name: "members of classes",
    text:
      "class A { static #p = 1; #q = 2; static get #g() { return A.#p } static set #g(v) { A.#p = v } static #m() { return A.#g++ } static async *gen() { yield A.#m() } static { this.x = A.#p; var y = 1; this.y = y } has(o) { return #q in o } static [(A1 => 'k')()] = 1; get [`l`]() { return 1 } static async = 2; static await = 3; static get get() { return 4 } static async async() { return 6 } static *[Symbol.iterator]() { yield* [1, 2] } } export const main = async () => { const r = [A.x, A.y, new A().has(new A()), A.k, new A().l, A.await, A.get, [...A]]; for await (const v of A.gen()) r.push(v); try { r.push(await A.async()) } catch (e) { r.push(e.name) } return r }"
  },
  {
    name: "labels and loops and cases",
    text:
      "export const main = () => { const r = []; a: { b: for (const x of [1, 2, 3]) { c: do { if (x === 2) continue b; if (x === 3) break a; r.push(x) } while (0) } r.push('no') } l: r.push('l'); if (1) m: { r.push('m'); break m } do r.push('d'); while (0) r.push('after'); for (;;) break; for (var i = 0, j = 1; i < 2; i++, j++); r.push(i, j); for (const k in { a: 1 }) r.push(k); for (let [x, y = x] of [[1]]) r.push(y); while (r.length > 100); switch (3) { case 1: { let z = 1 } default: { r.push('D') } case 2: r.push('2') } return r }"
  }
]

export const scripts: ReadonlyArray<Program> = [
  {
    name: "strings that are directives and strings that are not",
    text:
      "exports.main = () => { const k = f => f.call(1), out = []; out.push((function () { ('use strict'); return typeof this }).call(1), (function () { ; 'use strict'; return typeof this }).call(1), (function () { 'use strict'; return typeof this }).call(1), (function () { 'other'; 'use strict'; return typeof this }).call(1), (function () { 'use\\x20strict'; return typeof this }).call(1), (function () { 'use strict' + ''; return typeof this }).call(1), (function () { 'a', 'use strict'; return typeof this }).call(1), (function () { { 'use strict' } return typeof this }).call(1), (function () { `use strict`; return typeof this }).call(1), (function () { function g() {} 'use strict'; return typeof this }).call(1), (function () { void 0; 'use strict'; return typeof this }).call(1), (function () { 1; 'use strict'; return typeof this }).call(1), (function () { var a; 'use strict'; return typeof this }).call(1), (() => { ('use strict'); return 1 })(), (function () { 'use strict'; 'use strict'; return typeof this }).call(1), (function () { ('x'); 'use strict'; return typeof this }).call(1), (function (a = 1) { ('use strict'); return typeof this }).call(1), ({ m() { ('use strict'); return typeof this } }).m.call(1), ({ get g() { ('use strict'); return 1 } }).g); return out }"
  },
  {
    name: "a string in parentheses at the top of a script",
    text: "('use strict'); exports.main = function () { return (function () { return typeof this }).call(1) }"
  },
  {
    name: "a directive at the top of a script",
    text: "'use strict'; exports.main = function () { return (function () { return typeof this }).call(1) }"
  },
  {
    name: "words of the language that are names in sloppy mode",
    text:
      "exports.main = function () { var let = [1, 2], yield = 3, static = 4, async = 5, of = 6, await = 7, implements = 8; (let)[0] = 9; var r = [let[0], (let)[1], yield, static, async, of, await, implements, yield * 2, async ? 1 : 2]; for (async in { q: 1 }) r.push(async); for (of of [1]) r.push(of); for (let in { z: 1 }); r.push(let); yield: for (;;) { break yield } let = 3; r.push(let); return r }"
  },
  {
    name: "octal numbers and escapes",
    text: "exports.main = function () { return [010, 08, 0777, '\\101', '\\8', '\\0', '\\08', `\\0`, 0o17] }"
  },
  {
    name: "functions in blocks, in sloppy mode",
    text:
      "exports.main = function () { var r = [typeof g]; { function g() { return 1 } } r.push(typeof g, g()); if (r) { function h() { return 2 } } r.push(h()); switch (1) { case 1: function s() { return 3 } } r.push(s()); try { throw 1 } catch (e) { function e2() { return e } } r.push(e2()); (function () { r.push(typeof k); { r.push(k()); function k() { return 4 } k = 5 } r.push(typeof k) })(); var m = 1; { function m() {} } r.push(typeof m); (function (a) { { function a() {} } r.push(typeof a) })(1); l: function lf() { return 6 } r.push(lf()); { let q = 1; { function q() {} } r.push(q) } return r }"
  },
  {
    name: "comments of HTML",
    text:
      "var x = 5, log = []\n<!-- a comment\nlog.push(x)\n--> another\nwhile (x --> 3) log.push(x)\nif (x < !--x) log.push('lt')\nexports.main = () => log"
  },
  {
    name: "with, arguments, delete and undeclared names",
    text:
      "exports.main = function () { var o = { a: 1, f: function () { return this === o } }; with (o) { a = 2; var r = [a, f()]; function inner() { return a } } r.push(o.a, delete o.a, typeof a, inner.name); (function (a, a) { arguments[0] = 9; r.push(a, arguments.length) })(1, 2); (function (x) { arguments[0] = 7; r.push(x) })(1); undeclared1 = 3; r.push(delete globalThis.undeclared1, this === undefined); return r }"
  },
  {
    name: "return at the top of a script",
    text: "exports.main = () => 1; if (exports.main) return; exports.main = 2"
  },
  {
    name: "var in catch, in sloppy mode",
    text:
      "exports.main = function () { var r = []; try { throw 1 } catch (e) { var e = 2; r.push(e) } r.push(e); try { throw 3 } catch (x) { try { throw 4 } catch (x) { var x = 5; r.push(x) } r.push(x) } r.push(x); return r }"
  },
  {
    name: "locals that shadow globals",
    text:
      "exports.main = function () { { function fetch() { return 1 } var r = [fetch.name, fetch()] } function URL() {} r.push(URL.name, typeof globalThis.URL, (function name() { return name.name })(), (() => { let Map = 1; return Map })(), typeof Map); return r }"
  }
]

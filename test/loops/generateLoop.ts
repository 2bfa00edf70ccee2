/**
 * Generated loops: modules with one function `run`, which loops over something, builds something up, and gives back all that
 * it can see. About half of them do something that no proof may let through.
 */
import * as Choices from "../identity/Choices.ts"

/** What stands before every function: data that iterations share, and helpers of all kinds. */
const prelude = `
let state = 0
const table: any = []
const cache: Record<string, unknown> = {}
const begin = () => {
  state = 0
  table.splice(0, 2, { v: 3, list: [1] }, { v: 5, list: [2] })
  for (const key of Object.keys(cache)) delete cache[key]
}
const work = (n: any): any => { let t = 0; for (let i = 0; i < 20; i++) t = (t * 3 + Number(n) + i) % 1009; return t }
const make = (n: any): any => ({ v: n, list: [n, n + 1], inner: { v: work(n) } })
const wrap = (o: any, n: any): any => ({ o, n: work(n) })
const pick = (a: any, b: any, n: any): any => work(n) % 2 === 0 ? a : b
const same = (o: any): any => o
const change = (o: any, n: any): any => { o.v += n; return o.v }
const append = (list: any, n: any): any => { list.push(work(n)); return list.length }
const fails = (n: any): any => { if (work(n) % 4 === 0) throw new RangeError("it fails at " + n); return n }
const count = (): any => { state += 1; return state }
const memo = (n: any): any => { cache[n] ??= work(n); return cache[n] }
const tree = (n: any): any => n < 2 ? n : tree(n - 1) + tree(n - 2)
const ordered = (list: any): any => [...list].sort((a: any, b: any) => a - b).map((x: any) => x * 2)
const fallback = (o: any = table[0]): any => o
`

/** Builds one program. The loop's own value is `x`, a number that it stands for is `v`, a key `k`. */
class Writer {
  readonly #choices: Choices.Choices
  /** One in how many statements does what is forbidden; 0 for none. */
  readonly #daring: number
  #names = 0
  #inLoop = 0

  constructor(choices: Choices.Choices, daring: number) {
    this.#choices = choices
    this.#daring = daring
  }

  #name(): string {
    this.#names += 1
    return `n${this.#names}`
  }

  /** A number. `locals` are objects of this iteration with `v`, `list` and `inner`. */
  number(locals: ReadonlyArray<string>, depth = 0): string {
    const { below, once, pick } = this.#choices
    const own = locals[below(locals.length)]
    if (depth > 2 || once(3)) {
      return pick(["v", String(below(9)), "-0", "0.1", "shared.v", "table[1].v", own === undefined ? "v" : `${own}.v`,
        own === undefined ? "v" : `${own}.list.length`])
    }
    const inner = (): string => this.number(locals, depth + 1)
    return pick([
      `(${inner()} + ${inner()})`,
      `(${inner()} * ${inner()}) % 97`,
      `(${inner()} - 0.3 * ${inner()})`,
      `work(${inner()})`,
      `Math.sin(${inner()})`,
      `tree(Math.abs(${inner()}) % 7 | 0)`,
      `[${inner()}, ${inner()}].reduce((a: any, b: any) => a + b, 0)`,
      `ordered([${inner()}, ${inner()}])[0]`,
      `(${inner()} > 3 ? ${inner()} : ${inner()})`,
      `((a: any) => a + ${inner()})(${inner()})`
    ])
  }

  /** Something that may be, or hold, an object. */
  thing(locals: ReadonlyArray<string>): string {
    const { below, pick } = this.#choices
    const own = locals[below(locals.length)] ?? "shared"
    const n = (): string => this.number(locals, 1)
    return pick(["x", own, n(), n(), `make(${n()})`, `wrap(x, ${n()})`, `wrap(${own}, ${n()})`, `{ a: ${n()}, x }`,
      `[${n()}, x, , ${own}]`, "shared.inner", "table[0]", "undefined", "NaN", "10n", `new Map([[k, ${own}]])`,
      `new Set([${n()}])`, `new Date(${n()})`, "[]", `{ ...${own} }`, `pick(x, ${own}, ${n()})`, `same(shared.inner)`,
      `new Float64Array([${n()}])`, "k", `/a/g`, `fallback()`])
  }

  #update(locals: ReadonlyArray<string>): string {
    const { pick } = this.#choices
    const n = (): string => this.number(locals)
    const thing = (): string => this.thing(locals)
    const part = pick(["k", "k", `"a"`, `String(${n()})`, `"p" + work(v) % 3`])
    return pick([
      `total += ${n()}`,
      `total -= ${n()}`,
      "hits++",
      `text += ${pick(["k", `String(${n()})`, n(), "`${v};`"])}`,
      `best = Math.max(best, ${n()})`,
      `least = Math.min(${n()}, least)`,
      `list.push(${thing()})`,
      `list.push(${thing()}, ${n()})`,
      `list.push(...[${thing()}, ${n()}])`,
      `(groups[${part}] ??= []).push(${thing()})`,
      `counts[${part}] = (counts[${part}] ?? 0) + ${n()}`,
      `map.set(${pick(["k", "x", n()])}, ${thing()})`,
      `sums.set(${part}, (sums.get(${part}) ?? 0) + ${n()})`,
      `set.add(${pick([thing(), n()])})`,
      `grid[work(v) % 8] = ${n()}`,
      `grid[work(v) % 8] += ${n()}`,
      `cells[work(v) % 4][v & 3] = ${n()}`,
      `first ??= ${n()}`,
      `typed[work(v) % 8] += ${n()}`
    ])
  }

  /** What carries something from one iteration to another, or leaves the loop. */
  #forbidden(locals: ReadonlyArray<string>): string {
    const { below, pick } = this.#choices
    const n = this.number(locals, 1)
    const own = locals[below(locals.length)] ?? "shared"
    const leaves = this.#inLoop === 0
      ? [`if (${n} > 60) break`, `if (${n} > 90) return [total, list]`]
      : [`if (${n} > 60) break loop`, `if (${n} > 60) continue loop`]
    return pick([
      `if (${n} > 60) break loop`,
      ...leaves,
      "shared.v += 1",
      `shared.inner.v = ${n}`,
      "state += 1",
      `total += count()`,
      `total += memo(${n})`,
      `list.push(list.length)`,
      `total += total * 0.5`,
      `last = ${n}`,
      `list.push(last)`,
      `grid[(v & 3) + 1] = grid[v & 3] + 1`,
      `grid[(v & 3) + 1] = grid[v & 3] + work(v)`,
      `change(table[0], ${n})`,
      `change(fallback(), ${n})`,
      `append(shared.list, ${n})`,
      `const { inner } = shared; inner.v += ${n}`,
      `const [{ list: deep }] = table; deep.push(${n})`,
      `for (const each of [shared]) each.v += ${n}`,
      `for (const each of Object.values(shared)) if (each?.v !== undefined) each.v += 1`,
      `Object.assign(shared, { v: ${n} })`,
      `[shared, ${own}].forEach((each: any) => { each.v += 1 })`,
      `[{ ...shared }][0].inner.v += 1`,
      `${own}.to = shared; ${own}.to.v += 1`,
      `same(shared).v += 1`,
      `pick(shared, ${own}, v).v += 1`,
      `{ const f = () => shared; f().v += 1 }`,
      `wrap(shared, v).o.v += 1`,
      `delete shared.v`,
      `const alias = list; alias.push(${n})`,
      `groups.own = list`,
      `(groups[k] ??= shared.list).push(${n})`,
      `shared.list.sort(); shared.list.push(${n})`,
      `total += Object.keys(counts).length`,
      `x.v = ${n}`,
      `Buffer.from(k).copy(bytes, work(v) % 8)`,
      `total += new TextEncoder().encodeInto(k, bytes.subarray(work(v) % 8)).written`,
      `bytes.set([v & 7], work(v) % 8)`,
      `new Uint8Array(bytes.buffer).fill(v & 3)`,
      `structuredClone(v, { transfer: work(v) % 5 === 0 ? [bytes.buffer] : [] })`,
      `const own: any = { put: [].push }; own.put(shared); own[0].v += 1`,
      `const found: any = ({} as any)[first ?? "constructor"]; found.assign?.(shared, { v: ${n} })`,
      `void Promise.resolve(${own}).then((each: any) => { each.later = v })`,
      `{ const row: any = { v }; void Promise.resolve().finally(() => { row.v = -1 }); list.push(row) }`,
      `try { (fixed as any) += ${n} } catch (error) { list.push(String(error)) }`,
      `text += String(new Error(k).stack).split("\\n").length`,
      `Array.prototype.push.call(shared.list, ${n})`,
      `[shared.list, []].map((each: any) => each.push(${n}))`,
      `pattern.lastIndex = 0; total += pattern.test(k + "1") ? 1 : 0`,
      `total += pattern.test(k + "12") ? 1 : 0`
    ])
  }

  block(locals: ReadonlyArray<string>, depth: number, size: number): string {
    const all = [...locals]
    const lines = Array.from({ length: size }, () => this.#statement(all, depth))
    return `{ ${lines.join("; ")} }`
  }

  #statement(locals: Array<string>, depth: number): string {
    const { below, once, pick } = this.#choices
    if (this.#daring > 0 && once(this.#daring)) return this.#forbidden(locals)
    if (depth > 2 || once(2)) return this.#update(locals)
    const n = (): string => this.number(locals)
    const own = locals[below(locals.length)]
    const inner = (size = 1 + below(2)): string => this.block(locals, depth + 1, size)
    const name = this.#name()
    const local = (): string => {
      const value = pick([`make(${n()})`, `{ v: ${n()}, list: [${n()}], inner: { v: 1 } }`,
        `structuredClone({ v: ${n()}, list: [], inner: { v: 2 } })`, `{ ...make(v), list: [] }`])
      locals.push(name)
      return `const ${name}: any = ${value}`
    }
    const nested = (): string => {
      this.#inLoop += 1
      const body = inner()
      this.#inLoop -= 1
      return pick([`for (let j = 0; j < 3; j++) ${body}`, `for (const y of [v, 2, "c"]) ${body}`,
        `${name}: for (let j = 0; j < 3; j++) { if (j === work(v) % 3) break ${name}; ${body} }`])
    }
    return pick([
      local,
      local,
      () =>
        own === undefined ? local() :
          pick([`${own}.v += ${n()}`, `${own}.list.push(${n()})`, `${own}.inner.v = ${n()}`, `change(${own}, ${n()})`,
            `append(${own}.list, ${n()})`, `${own}.list.sort((a: any, b: any) => b - a)`,
            `${own}.to = ${pick(["x", "shared", "k"])}`]),
      nested,
      nested,
      () => `if (${n()} > 40) ${inner()} else ${inner()}`,
      () => this.#inLoop === 0 ? `if (${n()} > 70) continue` : `if (${n()} > 70) break`,
      () => `try { ${this.#update(locals)}; fails(${n()}); ${this.#update(locals)} } catch (error) ${inner()}`,
      () => `try { fails(v) } catch (error) { list.push(String(error)) } finally ${inner()}`,
      () => {
        this.#inLoop += 1
        const cases = `switch (work(v) % 3) { case 0: ${this.#update(locals)}; break; case 1: ${
          this.#update(locals)
        }; default: ${this.#update(locals)} }`
        this.#inLoop -= 1
        return cases
      },
      () => once(8) ? `total += fails(${n()})` : this.#update(locals)
    ])()
  }

  program(): string {
    const { once, pick, shuffled } = this.#choices
    const waits = once(4)
    // What it goes over, and the number and the key that each of it stands for
    const [declared, header, v, k] = pick([
      ["const items: any = [4, 1, 3, 1, 5, 9, 2]", "const x of items", "x", "String(x % 3)"],
      ["const items: any = [{ v: 1 }, { v: 6 }, { v: 2 }, table[0], { v: 6 }, shared]", "const x of items", "x.v",
        `"k" + x.v`],
      ["const items: any = [[1, { v: 2 }], [2, { v: 4 }], [3, { v: 7 }]]", "const [index, x] of items", "x.v + index",
        "String(index)"],
      ["const items: any = [{ v: 4 }, { v: 8 }, { v: 1 }, { v: 8 }]", "const [index, x] of items.entries()", "index",
        "String(x.v)"],
      [`const items: any = new Map<any, any>([["a", { v: 1 }], ["b", { v: 8 }], ["c", { v: 5 }], ["d", shared]])`,
        "const [key, x] of items", "x.v", "key"],
      ["const items: any = new Set([5, 3, 8, 13])", "const x of items", "x", "String(x & 1)"],
      [`const items: any = "héllo 😀 wörld"`, "const x of items", "x.codePointAt(0)", "x"],
      ["const items: any = { a: 4, b: 7, c: 9 }", "const [key, x] of Object.entries(items) as any", "x", "key"],
      ["const items: any = 9", "let x = 0; x < items; x++", "x", "String(x % 3)"],
      ["const items: any = [1, 2, 3, 4, 5, 6, 7]", "let x = 1; x <= items.length; x += 2", "items[x - 1]", "String(x)"],
      ["const items: any = [3]", "const x of items", "x", `"only"`],
      ["const items: any = []", "const x of items", "x", `"none"`],
      ["const items: any = [2, , 7, undefined, 4]", "const x of items", "x ?? 1", "String(x)"],
      ["const items: any = new Float64Array([0.5, 2, -0, 7])", "const x of items", "x", "String(x)"]
    ])
    const aliased = once(10) ?
      pick(["const groups: any = { a: shared.list }", "const groups: any = { a: list, b: list }"])
      : "const groups: any = {}"
    const accumulators = shuffled(["counts", "map", "sums", "set", "grid", "typed"])
    const start = waits ? "await Promise.resolve(work(v)); " : ""
    const body = this.block([], 0, 2 + this.#choices.below(4)).slice(1)
    const loop = `loop: for (${header}) { const v: any = ${v}; const k: any = ${k}; ${start}${
      once(5) ? "" : "total += work(v); "
    }${body}`
    // A loop with a label is never proven, and one without need not have it
    const written = loop.replace(/\b(break|continue) loop\b/.test(body) ? /^$/ : /^loop: /, "")
    const guarded = once(4) ? `try { ${written} } catch (error) { caught = String(error) }` : written
    return `${prelude}
export ${waits ? "async " : ""}function run(): any {
begin();
const shared: any = { v: 2, list: [3, 1], inner: { v: 1 } };
${declared};
let total = 0, hits = 0, text = "", best = -Infinity, least = Infinity, first: any, last: any, caught: any;
const list: any = [];
${aliased};
const counts: any = { a: 1 }, map = new Map<any, any>(), sums = new Map<any, any>(), set = new Set<any>();
const grid: any = ${pick(["Array(8).fill(0)", "[1, 2, 3, 4, 5, 6, 7, 8]", "Array(8)"])};
const cells: any = ${once(8) ? "Array(4).fill([0, 0, 0, 0])" : "Array.from({ length: 4 }, () => [0, 0, 0, 0])"};
const typed = new Float64Array(8), bytes = new Uint8Array(16), pattern = /\\d/g;
const fixed: number = 1;
${guarded};
return { total, hits, text, best, least, first, last, caught, list, groups, cells, ${
      accumulators.join(", ")
    }, bytes: bytes.length === 0 ? "gone" : bytes, fixed, shared, items, state, table: table, cache };
}
`
  }
}

/** The text of the module that `seed` decides. Every second one dares something. */
export const generateLoop = (seed: number): string => {
  const choices = Choices.make(seed)
  return new Writer(choices, seed % 2 === 0 ? 0 : 6).program()
}

/**
 * Writes the chunks of a program: states, ways to them, functions that change them, and what makes these run.
 *
 * What other chunks can refer to is a handle: `{ module, root, expression }`, an expression over a name of a module, with `~` for the
 * name. Those of states also have a `kind`; those of functions may have another form of `call`.
 */
import { counters, states } from "./flows/states.mjs"
import { noise } from "./flows/noise.mjs"
import { references } from "./Program.mjs"
import { awaited } from "./Tables.mjs"

const simple = /^[\w$.⟦⟧:]+$/
const asOperand = (expression) => simple.test(expression) ? expression : `(${expression})`
const nameOf = ({ module, root }) => `⟦${module}:${root}⟧`
/** The handle's value, as an operand. */
const at = (handle) => asOperand(handle.expression.replaceAll("~", nameOf(handle)))
const callOf = (doer, value) =>
  doer.call === undefined ? `${at(doer)}(${value})` : doer.call.replaceAll("~", nameOf(doer)).replaceAll("%", value)
const kindOf = (handle) => states.find(({ kind }) => kind === handle.kind)

/** @param {{ program: object, random: object, tables: object }} options see Program.mjs, Random.mjs, Tables.mjs */
export const make = ({ program, random, tables }) => {
  const { language, main, modules } = program
  let count = 10
  const fresh = () => (count += 1)
  const handles = []
  const countersMade = []
  /** Pairs of modules of which the first may be evaluated before the second, which is earlier otherwise. */
  const cyclic = new Set()
  /** Expressions that `main` may give, besides states. */
  const reads = []

  /** Whether code of module `from` can refer to module `to` while it is evaluated. */
  const sees = (from, to) =>
    from === to ||
    !cyclic.has(`${from} ${to}`) && to < from && (modules[from].system === "esm" || modules[to].system === "cjs")
  const add = (index, text, ...tags) => void modules[index].chunks.push({ text, tags })
  /** Rows that may stand in the module. */
  const fitting = (rows, index) =>
    rows.filter(({ asynchronous, esm }) =>
      asynchronous !== true && esm !== true ||
      modules[index].system === "esm" && !(program.closure && esm && index === main)
    )
  /** The module itself, or sometimes another that is evaluated before it and sees `least`. */
  const placeFor = (least, index) => {
    const possible = modules.filter((each) => each.index <= index && each.index !== main && sees(each.index, least))
    return random.chance(0.65) || possible.length === 0 ? index : random.pick(possible).index
  }
  /** In a closure, what is outside of it is only read. */
  const changeable = (list, index) =>
    list.filter(({ module, origin }) => sees(index, module) && (!program.closure || index !== main || origin === main))

  const state = (index) => {
    const number = fresh()
    if (random.chance(0.15)) {
      const { make, root } = random.pick(counters)
      const name = `count${number}`
      add(index, make.replaceAll("@S", name), "state:counter")
      countersMade.push({ module: index, origin: index, root: root.replace("@S", name), expression: "~", name })
      return
    }
    const { kind, make } = random.pick(states)
    const root = `${kind === "class" ? "Kind" : kind}${number}`
    add(index, random.pick(make).replaceAll("@S", root).replaceAll("§", number), `state:${kind}`)
    handles.push({ module: index, origin: index, root, expression: "~", kind })
  }

  /** A row of a table made into a chunk of the module, and a handle of what it gives. */
  const place = (family, row, index, fill) => {
    const number = fresh()
    const filled = (text) => fill(text).replaceAll("§", number)
    add(index, filled(row.text), `${family}:${row.tag}`)
    return {
      module: index,
      root: filled(row.root),
      expression: filled(row.expression),
      call: row.call === undefined ? undefined : filled(row.call),
      asynchronous: row.asynchronous
    }
  }

  const alias = (handle, index) => {
    const rows = fitting(tables.aliases, index)
    if (rows.length === 0) return handle
    const { expression, module, root } = place(
      "aliases",
      random.pick(rows),
      index,
      (text) => text.replaceAll("@T", at(handle))
    )
    return { ...handle, module, root, expression }
  }

  const writer = (handle, index) => {
    const row = random.pick(fitting(tables.writers, index))
    const write = random.pick(kindOf(handle).writes).replaceAll("@T", row.parameter ?? at(handle))
    return place("writers", row, index, (text) => text.replaceAll("@W", write).replaceAll("@T", at(handle)))
  }

  const wrap = (doer, index) => {
    const rows = fitting(tables.wrappers, index)
    if (rows.length === 0) return doer
    const wrapped = place("wrappers", random.pick(rows), index, (text) => text.replaceAll("@D", at(doer)))
    return { ...wrapped, asynchronous: wrapped.asynchronous ?? doer.asynchronous }
  }

  const trigger = (doer, index) => {
    const { tag, text } = random.pick(doer.asynchronous === true ? awaited : fitting(tables.triggers, index))
    const number = fresh()
    const called = callOf(doer, String(number))
    const filled = text.replaceAll("@C", called).replaceAll("await await", "await").replaceAll("@D", at(doer))
      .replaceAll("§", number)
    add(index, filled, `triggers:${tag}`)
  }

  /** A state is changed at the top level of the module, over some hops. */
  const step = (index) => {
    const seen = changeable(handles, index)
    const seenCounters = changeable(countersMade, index)
    if (seenCounters.length > 0 && (seen.length === 0 || random.chance(0.15))) {
      const doer = random.pick(seenCounters)
      return trigger(random.chance(0.5) ? wrap(doer, placeFor(doer.module, index)) : doer, index)
    }
    if (seen.length === 0) return
    let handle = random.pick(seen)
    for (let hops = random.weighted([[4, 0], [5, 1], [2, 2]]); hops > 0; hops--) {
      handle = alias(handle, placeFor(handle.module, index))
      if (random.chance(0.3)) handles.push(handle)
    }
    if (random.chance(0.15)) {
      const write = random.pick(kindOf(handle).writes).replaceAll("@T", at(handle))
      return add(index, `{ const v = ${fresh()}; ${write} }`, "write")
    }
    let doer = writer(handle, placeFor(handle.module, index))
    for (let hops = random.weighted([[5, 0], [4, 1], [2, 2]]); hops > 0; hops--) {
      doer = wrap(doer, placeFor(doer.module, index))
    }
    trigger(doer, index)
  }

  /** Another way to a state, which nobody need use. */
  const look = (index) => {
    const seen = changeable(handles, index)
    if (seen.length === 0) return
    const handle = alias(random.pick(seen), index)
    if (random.chance(0.5)) handles.push(handle)
  }

  /** Whether a module reaches another by what its chunks name. */
  const depends = (from, to, seen = new Set()) =>
    !seen.has(from) && seen.add(from) &&
    modules[from].chunks.flatMap(({ text }) => references(text)).some(([provider]) =>
      provider !== from && (provider === to || depends(provider, to, seen))
    )

  /** A function of an earlier module changes a state of this one: the two import each other. */
  const late = (index) => {
    const own = handles.filter(({ module }) => module === index)
    const earlier = modules.filter((each) => each.index < index && each.system === "esm" && !depends(index, each.index))
    if (index === main || own.length === 0 || earlier.length === 0 || modules[index].system === "cjs") {
      return step(index)
    }
    const handle = random.pick(own)
    const number = fresh()
    const write = random.pick(kindOf(handle).writes).replaceAll("@T", at(handle))
    const { index: place } = random.pick(earlier)
    cyclic.add(`${index} ${place}`)
    modules[place].chunks.unshift({ text: `function late${number}(v) { ${write} }`, tags: ["cycle"] })
    trigger({ module: place, root: `late${number}`, expression: "~" }, index)
  }

  const readOf = (handle) => random.pick(kindOf(handle).reads).replaceAll("@T", at(handle))

  /** The module reads a state while it is evaluated. */
  const snapshot = (index) => {
    const seen = handles.filter(({ module }) => sees(index, module))
    if (seen.length === 0) return
    const number = fresh()
    const read = readOf(random.pick(seen))
    if (random.chance(0.3) && !program.closure) {
      return add(index, `console.log("m${index}", JSON.stringify(${read}))`, "print")
    }
    const [text, root, expression] = random.pick([
      [`const seen${number} = JSON.stringify(${read})`, "seen", "~"],
      [`const seen${number} = [${read}].length + JSON.stringify(${read})`, "seen", "~"],
      [`const { seen: seen${number} } = { get seen() { return JSON.stringify(${read}) } }`, "seen", "~"],
      [`class Seen${number} { static value = JSON.stringify(${read}) }`, "Seen", "~.value"]
    ])
    add(index, text, "snapshot")
    reads.push(at({ module: index, root: `${root}${number}`, expression }))
  }

  /** Changes what everything shares. */
  const patch = (index) => {
    const { read, tag, text } = random.pick(tables.patches)
    const number = String(fresh())
    const doer = changeable(countersMade, index)[0]
    const called = doer === undefined ? "0" : callOf(doer, number)
    add(index, text.replaceAll("@C", called).replaceAll("§", number), `patches:${tag}`)
    reads.unshift(read.replaceAll("§", number))
    program.ownProcess = true
  }

  const scenario = () => {
    const { files, imports, reads: offered, tag } = random.pick(tables.scenarios)
    const number = String(fresh())
    const extension = language === "ts" ? ".ts" : ".mjs"
    const fill = (text) => text.replaceAll("§", number).replaceAll(/\.x(?=")/g, extension)
    for (const [file, text] of Object.entries(files)) program.files[fill(`"${file}"`).slice(1, -1)] = fill(text)
    modules[main].chunks.push({ text: fill(imports), tags: [`scenarios:${tag}`], outside: true })
    reads.unshift(...random.shuffle(offered).slice(0, random.integer(1, offered.length)).map(fill))
  }

  /** What `main` can read: a few states, and some of what was read before. */
  const chosenReads = (least) => {
    const readable = [
      ...handles.filter(({ module }) => sees(main, module)).map((handle) => () => readOf(handle)),
      ...countersMade.filter(({ module }) => sees(main, module)).map(({ module, name }) => () => `⟦${module}:${name}⟧`)
    ]
    return [
      ...random.shuffle(readable).slice(0, random.integer(1, 3)).map((make) => make()),
      ...reads.slice(0, Math.max(least, random.integer(0, 2)))
    ]
  }

  return {
    state,
    step,
    look,
    late,
    snapshot,
    patch,
    scenario,
    chosenReads,
    noise: (index) => add(index, random.pick(noise).replaceAll("§", fresh()), "noise"),
    /** A call that changes something from `main` itself. */
    call: () => {
      const doer = changeable(countersMade, main)[0]
      return doer === undefined ? "" : `${callOf(doer, "1000")}; `
    }
  }
}

/**
 * Makes a program of a seed: states, statements that change them over several hops of flows, and `main`, which reads some of them.
 */
import { aliases } from "./flows/aliases.mjs"
import { noise } from "./flows/noise.mjs"
import { patches } from "./flows/patches.mjs"
import { scenarios } from "./flows/scenarios.mjs"
import { counters, states } from "./flows/states.mjs"
import { triggers } from "./flows/triggers.mjs"
import { wrappers, writers } from "./flows/wrappers.mjs"
import { bareStylesBetween, references, stylesBetween } from "./Program.mjs"
import * as Random from "./Random.mjs"

const simple = /^[\w$.⟦⟧:]+$/
const asOperand = (expression) => simple.test(expression) ? expression : `(${expression})`

/** A row of a table as an object. */
const row = ([tag, text, root, expression, options = {}]) => ({ tag, text, root, expression, ...options })

/** Rows that may be used: all, or those of the flows that were asked for. */
const table = (rows, family, flows) => {
  if (flows === undefined) return rows
  const chosen = rows.filter(([tag]) =>
    flows.some((flow) => `${family}:${tag}` === flow || family === flow || tag === flow)
  )
  return chosen.length > 0 ? chosen : undefined
}

const chosenScenario = (flows, tag) => flows.some((flow) => flow === "scenarios" || flow === `scenarios:${tag}`)

const plainAliases = aliases.slice(0, 1)
const plainWriters = writers.slice(0, 2)
const plainTriggers = triggers.slice(0, 1)

/** `@P`: what it does before; `@R`: what it gives; `@1`: the first part of that. */
const mains = [
  `const main = () => { @Preturn @R }`,
  `function main() { @Preturn @R }`,
  `async function main() { @Preturn @R }`,
  `const main = async () => { @Pawait null; return @R }`,
  `function main() { @Pconsole.log("main", JSON.stringify(@1)); return @R }`,
  `const main = ((f) => f)(() => { @Preturn @R })`,
  `const { main } = { main: () => { @Preturn @R } }`
]

/**
 * @param {number} seed
 * @param {{ flows?: string[], language?: "js" | "ts" }} options only these flows (`aliases:getter`, `triggers`, `await`), plain ones
 *   elsewhere
 */
export const generate = (seed, { flows, language: wantedLanguage } = {}) => {
  const random = Random.make(seed)
  const only = flows !== undefined
  const tables = {
    aliases: table(aliases, "aliases", flows),
    writers: table(writers, "writers", flows),
    wrappers: table(wrappers, "wrappers", flows),
    triggers: table(triggers, "triggers", flows),
    patches: table(patches, "patches", flows)
  }
  const language = wantedLanguage ?? (random.chance(0.25) ? "ts" : "js")
  let count = 10
  const fresh = () => (count += 1)

  const total = random.integer(2, 6)
  const main = total - 1
  const modules = Array.from({ length: total }, (_, index) => {
    const system = index !== main && index < 3 && random.chance(0.1) ? "cjs" : "esm"
    const extension = system === "cjs" ? "cjs" : language === "ts" ? "ts" : random.chance(0.2) ? "js" : "mjs"
    const name = index === main ? "main" : random.pick(["state", "setup", "plugin", "core", "part", "a", "z"]) + index
    return {
      index,
      system,
      file: `${random.chance(0.15) && index !== main ? "lib/" : ""}${name}.${extension}`,
      chunks: []
    }
  })
  // Folders would need specifiers that climb: all files lie beside each other
  for (const module of modules) module.file = module.file.replace("lib/", "lib-")
  const program = {
    seed,
    language,
    modules,
    links: [],
    bare: [],
    licensed: false,
    main,
    files: {},
    ownProcess: false,
    closure: false
  }

  /** Whether code of module `from` can refer to module `to` while it is evaluated. */
  const sees = (from, to) =>
    from === to || (to < from && (modules[from].system === "esm" || modules[to].system === "cjs"))
  const modulesThatSee = (to, wanted) =>
    modules.filter(({ index }) => sees(index, to) && index !== main && (wanted === undefined || wanted(modules[index])))
  const add = (index, text, tags) => {
    modules[index].chunks.push({ text, tags })
  }
  const at = (handle) => asOperand(handle.expression.replaceAll("~", `⟦${handle.module}:${handle.root}⟧`))

  const handles = [] // states and their aliases
  const countersMade = []
  const reads = [] // expressions for `main`

  const makeState = (index) => {
    if (random.chance(0.15)) {
      const { make, root } = random.pick(counters)
      const name = `count${fresh()}`
      add(index, make.replaceAll("@S", name), ["state:counter"])
      countersMade.push({ module: index, root: root.replace("@S", name), expression: "~", name })
      return
    }
    const { kind, make } = random.pick(states)
    const number = fresh()
    const root = `${kind === "class" ? "Kind" : kind}${number}`
    add(index, random.pick(make).replaceAll("@S", root).replaceAll("§", number), [`state:${kind}`])
    handles.push({ module: index, root, expression: "~", kind })
  }

  /** Whether a row may stand in the module. */
  const fits = (module) => ({ asynchronous, esm, language: only }) =>
    (asynchronous !== true && esm !== true || module.system === "esm") && (only === undefined || only === language)

  const alias = (handle, index) => {
    const rows = (tables.aliases ?? plainAliases).map(row).filter(fits(modules[index]))
    if (rows.length === 0) return handle
    const { expression, root, tag, text } = random.pick(rows)
    const number = fresh()
    add(index, text.replaceAll("@T", at(handle)).replaceAll("§", number), [`aliases:${tag}`])
    return {
      ...handle,
      module: index,
      root: root.replaceAll("§", number),
      expression: expression.replaceAll("§", number)
    }
  }

  const writesOf = (kind) => states.find((each) => each.kind === kind).writes

  /** A function that changes `handle`'s state, made in the module. */
  const writer = (handle, index) => {
    const rows = (tables.writers ?? plainWriters).map(row).filter(fits(modules[index]))
    const { asynchronous, call, expression, parameter, root, tag, text } = random.pick(rows)
    const number = fresh()
    const write = random.pick(writesOf(handle.kind)).replaceAll("@T", parameter ?? at(handle))
    const fill = (each) => each.replaceAll("@W", write).replaceAll("@T", at(handle)).replaceAll("§", number)
    add(index, fill(text), [`writers:${tag}`])
    return {
      module: index,
      root: fill(root),
      expression: fill(expression),
      call: call === undefined ? undefined : fill(call),
      asynchronous
    }
  }

  const functionOf = (doer) => at(doer)
  const callOf = (doer, value) => {
    const target = `⟦${doer.module}:${doer.root}⟧`
    return doer.call === undefined
      ? `${asOperand(doer.expression.replaceAll("~", target))}(${value})`
      : doer.call.replaceAll("~", target).replaceAll("%", value)
  }

  const wrap = (doer, index) => {
    const rows = (tables.wrappers ?? []).map(row).filter(fits(modules[index]))
    if (rows.length === 0) return doer
    const { asynchronous, call, expression, root, tag, text } = random.pick(rows)
    const number = fresh()
    const fill = (each) => each.replaceAll("@D", functionOf(doer)).replaceAll("§", number)
    add(index, fill(text), [`wrappers:${tag}`])
    return {
      module: index,
      root: fill(root),
      expression: fill(expression),
      call: call === undefined ? undefined : fill(call),
      asynchronous: asynchronous ?? doer.asynchronous
    }
  }

  const awaited = [["await", "await @C"], ["await", "await (@D)(§)"], ["await", "const done§ = await @C"], ["await",
    "await Promise.resolve(§).then(@D)"], ["await", "await (async () => { await (@D)(§) })()"]]

  const trigger = (doer, index) => {
    const rows = doer.asynchronous === true
      ? awaited.map(([tag, text]) => ({ tag, text: text.replace("await await", "await") }))
      : (tables.triggers ?? plainTriggers).map(([tag, text, options]) => ({ tag, text, ...options })).filter(
        fits(modules[index])
      )
    const { tag, text } = random.pick(rows)
    const number = fresh()
    const isBare = doer.call?.startsWith("await ") === true
    const called = callOf(doer, String(number))
    const filled = text.replaceAll("await @C", isBare ? called : `await ${called}`).replaceAll("@C", called)
      .replaceAll("@D", functionOf(doer)).replaceAll("§", number)
    add(index, filled, [`triggers:${tag}`])
  }

  /** A module that can see `least`, mostly `index`. */
  const placeFor = (least, index, wanted) => {
    if (random.chance(0.65)) return index
    const possible = modulesThatSee(
      least,
      (module) => module.index <= index && (wanted === undefined || wanted(module))
    )
    return possible.length === 0 ? index : random.pick(possible).index
  }

  const step = (index) => {
    const seen = handles.filter(({ module }) => sees(index, module))
    const seenCounters = countersMade.filter(({ module }) => sees(index, module))
    if (seenCounters.length > 0 && (seen.length === 0 || random.chance(0.15))) {
      let doer = random.pick(seenCounters)
      if (random.chance(0.5)) doer = wrap(doer, placeFor(doer.module, index))
      trigger(doer, index)
      return
    }
    if (seen.length === 0) return
    let handle = random.pick(seen)
    for (let hops = random.weighted([[4, 0], [5, 1], [2, 2]]); hops > 0; hops--) {
      const place = placeFor(handle.module, index)
      if (!sees(index, place)) break
      handle = alias(handle, place)
      if (random.chance(0.3)) handles.push(handle)
    }
    if (random.chance(0.15)) {
      // Without a function
      const number = fresh()
      add(index, `{ const v = ${number}; ${random.pick(writesOf(handle.kind)).replaceAll("@T", at(handle))} }`, [
        "write"
      ])
      return
    }
    let doer = writer(handle, placeFor(handle.module, index))
    for (let hops = random.weighted([[5, 0], [4, 1], [2, 2]]); hops > 0; hops--) {
      doer = wrap(doer, placeFor(doer.module, index))
    }
    trigger(doer, index)
  }

  const readOf = (handle) => {
    const { reads } = states.find((each) => each.kind === handle.kind)
    return random.pick(reads).replaceAll("@T", at(handle))
  }

  const snapshot = (index) => {
    const seen = handles.filter(({ module }) => sees(index, module))
    if (seen.length === 0) return
    const number = fresh()
    const handle = random.pick(seen)
    if (random.chance(0.3)) {
      add(index, `console.log("m${index}", JSON.stringify(${readOf(handle)}))`, ["print"])
      return
    }
    const [text, use] = random.pick([
      [`const seen${number} = JSON.stringify(${readOf(handle)})`, `~`],
      [`const seen${number} = [${readOf(handle)}].length + JSON.stringify(${readOf(handle)})`, `~`],
      [`const { seen: seen${number} } = { get seen() { return JSON.stringify(${readOf(handle)}) } }`, `~`],
      [`class Seen${number} { static value = JSON.stringify(${readOf(handle)}) }`, `~.value`]
    ])
    add(index, text, ["snapshot"])
    reads.push(use.replace("~", `⟦${index}:${text.includes("Seen") ? "Seen" : "seen"}${number}⟧`))
  }

  const addScenario = () => {
    const possible = scenarios.filter((each) =>
      (each.language === undefined || each.language === language) && (!only || chosenScenario(flows, each.tag))
    )
    if (possible.length === 0) return
    const { files, imports, reads: offered, tag } = random.pick(possible)
    const number = String(fresh())
    const fill = (text) => text.replaceAll("§", number).replaceAll(/\.x(?=")/g, language === "ts" ? ".ts" : ".mjs")
    for (const [file, text] of Object.entries(files)) {
      program.files[fill(`"${file}"`).slice(1, -1)] = fill(text)
    }
    add(main, fill(imports), [`scenarios:${tag}`])
    reads.push(...random.shuffle(offered).slice(0, random.integer(1, offered.length)).map(fill))
  }

  const isPatched = tables.patches !== undefined &&
    random.chance(only && flows.some((flow) => flow.startsWith("patches")) ? 1 : 0.04)
  if (modules[0].system === "esm" || random.chance(0.5)) makeState(0)
  else makeState(0)
  for (const module of modules) {
    const { index } = module
    for (let made = random.weighted(index < 2 ? [[1, 0], [3, 1], [1, 2]] : [[3, 0], [2, 1]]); made > 0; made--) {
      makeState(index)
    }
    const before = noise.length > 0 && random.chance(0.4)
    if (before) add(index, random.pick(noise).replaceAll("§", fresh()), ["noise"])
    for (let steps = random.weighted([[2, 0], [4, 1], [4, 2], [1, 3]]); steps > 0; steps--) {
      step(index)
      if (random.chance(0.15)) snapshot(index)
    }
    if (isPatched && (index === 0 || random.chance(0.2))) {
      const [tag, text, read] = random.pick(tables.patches)
      const number = String(fresh())
      const doer = countersMade.find((each) => sees(index, each.module))
      add(index, text.replaceAll("@C", doer === undefined ? "0" : callOf(doer, number)).replaceAll("§", number), [
        `patches:${tag}`
      ])
      if (random.chance(0.8)) reads.push(read.replaceAll("§", number))
      program.ownProcess = true
    }
    if (random.chance(0.4)) add(index, random.pick(noise).replaceAll("§", fresh()), ["noise"])
  }

  if (only ? flows.some((flow) => flow.startsWith("scenarios")) : random.chance(0.25)) addScenario()

  // What `main` reads
  const readable = [
    ...handles.filter(({ module }) => sees(main, module)).map((handle) => () => readOf(handle)),
    ...countersMade.filter(({ module }) => sees(main, module)).map(({ module, name }) => () => `⟦${module}:${name}⟧`)
  ]
  const chosen = [
    ...random.shuffle(readable).slice(0, random.integer(1, 3)).map((make) => make()),
    ...random.shuffle(reads).slice(0, random.integer(0, 2)),
    ...reads.filter(() => program.ownProcess || Object.keys(program.files).length > 0)
  ]
  const later = countersMade.find(({ module }) => sees(main, module))
  const prelude = later !== undefined && random.chance(0.2) ? `${callOf(later, "1000")}; ` : ""
  const form = random.pick(mains.slice(0, random.chance(0.9) ? 5 : mains.length))
  const textOf = (chosen) =>
    form.replace("@P", () => prelude).replace("@R", () => `[${chosen.join(", ")}]`).replace("@1", () => chosen[0])
  modules[main].chunks.push({ text: textOf(chosen), tags: ["main"], reads: chosen, textOf })

  link(program, random)
  return program
}

/** Decides how modules get names of others, and who loads those of which nobody wants a name. */
const link = (program, random) => {
  const { main, modules } = program
  const wanted = new Map()
  for (const { chunks, index } of modules) {
    for (const [provider] of chunks.flatMap(({ text }) => references(text))) {
      if (provider !== index) (wanted.get(index) ?? wanted.set(index, new Set()).get(index)).add(provider)
    }
  }
  for (const { index, system } of modules) {
    for (const to of random.shuffle([...wanted.get(index) ?? []])) {
      const style = random.chance(0.55) && system === "esm" && modules[to].system === "esm"
        ? "named"
        : random.pick(stylesBetween(system, modules[to].system))
      program.links.push({ from: index, to, style })
    }
  }
  // Modules that nobody names are loaded all the same, mostly
  const reached = new Set([main])
  const reach = (index) => {
    for (const to of wanted.get(index) ?? []) {
      if (!reached.has(to)) {
        reached.add(to)
        reach(to)
      }
    }
  }
  reach(main)
  for (const { index, system } of [...modules].reverse()) {
    if (reached.has(index) && !random.chance(0.1) || index === main || !random.chance(0.9)) continue
    const loaders = modules.filter((each) =>
      reached.has(each.index) && each.index > index && (each.system === "esm" || system === "cjs")
    )
    const { index: from, system: fromSystem } = random.pick(loaders)
    const styles = bareStylesBetween(fromSystem, system)
    program.bare.push({ from, to: index, style: random.pick(styles) })
    reached.add(index)
    reach(index)
  }
  program.licensed = random.chance(0.1)
}

/**
 * Makes a program of a seed: states, statements that change them over several hops of flows, and `main`, which reads some of them.
 */
import * as Builder from "./Builder.mjs"
import { link } from "./Links.mjs"
import * as Random from "./Random.mjs"
import * as Tables from "./Tables.mjs"

/** `@P`: what it does before; `@R`: what it gives; `@1`: the first part of that. */
const mains = [
  "const main = () => { @Preturn @R }",
  "function main() { @Preturn @R }",
  "async function main() { @Preturn @R }",
  "const main = async () => { @Pawait null; return @R }",
  "function main() { @Pconsole.log(\"main\", JSON.stringify(@1)); return @R }",
  "const main = ((f) => f)(() => { @Preturn @R })",
  "const { main } = { main: () => { @Preturn @R } }"
]
const closures = [
  "return () => { @Preturn @R }",
  "return async () => { @Preturn @R }",
  "return function main() { @Preturn @R }",
  "const given = (inner) => () => { @Preturn [inner, ...@R] }\nreturn given(1)",
  "const { main } = { main: () => { @Preturn @R } }\nreturn main",
  "const before = () => { @P }\nreturn () => { before(); return @R }"
]

const modulesOf = (random, language, { closure, small }) => {
  const total = small ? random.integer(1, 2) : closure ? random.integer(1, 3) : random.integer(2, 6)
  return Array.from({ length: total }, (_, index) => {
    const isMain = index === total - 1
    const system = !isMain && index < 3 && random.chance(0.1) ? "cjs" : "esm"
    const extension = system === "cjs" ? "cjs" : language === "ts" ? "ts" : random.chance(0.2) ? "js" : "mjs"
    const name = isMain ? "main" : random.pick(["state", "setup", "plugin", "core", "part", "a", "z"]) + index
    return { index, system, file: `${name}.${extension}`, chunks: [] }
  })
}

/**
 * @param {number} seed
 * @param {{ flows?: ReadonlyArray<string>, language?: "js" | "ts", closures?: boolean }} options only these flows (see Tables.mjs), plain
 *   ones elsewhere; `closures`: a function to be handed over by value, which `closure` of the main module gives; `small`: one change of one
 *   state, beside another way to it, so that nothing else keeps or hides what matters
 */
export const generate = (seed, { closures: closure = false, flows, language: wanted, small = false } = {}) => {
  const random = Random.make(seed)
  const language = wanted ?? (random.chance(0.25) ? "ts" : "js")
  const modules = modulesOf(random, language, { closure, small })
  const main = modules.length - 1
  const program = {
    seed,
    language,
    modules,
    links: [],
    bare: [],
    files: {},
    licensed: false,
    main,
    ownProcess: false,
    closure
  }
  const tables = Tables.choose({ flows, language })
  const builder = Builder.make({ program, random, tables })
  const only = flows !== undefined

  const isPatched = tables.patches.length > 0 && !closure && (only || random.chance(0.04))
  builder.state(0)
  if (small) return smallOne({ program, random, builder, main, closure })
  if (closure) builder.state(main)
  for (const { index } of modules) {
    for (let made = random.weighted(index < 2 ? [[1, 0], [3, 1], [1, 2]] : [[3, 0], [2, 1]]); made > 0; made--) {
      builder.state(index)
    }
    if (random.chance(0.4)) builder.noise(index)
    for (let steps = random.weighted([[2, 0], [4, 1], [4, 2], [1, 3]]); steps > 0; steps--) {
      if (random.chance(0.05)) builder.late(index)
      else builder.step(index)
      if (random.chance(0.15)) builder.snapshot(index)
    }
    if (isPatched && (index === 0 || random.chance(0.2))) builder.patch(index)
    if (random.chance(0.4)) builder.noise(index)
  }
  const hasScenario = tables.scenarios.length > 0 && (only || random.chance(0.25))
  if (hasScenario) builder.scenario()

  const reads = builder.chosenReads(hasScenario || isPatched ? 2 : 0)
  const prelude = random.chance(0.2) ? builder.call() : ""
  finish({ program, random, main, closure }, reads, prelude)
  program.licensed = random.chance(0.1)
  return program
}

/** `main`, and what the modules import. */
const finish = ({ closure, main, program, random }, reads, prelude) => {
  const { modules } = program
  const forms = closure ? closures : mains.slice(0, random.chance(0.9) ? 5 : mains.length)
  const waits = reads.some((read) => read.includes("await "))
  const form = random.pick(waits ? forms.filter((each) => each.includes("async ")) : forms)
  const textOf = (chosen) =>
    form.replaceAll("@P", () => prelude).replace("@R", () => `[${chosen.join(", ")}]`).replace("@1", () => chosen[0])
  modules[main].chunks.push({ text: textOf(reads), tags: ["main"], reads, textOf })
  link(program, random)
}

const smallOne = (of) => {
  const { builder, main, program, random } = of
  for (let others = random.weighted([[2, 0], [3, 1], [1, 2]]); others > 0; others--) builder.look(main)
  builder.step(main)
  if (random.chance(0.5)) builder.look(main)
  if (random.chance(0.2)) builder.snapshot(main)
  finish(of, builder.chosenReads(0), "")
  return program
}

/**
 * Decides how the modules of a program get names of others, and who loads those of which nobody wants a name.
 */
import { bareStylesBetween, references, stylesBetween } from "./Program.mjs"

export const link = (program, random) => {
  const { main, modules } = program
  const wanted = modules.map(({ chunks, index }) =>
    new Set(
      chunks.flatMap(({ text }) => references(text)).map(([provider]) => provider).filter((each) => each !== index)
    )
  )
  for (const { index, system } of modules) {
    for (const to of random.shuffle([...wanted[index]])) {
      // Modules in a cycle know each other when they begin, and wait for nobody in it
      const isInCycle = to > index || [...wanted[to]].some((each) => each > to)
      const isPlain = isInCycle && modules[to].system === "esm" ||
        random.chance(0.55) && system === "esm" && modules[to].system === "esm"
      program.links.push({
        from: index,
        to,
        style: isPlain ? "named" : random.pick(stylesBetween(system, modules[to].system))
      })
    }
  }
  const reached = new Set()
  const reach = (index) => {
    if (reached.has(index)) return
    reached.add(index)
    for (const to of wanted[index]) reach(to)
  }
  reach(main)
  // Modules that nobody names are loaded all the same, mostly
  for (const { index, system } of [...modules].reverse()) {
    if (index === main || reached.has(index) && !random.chance(0.1) || !random.chance(0.9)) continue
    const loader = random.pick(
      modules.filter((each) =>
        reached.has(each.index) && each.index > index && (each.system === "esm" || system === "cjs")
      )
    )
    program.bare.push({ from: loader.index, to: index, style: random.pick(bareStylesBetween(loader.system, system)) })
    reach(index)
  }
}

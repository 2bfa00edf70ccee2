/**
 * Projects to measure on. Every tool gets the same files. Those of the comparison are JavaScript, for nft reads no
 * TypeScript; `typescript: true` gives the same modules with types.
 */
import { cpSync, mkdirSync, readdirSync, writeFileSync } from "node:fs"
import * as path from "node:path"

/**
 * A project to measure on.
 *
 * @typedef {object} Project
 * @property {string} title
 * @property {string} directory absolute
 * @property {string} entry file of the function, relative to `directory`
 * @property {string} fn name of the function
 * @property {number} argument
 * @property {unknown} expected what the function returns for `argument`
 * @property {number} files source files that are there
 * @property {boolean} typescript
 * @property {{ file: string, from: string, to: (n: number) => string }} edit what an edit of one module changes
 */

const write = (directory, file, text) => {
  const target = path.join(directory, file)
  mkdirSync(path.dirname(target), { recursive: true })
  writeFileSync(target, text)
}

/** One module of a binary tree of imports: a function, a table, a class, and two things that nothing reaches. */
const moduleText = (index, children, typescript) => {
  const type = (text) => (typescript ? text : "")
  return `${children.map((child) => `import { f${child} } from "./m${child}.js"\n`).join("")}
${type(`export interface Row${index} { readonly id: number; readonly name: string }\n`)}
/** Weights of module ${index}. */
const table${index}${type(": Record<string, number>")} = { a: ${index}, b: 2, "c": ${index % 7} }

class Total${index} {
  #start = ${index}
  rows${type(`: ReadonlyArray<Row${index}>`)} = []
  add(row${type(`: Row${index}`)})${type(": this")} {
    this.rows = [...this.rows, row]
    return this
  }
  get value()${type(": number")} {
    // Sum over what was added
    return this.rows.reduce((sum, row) => sum + row.id, this.#start)
  }
}

export function f${index}(x${type(": number")})${type(": number")} {
  const total = new Total${index}()
  for (let i = 0; i < 3; i++) total.add({ id: x * i, name: \`row-\${i}\` })
  if (x < 0) return total.value
  return total.value + table${index}.a + table${index}["b"]${children.map((child) => ` + f${child}(x)`).join("")}
}

export const unreached${index} = (text${type(": string")})${type(": string")} => text.split("").reverse().join("")
${typescript ? `export enum Unreached${index} { A = 1, B }\n` : `export const Unreached${index} = { A: 1, B: 2 }\n`}`
}

/** Every module adds `index + 3x + index + 2`. */
const sum = (reached, x) => {
  let total = 0
  for (let index = 0; index < reached; index++) total += index + 3 * x + index + 2
  return total
}

/** `reached` modules that the function needs, and others up to `present` that it does not. */
export const generated = (directory, reached, { present = reached, typescript = false } = {}) => {
  const extension = typescript ? "ts" : "js"
  write(directory, "package.json", `{ "name": "generated", "type": "module" }\n`)
  for (let index = 0; index < present; index++) {
    const limit = index < reached ? reached : present
    const children = [2 * index + 1, 2 * index + 2].filter((child) => child < limit)
    write(directory, `src/m${index}.${extension}`, moduleText(index, children, typescript))
  }
  return {
    title: `${reached} modules${present > reached ? ` of ${present}` : ""}${typescript ? ", TypeScript" : ""}`,
    directory,
    entry: `src/m0.${extension}`,
    fn: "f0",
    argument: 5,
    expected: sum(reached, 5),
    files: present,
    typescript,
    edit: { file: `src/m${reached >> 1}.${extension}`, from: "b: 2", to: (n) => `b: ${n}` }
  }
}

/** The real package: the published JavaScript of `effect`, copied into the project as if it were its own source. */
export const realPackage = (directory, root) => {
  const source = path.join(root, "node_modules/effect/dist/esm")
  write(directory, "package.json", `{ "name": "real", "type": "module" }\n`)
  cpSync(source, path.join(directory, "src/effect"), {
    recursive: true,
    filter: (file) => !file.endsWith(".map")
  })
  // What effect's own package.json says to bundlers
  write(directory, "src/effect/package.json", `{ "type": "module", "sideEffects": false }\n`)
  write(
    directory,
    "src/main.js",
    `import * as Chunk from "./effect/Chunk.js"
import * as Effect from "./effect/Effect.js"

export function main(n) {
  return Effect.runSync(Effect.map(Effect.succeed(Chunk.range(1, n)), Chunk.reduce(0, (sum, each) => sum + each)))
}
`
  )
  return {
    title: "effect's modules as local source",
    directory,
    entry: "src/main.js",
    fn: "main",
    argument: 10,
    expected: 55,
    files: readdirSync(path.join(directory, "src/effect"), { recursive: true }).filter((file) => file.endsWith(".js"))
      .length,
    typescript: false,
    edit: { file: "src/main.js", from: "range(1,", to: (n) => `range(${n},` }
  }
}

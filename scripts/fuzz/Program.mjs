/**
 * A generated program: modules of chunks, whose references to names of other modules become imports when it is printed.
 *
 * A chunk is one or more statements that stand or fall together. Its text refers to a name of a module as `⟦2:name⟧`;
 * how one module gets a name of another (named import, namespace, barrel, `require`, ...) is a link of the program.
 */

/** @typedef {{ text: string, tags: string[] }} Chunk */
/**
 * @typedef {{ index: number, system: "esm" | "cjs", file: string, chunks: Chunk[], hoisted?: boolean }} Module
 */
/** `from` and `to` are module indices; `style` is a key of {@link linkStyles}. */
/** @typedef {{ from: number, to: number, style: string }} Link */
/**
 * @typedef {{ seed: number, language: "js" | "ts", modules: Module[], links: Link[], bare: Link[], files: Record<string, string>, licensed: boolean,
 *   main: number, ownProcess: boolean, closure: boolean }} Program
 */

const reference = /⟦(\d+):([\w$]+)⟧/g

/** The names that `text` refers to: `[module, name]`. */
export const references = (text) => [...text.matchAll(reference)].map(([, index, name]) => [Number(index), name])

const declared = (text) => /^(?:async )?(?:const|let|var|function\*?|class|enum|namespace) ([\w$]+)/.exec(text)?.[1]

const specifierOf = (program, index) => `./${program.modules[index].file}`

const barrelFile = (program, { from, to, style }) =>
  `${style}-${from}-${to}.${program.language === "ts" ? "ts" : "mjs"}`

const indexFile = (program, { from }) => `index-${from}.${program.language === "ts" ? "ts" : "mjs"}`

/** How a name arrives: the import's text, the files that it needs besides, and the expression of each name. */
const linkStyles = {
  named: ({ names, specifier }) => ({ text: `import { ${names.join(", ")} } from "${specifier}"`, name: (n) => n }),
  renamed: ({ names, specifier, link }) => ({
    text: `import { ${names.map((n) => `${n} as ${n}_${link.from}`).join(", ")} } from "${specifier}"`,
    name: (n) => `${n}_${link.from}`
  }),
  namespace: ({ specifier, link }) => ({
    text: `import * as space${link.to} from "${specifier}"`,
    name: (n) => `space${link.to}.${n}`
  }),
  single: ({ names, specifier }) => ({
    text: names.map((n) => `import { ${n} } from "${specifier}"`).join("\n"),
    name: (n) => n
  }),
  barrel: ({ names, specifier, program, link }) => ({
    text: `import { ${names.join(", ")} } from "./${barrelFile(program, link)}"`,
    name: (n) => n,
    files: { [barrelFile(program, link)]: `export { ${names.join(", ")} } from "${specifier}"\n` }
  }),
  star: ({ names, specifier, program, link }) => ({
    text: `import { ${names.join(", ")} } from "./${barrelFile(program, link)}"`,
    name: (n) => n,
    files: { [barrelFile(program, link)]: `export * from "${specifier}"\n` }
  }),
  starAs: ({ specifier, program, link }) => ({
    text: `import { all${link.to} } from "./${barrelFile(program, link)}"`,
    name: (n) => `all${link.to}.${n}`,
    files: { [barrelFile(program, link)]: `export * as all${link.to} from "${specifier}"\n` }
  }),
  passed: ({ names, specifier, program, link }) => ({
    text: `import { ${names.map((n) => `${n}_`).join(", ")} } from "./${barrelFile(program, link)}"`,
    name: (n) => `${n}_`,
    files: {
      [barrelFile(program, link)]: `import { ${names.join(", ")} } from "${specifier}"\nexport { ${
        names.map((n) => `${n} as ${n}_`).join(", ")
      } }\n`
    }
  }),
  index: ({ link, names, program }) => ({
    text: `import { ${names.join(", ")} } from "./${indexFile(program, link)}"`,
    name: (n) => n,
    files: {
      [indexFile(program, link)]: program.modules.filter(({ dropped, index }) => index < link.from && dropped !== true)
        .map(({ index }) => `export * from "${specifierOf(program, index)}"\n`).join("")
    }
  }),
  default: ({ defaults, link, names, specifier }) => {
    const byDefault = defaults.get(link.to)
    const others = names.filter((n) => n !== byDefault)
    const parts = [
      ...names.includes(byDefault) ? [`main${link.to}`] : [],
      ...others.length > 0 ? [`{ ${others.join(", ")} }`] : []
    ]
    return {
      text: `import ${parts.join(", ")} from "${specifier}"`,
      name: (n) => n === byDefault ? `main${link.to}` : n
    }
  },
  dynamic: ({ names, specifier }) => ({
    text: `const { ${names.join(", ")} } = await import("${specifier}")`,
    name: (n) => n
  }),
  dynamicSpace: ({ specifier, link }) => ({
    text: `const late${link.to} = await import("${specifier}")`,
    name: (n) => `late${link.to}.${n}`
  }),
  cjsDefault: ({ specifier, link }) => ({
    text: `import common${link.to} from "${specifier}"`,
    name: (n) => `common${link.to}.${n}`
  }),
  createRequire: ({ names, specifier, link }) => ({
    text: `import { createRequire as createRequire${link.to} } from "node:module"\n` +
      `const { ${names.join(", ")} } = createRequire${link.to}(import.meta.url)("${specifier}")`,
    name: (n) => n
  }),
  require: ({ names, specifier }) => ({
    text: `const { ${names.join(", ")} } = require("${specifier}")`,
    name: (n) => n
  }),
  requireSpace: ({ specifier, link }) => ({
    text: `const common${link.to} = require("${specifier}")`,
    name: (n) => `common${link.to}.${n}`
  })
}

/** The styles that can bring names of a module of one system to another. */
export const stylesBetween = (from, to) => {
  if (from === "cjs") return ["require", "requireSpace"]
  if (to === "cjs") return ["named", "cjsDefault", "createRequire", "namespace"]
  return ["named", "named", "renamed", "namespace", "single", "barrel", "star", "starAs", "passed", "index", "default",
    "default", "dynamic", "dynamicSpace"]
}

/** The one that hides nothing. */
export const simplestStyle = (from, to) => stylesBetween(from, to)[0]

const bareText = {
  bare: (specifier) => `import "${specifier}"`,
  unused: (specifier, to) => `import { anchor${to} } from "${specifier}"`,
  unusedSpace: (specifier, to) => `import * as nobody${to} from "${specifier}"`,
  dynamic: (specifier) => `await import("${specifier}")`,
  reexport: (specifier, to) => `export { anchor${to} } from "${specifier}"`,
  reexportAll: (specifier) => `export * from "${specifier}"`,
  require: (specifier) => `require("${specifier}")`
}

/** How a module can be loaded without a name of it being used. */
export const bareStylesBetween = (from, to) =>
  from === "cjs" ? ["require"]
    : to === "cjs" ? ["bare", "dynamic"]
    : ["bare", "bare", "unused", "unusedSpace", "dynamic", "reexport", "reexportAll"]

/** A line that would continue the one before it begins with a semicolon. */
const separate = (text) => text.split("\n").map((line) => /^[([`+\-/*.,]/.test(line) ? `;${line}` : line).join("\n")

/** The entry's name, or that of the function which gives the closure. */
export const entryName = (program) => program.closure ? "closure" : "main"

/** What is the default export of each module that has one: the first name that anybody wants. */
const defaultsOf = (program, used) => {
  const defaults = new Map()
  for (const { style, to } of program.links) {
    const [first] = [...used.get(to) ?? []].sort()
    if (style === "default" && first !== undefined) defaults.set(to, first)
  }
  return defaults
}

/** The files of a program, by path. */
export const print = (program) => {
  const files = { ...program.files }
  const texts = program.modules.map((module) => module.chunks.map(({ text }) => text))
  const used = new Map() // provider -> names
  for (const [index, chunks] of texts.entries()) {
    for (const [provider, name] of chunks.flatMap(references)) {
      if (provider !== index) (used.get(provider) ?? used.set(provider, new Set()).get(provider)).add(name)
    }
  }
  const defaults = defaultsOf(program, used)
  for (const module of program.modules) {
    const { index } = module
    if (module.dropped) continue
    const wanted = new Map()
    for (const [provider, name] of texts[index].flatMap(references)) {
      if (provider !== index) (wanted.get(provider) ?? wanted.set(provider, new Set()).get(provider)).add(name)
    }
    const head = []
    const expressions = new Map()
    for (const link of program.links) {
      const names = [...wanted.get(link.to) ?? []]
      if (link.from === index && names.length > 0) {
        const linked = linkStyles[link.style]({
          defaults,
          program,
          link,
          names,
          specifier: specifierOf(program, link.to)
        })
        head.push(linked.text)
        Object.assign(files, linked.files)
        expressions.set(link.to, linked.name)
      }
    }
    for (const { from, style, to } of program.bare) {
      if (from === index && !program.modules[to].dropped) head.push(bareText[style](specifierOf(program, to), to))
    }
    const exported = new Set(used.get(index) ?? [])
    if (index === program.main) exported.add(entryName(program))
    if (program.bare.some(({ style, to }) => to === index && /^(?:unused|reexport)$/.test(style))) {
      exported.add(`anchor${index}`)
    }
    const local = ({ text }) =>
      text.replaceAll(
        reference,
        (_, provider, name) => Number(provider) === index ? name : expressions.get(Number(provider))?.(name) ?? name
      )
    const isInside = (chunk) => program.closure && index === program.main && chunk.outside !== true
    const body = module.chunks.filter((chunk) => !isInside(chunk)).map((chunk) => {
      const text = local(chunk)
      const name = declared(text)
      // Half of the exports stand where they are declared
      if (module.system !== "esm" || !exported.has(name) || (index + name.length) % 2 === 1) return text
      exported.delete(name)
      return `export ${text}`
    })
    const inside = module.chunks.filter(isInside)
    if (inside.length > 0) body.push(`async function closure() {\n${inside.map(local).map(separate).join("\n")}\n}`)
    const byDefault = defaults.get(index)
    if (byDefault !== undefined) {
      body.push(byDefault.length % 2 === 0 ? `export default ${byDefault}` : `export { ${byDefault} as default }`)
    }
    if (exported.has(`anchor${index}`)) body.push(`const anchor${index} = ${index}`)
    if (exported.size > 0) {
      const names = [...exported].join(", ")
      body.push(
        module.system === "esm" ? `export { ${names} }`
          : index % 2 === 0 ? `module.exports = { ${names} }`
          : [...exported].map((name) => `exports.${name} = ${name}`).join("\n")
      )
    }
    files[module.file] = `${[...head, ...body].map(separate).join("\n")}\n`
  }
  // The licence names every module that does anything, or loads one that does
  const idle = program.modules.filter(({ chunks, index }) =>
    chunks.every(({ tags }) => tags.includes("noise")) &&
    ![...program.links, ...program.bare].some(({ from }) => from === index)
  ).map(({ file }) => file)
  const sideEffects = Object.keys(files).filter((file) => !idle.includes(file)).map((file) => `./${file}`)
  files["package.json"] = JSON.stringify({
    name: "program",
    type: "module",
    ...program.licensed ? { sideEffects } : {}
  })
  return files
}

/** The entry's file. */
export const entry = (program) => program.modules[program.main].file

/** All tags of what is left in the program. */
export const tagsOf = (program) => {
  const linked = [...program.links, ...program.bare].filter(({ from, to }) =>
    !program.modules[from].dropped && !program.modules[to].dropped
  )
  return [...new Set([
    ...program.modules.filter(({ dropped }) => dropped !== true).flatMap(({ chunks }) =>
      chunks.flatMap(({ tags }) => tags)
    ),
    ...linked.map(({ style }) => `link:${style}`),
    `language:${program.language}`
  ])].sort()
}

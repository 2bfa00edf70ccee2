/**
 * Makes a program that differs smaller, as long as it differs.
 */
import * as Program from "./Program.mjs"

/**
 * Drops parts of `parts` for which `holds` stays true without them: halves first, then ever smaller pieces.
 *
 * @param {ReadonlyArray<unknown>} parts
 * @param {(rest: ReadonlyArray<unknown>) => Promise<boolean>} holds
 */
export const reduce = async (parts, holds) => {
  let rest = [...parts]
  for (let size = Math.ceil(rest.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let start = rest.length - size; start > -size; start -= size) {
      const from = Math.max(0, start)
      const without = [...rest.slice(0, from), ...rest.slice(from + size)]
      if (without.length < rest.length && await holds(without)) rest = without
    }
  }
  return rest
}

/** The program with only these of its chunks; a module without any is no part of it any more. */
const withChunks = (program, kept) => {
  const chosen = new Set(kept)
  const modules = program.modules.map((module) => {
    const chunks = module.chunks.filter((chunk) => chosen.has(chunk))
    return { ...module, chunks, dropped: chunks.length === 0 }
  })
  return { ...program, modules }
}

/** What `main` reads, as long as something is left. */
const shrinkReads = async (program, differs) => {
  const withReads = (reads) => ({
    ...program,
    modules: program.modules.map((module) => ({
      ...module,
      chunks: module.chunks.map((chunk) =>
        chunk.reads === undefined ? chunk : { ...chunk, text: chunk.textOf(reads), reads }
      )
    }))
  })
  const [chunk] = program.modules.flatMap(({ chunks }) => chunks.filter(({ reads }) => reads !== undefined))
  if (chunk === undefined) return program
  const reads = await reduce(chunk.reads, async (rest) => rest.length > 0 && await differs(withReads(rest)))
  return withReads(reads)
}

/** Whole statements first, then how modules are linked. `differs` tells of a program. */
export const shrinkProgram = async (program, differs) => {
  const fewer = await shrinkReads(program, differs)
  const chunks = fewer.modules.flatMap((module) => module.chunks)
  const kept = await reduce(chunks, (rest) => differs(withChunks(fewer, rest)))
  let small = withChunks(fewer, kept)
  const attempt = async (changed) => {
    if (await differs(changed)) small = changed
  }
  for (const link of small.bare) await attempt({ ...small, bare: small.bare.filter((each) => each !== link) })
  for (const link of small.links) {
    const simple = Program.simplestStyle(small.modules[link.from].system, small.modules[link.to].system)
    if (link.style !== simple) {
      await attempt({ ...small, links: small.links.map((each) => each === link ? { ...link, style: simple } : each) })
    }
  }
  if (small.licensed) await attempt({ ...small, licensed: false })
  return small
}

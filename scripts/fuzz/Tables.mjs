/**
 * The tables of flows, or those parts of them that were asked for.
 */
import { aliases } from "./flows/aliases.mjs"
import { libraries } from "./flows/libraries.mjs"
import { patches } from "./flows/patches.mjs"
import { scenarios } from "./flows/scenarios.mjs"
import { triggers } from "./flows/triggers.mjs"
import { wrappers, writers } from "./flows/wrappers.mjs"

const row = ([tag, text, root, expression, options = {}]) => ({ tag, text, root, expression, ...options })

const all = {
  aliases: aliases.map(row),
  writers: writers.map(row),
  wrappers: wrappers.map(row),
  triggers: triggers.map(([tag, text, options]) => ({ tag, text, ...options })),
  patches: patches.map(([tag, text, read]) => ({ tag, text, read })),
  scenarios: [...scenarios, ...libraries]
}

/** What stands in for a family of which nothing was asked for. */
const plain = {
  aliases: all.aliases.slice(0, 1),
  writers: all.writers.slice(0, 2),
  wrappers: [],
  triggers: all.triggers.slice(0, 1),
  patches: [],
  scenarios: []
}

/** Calls of functions whose effect must be waited for. */
export const awaited = ["await @C", "await (@D)(§)", "const done§ = await @C", "await Promise.resolve(§).then(@D)",
  "await (async () => { await (@D)(§) })()"].map((text) => ({ tag: "await", text, asynchronous: true }))

/**
 * @param {{ flows?: ReadonlyArray<string>, language: "js" | "ts" }} options flows: families (`triggers`), tags (`await`), or both
 *   (`aliases:getter`)
 */
export const choose = ({ flows, language }) =>
  Object.fromEntries(
    Object.entries(all).map(([family, rows]) => {
      const chosen = flows === undefined ? rows
        : rows.filter(({ tag }) => flows.some((flow) => flow === family || flow === tag || flow === `${family}:${tag}`))
      const used = chosen.length > 0 ? chosen : plain[family]
      return [family, used.filter((each) => each.language === undefined || each.language === language)]
    })
  )

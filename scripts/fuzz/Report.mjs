/**
 * Counts how programs ended, in all and for each kind of flow.
 */
const percent = (part, whole) => whole === 0 ? "-" : `${(100 * part / whole).toFixed(1)} %`

export const make = () => {
  const counts = { same: 0, different: 0, known: 0, refused: 0, unloadable: 0 }
  const tags = new Map()
  const refusals = new Map()
  let warned = 0
  let warnedDifferent = 0
  return {
    counts,
    get warned() {
      return warned
    },
    /** `ending` as the comparison says, or `known` for a difference of the list. */
    add: (ending, { refused, seed, tags: tagged, warnings }) => {
      counts[ending] += 1
      if (ending === "refused") {
        // What changes from program to program is a name or a place
        const kind = `${refused.tag}: ${
          refused.message.split("\n")[0].replaceAll(/`[^`]*`|"[^"]*"|\/\S+|\d+/g, "_").slice(0, 120)
        }`
        refusals.set(kind, [...refusals.get(kind) ?? [], seed])
      }
      const isDifferent = ending === "different" || ending === "known"
      if (warnings > 0) warned += 1
      if (warnings > 0 && isDifferent) warnedDifferent += 1
      if (ending === "unloadable") return
      for (const tag of tagged) {
        const entry = tags.get(tag) ?? { programs: 0, different: 0, blamed: 0 }
        entry.programs += 1
        if (isDifferent) entry.different += 1
        tags.set(tag, entry)
      }
    },
    /** What is left of a shrunk program. */
    blame: (tagged) => {
      for (const tag of tagged) {
        const entry = tags.get(tag)
        if (entry !== undefined) entry.blamed += 1
      }
    },
    /** Of the programs that can be loaded: how many gave something else, and no word was said. */
    silentRate: () => {
      const loaded = counts.same + counts.different + counts.known + counts.refused
      return loaded === 0 ? 0 : (counts.different + counts.known - warnedDifferent) / loaded
    },
    lines: (seconds) => {
      const { different, known, refused, same, unloadable } = counts
      const loaded = same + different + known + refused
      return [
        `${same} same, ${different} different${
          known > 0 ? `, ${known} known to differ` : ""
        }, ${refused} refused, ${warned} warned (${warnedDifferent} of them differ); ${unloadable} programs cannot be loaded`,
        `different ${percent(different + known, loaded)}, silently ${
          percent(different + known - warnedDifferent, loaded)
        }, refused ${percent(refused, loaded)}, warned ${percent(warned, loaded)}; ${
          ((loaded + unloadable) / seconds).toFixed(1)
        } programs a second`
      ]
    },
    /** Why programs are refused, and for which seeds. */
    refusals: () =>
      [...refusals].sort(([, a], [, b]) => b.length - a.length).map(([kind, seeds]) =>
        `REFUSED ${seeds.length} ${kind} (${seeds.slice(0, 5).join(", ")})`
      ),
    /** By flow: how many programs have it, how many of them differ, and in how many it was left after shrinking. */
    table: () =>
      [...tags].sort(([, a], [, b]) => b.blamed - a.blamed || b.different / b.programs - a.different / a.programs)
        .map(([tag, { blamed, different, programs }]) =>
          `  ${tag.padEnd(34)} ${String(programs).padStart(6)} programs, ${
            percent(different, programs).padStart(7)
          } differ, blamed ${blamed}`
        )
  }
}

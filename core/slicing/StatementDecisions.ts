/**
 * Decides which top-level statements stay: those that may change what is reached. Lines that only package and run the
 * entry go.
 */
import type { Item } from "../modules/ModuleRecord.ts"
import { type CodeModule, locate, nodeId } from "../modules/Module.ts"
import type { Decision, NodeId, Reason } from "../modules/Reason.ts"
import type { Tracer } from "./Tracer.ts"

/** Statements to keep or drop whatever the analysis says, as `file#name` or `file:line`. */
export interface ReachOptions {
  readonly keep: ReadonlyArray<string>
  readonly drop: ReadonlyArray<string>
}

export interface StatementDecisions {
  readonly all: ReadonlyMap<NodeId, Decision>
  /** Keeps an item that may change `what`, unless an option says otherwise; whether it is kept now. */
  readonly wants: (module: CodeModule, item: Item, what: string) => boolean
  /** Whether something of the module is kept because of what it changes. */
  readonly isWanted: (module: CodeModule) => boolean
  /** Keeps what the option `keep` names; whether that is anything new. */
  readonly keepNamed: (whole: (module: CodeModule, item: Item) => void) => boolean
  /** Says of the statements that are left that they go. */
  readonly dropRest: (drives: (module: CodeModule, item: Item) => boolean) => void
}

const matches = (patterns: ReadonlyArray<string>, module: CodeModule, item: Item): boolean =>
  patterns.length > 0 &&
  (patterns.includes(nodeId(module, item)) || patterns.includes(`${module.file}:${locate(module, item.range[0]).line}`))

/** Whether the option `drop` names the item. */
export const isDropped = (options: ReachOptions) => (module: CodeModule, item: Item): boolean =>
  matches(options.drop, module, item)

export const make = (tracer: Tracer, options: ReachOptions): StatementDecisions => {
  const decisions = new Map<NodeId, Decision>()
  const decide = (module: CodeModule, item: Item, verdict: Decision["verdict"], why: string): void => {
    decisions.set(`${module.path}\0${item.index}`, {
      node: nodeId(module, item),
      verdict,
      doubt: false,
      why,
      location: locate(module, item.range[0])
    })
  }
  const keep = (module: CodeModule, item: Item, why: string, kind: Reason["kind"]): void => {
    decide(module, item, "kept", why)
    tracer.reachItem(module, item, { kind, from: module.file, because: why, location: locate(module, item.range[0]) })
  }
  const seen = new Set<string>()
  const wanted = new Set<string>()
  return {
    all: decisions,
    isWanted: (module) => wanted.has(module.path),
    wants: (module, item, what) => {
      if (tracer.modules.get(module.path)?.items.has(item.index) === true) return false
      if (matches(options.drop, module, item)) {
        decide(module, item, "dropped", "the option `drop` names it")
        return false
      }
      wanted.add(module.path)
      keep(module, item, `it may change ${what}`, "effect")
      return true
    },
    keepNamed: (whole) => {
      let changed = false
      if (options.keep.length === 0) return changed
      for (const { items, module } of [...tracer.modules.values()]) {
        for (const item of module.record.items) {
          if (
            items.has(item.index) || seen.has(`${module.path}\0${item.index}`) || !matches(options.keep, module, item)
          ) continue
          seen.add(`${module.path}\0${item.index}`)
          keep(module, item, "the option `keep` names it", "option")
          whole(module, item)
          changed = true
        }
      }
      return changed
    },
    dropRest: (drives) => {
      for (const { items, module } of tracer.modules.values()) {
        for (const item of module.record.items) {
          if (item.kind !== "statement" || items.has(item.index) || decisions.has(`${module.path}\0${item.index}`)) {
            continue
          }
          const why = drives(module, item)
            ? "it only packages or runs the function, or uses what that gave"
            : "it changes nothing that the function uses"
          decide(module, item, "dropped", why)
        }
      }
    }
  }
}

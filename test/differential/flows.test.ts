/**
 * Programs with one flow each, written by hand: what each gives from its package is what it gives in place.
 */
import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import { mkdtempSync, realpathSync, rmSync } from "node:fs"
import { availableParallelism, tmpdir } from "node:os"
import * as path from "node:path"
import * as Comparison from "../../scripts/fuzz/Comparison.mjs"
import type * as Corpus from "../../scripts/fuzz/Corpus.mjs"
import * as Packages from "../../scripts/fuzz/Packages.mjs"
import * as Runs from "../../scripts/fuzz/Runs.mjs"
import { aliases } from "./flows/aliases.ts"
import { bindings } from "./flows/bindings.ts"
import { containers } from "./flows/containers.ts"
import { conversions } from "./flows/conversions.ts"
import { crossings } from "./flows/crossings.ts"
import type { Flow } from "./flows/Flow.ts"
import { hosts } from "./flows/hosts.ts"
import { loadings } from "./flows/loadings.ts"
import { oddities } from "./flows/oddities.ts"
import { promises } from "./flows/promises.ts"
import { requires } from "./flows/requires.ts"
import { triggers } from "./flows/triggers.ts"
import { typescripts } from "./flows/typescript.ts"
import { wholeModules } from "./flows/wholeModules.ts"

let scratch = ""
let packages: Corpus.Packages
let runs: Corpus.Runs
let compare: ReturnType<typeof Comparison.make>
beforeAll(() => {
  scratch = realpathSync(mkdtempSync(path.join(tmpdir(), "clustrix-flows-")))
  packages = Packages.make(scratch)
  runs = Runs.make()
  compare = Comparison.make({ packages, runs, scratch })
})
afterAll(async () => {
  runs.close()
  await packages.close()
  rmSync(scratch, { recursive: true, force: true })
})

/** What differs, as text: the program, and what became of it. */
const differing = async (flows: ReadonlyArray<Flow>): Promise<string> => {
  const queue = [...flows]
  const different: Array<string> = []
  const lane = async (): Promise<void> => {
    for (let flow = queue.shift(); flow !== undefined; flow = queue.shift()) {
      const { ending, outcome, packaged, program } = await compare(flow)
      if (ending === "same") continue
      const texts = Object.entries(flow.files).map(([file, text]) => `--- ${file}\n${text}`)
      const said = JSON.stringify({ program, outcome, refused: packaged.refused, defect: packaged.defect })
      different.push(`${texts.join("\n")}\n${ending}: ${said}`)
    }
  }
  await Promise.all(Array.from({ length: availableParallelism() }, lane))
  return different.join("\n\n")
}

const kinds: ReadonlyArray<readonly [kind: string, flows: ReadonlyArray<Flow>]> = [
  ["ways to get at an object", aliases],
  ["ways to make code run", triggers],
  ["functions that are bound", bindings],
  ["promises", promises],
  ["odd writes, and code that the library runs", oddities],
  ["methods that the language calls by itself", conversions],
  ["containers with computed keys", containers],
  ["several modules", crossings],
  ["other names of `require`", requires],
  ["modules that are loaded later", loadings],
  ["changes of the language's and Node's objects", hosts],
  ["code that may name anything", wholeModules],
  ["TypeScript and decorators", typescripts]
]

describe("programs of one flow do the same from their packages:", () => {
  for (const [kind, flows] of kinds) {
    it(`${kind} (${flows.length})`, async () => {
      const different = await differing(flows)
      assert.strictEqual(different.length, 0, different)
    }, 300_000)
  }
})

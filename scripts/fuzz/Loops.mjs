/**
 * `npm run fuzz -- loops [--seed N] [--programs N]`: generates loops, many of them modules of one package, and compares what each
 * does on threads with what it does serially, in one process. `--only SEED` shows one.
 */
import * as devalue from "devalue"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { mkdtempSync, realpathSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import * as path from "node:path"
import { parseArgs } from "node:util"
import * as AnalysisCache from "../../core/modules/AnalysisCache.ts"
import * as Hasher from "../../platform-node/Hasher.ts"
import * as SourceParser from "../../platform-node/SourceParser.ts"
import { generateLoop } from "../../test/loops/generateLoop.ts"
import { mainOf, runBoth, unpack } from "../../test/loops/LoopProject.ts"

const perPackage = 50

const services = Layer.mergeAll(SourceParser.layer, Hasher.layer, AnalysisCache.layerNone)

/** @param {string} outcome */
const apart = (outcome) => {
  if (!outcome.startsWith("gave ")) throw new Error(`The whole package ${outcome.slice(0, 200)}`)
  return devalue.parse(outcome.slice("gave ".length))
}

/** @param {ReadonlyArray<string>} words */
export const fuzzLoops = async (words) => {
  const { values } = parseArgs({
    args: [...words],
    options: { seed: { type: "string" }, programs: { type: "string", default: "1000" }, only: { type: "string" } }
  })
  const first = Number(values.only ?? values.seed ?? Math.floor(Math.random() * 2 ** 31))
  const programs = values.only === undefined ? Number(values.programs) : 1
  if (!Number.isInteger(first) || !Number.isInteger(programs) || programs < 1) {
    console.error("--seed, --programs and --only must be whole numbers.")
    return 2
  }
  console.log(`seeds ${first} to ${first + programs - 1}`)
  const scratch = realpathSync(mkdtempSync(path.join(tmpdir(), "clustrix-fuzz-loops-")))
  let different = 0
  let parallel = 0
  let computed = 0
  try {
    for (let at = 0; at < programs; at += perPackage) {
      const texts = Array.from({ length: Math.min(perPackage, programs - at) }, (_, index) => {
        const seed = first + at + index
        return [`p${seed}`, generateLoop(seed)]
      })
      const directory = path.join(scratch, String(at))
      const files = Object.fromEntries(texts.map(([name, text]) => [`${name}.ts`, text]))
      const main = mainOf(texts.map(([name]) => name))
      const { loops } = await Effect.runPromise(
        unpack({ files: { ...files, "main.ts": main }, fn: "main.ts#main" }, directory).pipe(Effect.provide(services))
      )
      parallel += loops.filter(({ verdict }) => verdict === "parallel").length
      const [outcome] = await runBoth([{ directory }], path.join(scratch, "outcomes.json"))
      computed += outcome.notes.reduce((sum, note) => sum + note.computed, 0)
      const serial = apart(outcome.serial)
      const wide = apart(outcome.wide)
      for (const [name, text] of texts) {
        const [one, other] = [devalue.stringify(serial[name]), devalue.stringify(wide[name])]
        if (values.only !== undefined) console.log(`${text}\n${one}\n${JSON.stringify(loops, undefined, 2)}`)
        if (one === other) continue
        different += 1
        console.log(`DIFFERENT ${name.slice(1)}\n${text}\nserial ${one}\nwide   ${other}`)
      }
      rmSync(directory, { recursive: true, force: true })
    }
  } finally {
    rmSync(scratch, { recursive: true, force: true })
  }
  console.log(
    `${programs} programs, ${different} different; ${parallel} loops proven, ${computed} iterations on threads`
  )
  // Nothing was compared where nothing ran on threads
  return different > 0 || (programs >= perPackage && computed === 0) ? 1 : 0
}

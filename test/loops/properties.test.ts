/**
 * Generated loops: whatever the proof says of one, on threads it does exactly what it does serially. Many are modules of
 * one package, which runs twice in one process.
 */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { mkdtempSync, realpathSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import * as devalue from "devalue"
import * as path from "node:path"
import { afterAll, beforeAll } from "vitest"
import type { LoopReport } from "../../core/parallel/LoopReport.ts"
import * as AnalysisCache from "../../core/modules/AnalysisCache.ts"
import * as Hasher from "../../platform-node/Hasher.ts"
import * as SourceParser from "../../platform-node/SourceParser.ts"
import { generateLoop } from "./generateLoop.ts"
import { mainOf, type Outcomes, runBoth, unpack } from "./LoopProject.ts"

/** Other loops in every run; `PROPERTY_SEED` brings those of a failure back. */
const seed = Number(process.env["PROPERTY_SEED"] ?? Math.floor(Math.random() * 2 ** 31))
const packages = Number(process.env["PROPERTY_PACKAGES"] ?? 2)
const perPackage = 50

interface Generated {
  readonly name: string
  readonly text: string
  readonly verdict: LoopReport["verdict"]
  readonly serial: string
  readonly wide: string
}

/** What each function of a package gave, from what all of them gave. */
const apart = (outcome: string): Readonly<Record<string, string>> => {
  assert.match(outcome, /^gave /)
  const all: Readonly<Record<string, unknown>> = devalue.parse(outcome.slice("gave ".length))
  return Object.fromEntries(Object.entries(all).map(([name, value]) => [name, devalue.stringify(value)]))
}

const generated: Array<Generated> = []
const outcomes: Array<Outcomes> = []
let scratch = ""

beforeAll(async () => {
  scratch = realpathSync(mkdtempSync(path.join(tmpdir(), "clustrix-loops-")))
  const projects = Array.from({ length: packages }, (_, index) => {
    const texts = Array.from({ length: perPackage }, (_, at) => {
      const own = seed + index * perPackage + at
      return [`p${own}`, generateLoop(own)] as const
    })
    return { texts, directory: path.join(scratch, String(index)) }
  })
  const reports = await Effect.runPromise(
    Effect.forEach(projects, ({ directory, texts }) => {
      const modules = Object.fromEntries(texts.map(([name, text]) => [`${name}.ts`, text]))
      const main = mainOf(texts.map(([name]) => name))
      return unpack({ files: { ...modules, "main.ts": main }, fn: "main.ts#main" }, directory)
    }).pipe(Effect.provide(Layer.mergeAll(SourceParser.layer, Hasher.layer, AnalysisCache.layerNone)))
  )
  outcomes.push(...await runBoth(projects, path.join(scratch, "outcomes.json")))
  console.log(`seed ${seed}: PROPERTY_SEED=${seed} generates these loops again`)
  projects.forEach(({ texts }, index) => {
    const serial = apart(outcomes[index]?.serial ?? "")
    const wide = apart(outcomes[index]?.wide ?? "")
    for (const [name, text] of texts) {
      const own = (reports[index]?.loops ?? []).filter(({ location }) => location.file === `${name}.ts`)
      const line = text.slice(0, text.indexOf("export ")).split("\n").length
      const parallel = own.some((loop) => loop.verdict === "parallel" && loop.location.line > line)
      generated.push({
        name,
        text,
        verdict: parallel ? "parallel" : "serial",
        serial: serial[name] ?? "",
        wide: wide[name] ?? ""
      })
    }
  })
})

afterAll(() => rmSync(scratch, { recursive: true, force: true }))

describe("generated loops", () => {
  it("do on threads exactly what they do serially", () => {
    const different = generated.filter(({ serial, wide }) => serial !== wide)
      .sort((a, b) => a.text.length - b.text.length)
    const [first] = different
    assert.isUndefined(
      first,
      `${different.map(({ name }) => name).join(" ")}\n${first?.text}\nserial ${first?.serial}\nwide   ${first?.wide}`
    )
  })

  it("are of all kinds", () => {
    const parallel = generated.filter(({ verdict }) => verdict === "parallel")
    const threw = generated.filter(({ serial }) => serial.includes(`"threw"`) || serial.includes("RangeError"))
    const computed = outcomes.flatMap(({ notes }) => notes).filter((note) => note.computed > 0)
    const left = outcomes.flatMap(({ notes }) => notes).filter((note) => note.computed < note.iterations)
    // Of a hundred some 65 are proven, and some 10 fail
    const share = (part: ReadonlyArray<unknown>): number => part.length / generated.length
    assert.isAbove(share(parallel), 0.2)
    assert.isAbove(1 - share(parallel), 0.1)
    assert.isAbove(threw.length, 0)
    assert.isAbove(computed.length, 0)
    assert.isAbove(left.length, 0)
  })
})

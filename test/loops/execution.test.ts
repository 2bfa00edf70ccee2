/**
 * Packages with loops as a job runs them: through their `execute.mjs`, with invocations that differ in `cores` and
 * `parallel` only. Loops decide for themselves here when threads are worth it.
 */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { spawn } from "node:child_process"
import { existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import * as path from "node:path"
import { afterAll, beforeAll } from "vitest"
import * as AnalysisCache from "../../core/modules/AnalysisCache.ts"
import * as ClusterConfig from "../../core/config/ClusterConfig.ts"
import * as Invocation from "../../core/runtime/Invocation.ts"
import * as Hasher from "../../platform-node/Hasher.ts"
import * as SourceParser from "../../platform-node/SourceParser.ts"
import * as Packing from "../identity/Packing.ts"
import { unpack } from "./LoopProject.ts"

/** Long enough that threads are worth it on any machine, and then some: an iteration takes about 20 ms. */
const long = `
import { scaled } from "./scaled.ts"

const turn = (seed: number): number => {
  let value = seed
  for (let step = 0; step < 3_000_000; step++) value = (Math.imul(value, 1664525) + 1013904223) >>> 0
  return value
}

export function main(seeds: number): unknown {
  const values: Array<number> = []
  const byDigit: Record<string, Array<number>> = {}
  let sum = 0
  for (let seed = 0; seed < seeds; seed++) {
    const value = turn(seed)
    values.push(value)
    sum += scaled(value)
    ;(byDigit[String(value % 10)] ??= []).push(seed)
  }
  return { values, byDigit, sum }
}
`

/** Fails in the middle, with what was gathered until then in its message. */
const failing = `
const turn = (seed: number): number => {
  let value = seed
  for (let step = 0; step < 3_000_000; step++) value = (Math.imul(value, 1664525) + 1013904223) >>> 0
  if (seed === 31) throw new RangeError("not " + seed)
  return value
}

export function main(): unknown {
  let sum = 0
  const seen: Array<number> = []
  try {
    for (let seed = 0; seed < 40; seed++) {
      seen.push(seed)
      sum += turn(seed) / 3
    }
  } catch (error) {
    throw new Error(String(error) + " after " + seen.length + ": " + sum)
  }
  return sum
}
`

/** Reads an array of `mb` megabytes. */
const wide = `
export function main(mb: number): unknown {
  const data = new Float64Array(mb * 131072)
  for (let i = 0; i < data.length; i++) data[i] = (i * 7919) % 1000
  const sums: Array<number> = []
  for (let b = 0; b < 20; b++) {
    let seed = b + 1
    let sum = 0
    for (let k = 0; k < 1_500_000; k++) {
      seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0
      sum += data[seed % data.length]!
    }
    sums.push(sum)
  }
  return sums
}
`

/** Contributes a cell in a few nanoseconds, and again and again. */
const cheap = `
export function main(times: number): unknown {
  const width = 600
  const cells = new Uint8Array(width * width)
  for (let g = 0; g < times; g++) {
    for (let y = 0; y < width; y++) {
      for (let x = 0; x < width; x++) {
        let n = x
        for (let d = 0; d < 12; d++) n = (n * 31 + y + g) % 251
        cells[y * width + x] = n
      }
    }
  }
  return cells.reduce((sum, each) => sum + each, 0)
}
`

const projects: Readonly<Record<string, Packing.Project>> = {
  long: {
    files: {
      "main.ts": long,
      "scaled.ts": "const factor = 0.1\nexport const scaled = (n: number): number => n * factor\n"
    },
    fn: "main.ts#main"
  },
  wide: { files: { "main.ts": wide }, fn: "main.ts#main" },
  cheap: { files: { "main.ts": cheap }, fn: "main.ts#main" },
  failing: { files: { "main.ts": failing }, fn: "main.ts#main" }
}

interface Ran {
  /** Without what differs from run to run. */
  readonly result: unknown
  readonly notes: ReadonlyArray<{ readonly iterations: number; readonly computed: number }> | undefined
}

const services = Layer.mergeAll(SourceParser.layer, Hasher.layer, AnalysisCache.layerNone)
let scratch = ""
let jobs = 0
const digests = new Map<string, string>()

const execute = async (
  name: string,
  cluster: Partial<ClusterConfig.ClusterConfig> | undefined,
  args: ReadonlyArray<unknown>,
  place: (file: string) => string = (file) => file,
  addressSpaceKb = "unlimited"
): Promise<Ran> => {
  const job = path.join(scratch, `job-${jobs += 1}`)
  mkdirSync(job)
  const digest = digests.get(name) ?? assert.fail(name)
  const words = ["--job", place(job)]
  if (cluster !== undefined) {
    const invocation = await Effect.runPromise(Invocation.make({
      package: { packageId: digest.slice(0, 16), digest, functionName: "main" },
      arguments: args,
      cluster: { ...ClusterConfig.local, ...cluster },
      runtimeVersion: process.version
    }))
    writeFileSync(path.join(job, "invocation.json"), Invocation.encode(invocation))
    words.push("--invocation", place(path.join(job, "invocation.json")))
  }
  const limited = ["-c", `ulimit -v ${addressSpaceKb} && exec "$@"`, "sh", process.execPath]
  const child = spawn("sh", [...limited, path.join(scratch, name, "execute.mjs"), ...words], {
    cwd: scratch,
    stdio: ["ignore", "ignore", "pipe"],
    timeout: 60_000
  })
  let errors = ""
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    errors += text
  })
  await new Promise((resolve) => child.on("close", resolve))
  assert.isTrue(existsSync(path.join(job, "result")), errors)
  const { error, status, value }: { error?: { name: string; message: string }; status: string; value?: string } = JSON
    .parse(readFileSync(path.join(job, "result"), "utf8"))
  const notes = path.join(job, "loops.json")
  return {
    result: { status, value, error: error === undefined ? undefined : { name: error.name, message: error.message } },
    notes: existsSync(notes) ? JSON.parse(readFileSync(notes, "utf8")) : undefined
  }
}

beforeAll(async () => {
  scratch = realpathSync(mkdtempSync(path.join(tmpdir(), "clustrix-loops-")))
  await Effect.runPromise(
    Effect.forEach(
      Object.entries(projects),
      ([name, project]) =>
        Effect.map(unpack(project, path.join(scratch, name)), ({ digest }) => digests.set(name, digest))
    )
      .pipe(Effect.provide(services))
  )
})

afterAll(() => rmSync(scratch, { recursive: true, force: true }))

const computed = ({ notes }: Ran): number => (notes ?? []).reduce((sum, note) => sum + note.computed, 0)

describe("a job with loops", () => {
  for (const [name, args] of [["long", [60]], ["failing", []]] as const) {
    it(`gives the same with all its cores, one, or none to spare (${name})`, async () => {
      const wide = await execute(name, { cores: 2, parallel: true }, args)
      const off = await execute(name, { cores: 2, parallel: false }, args)
      const one = await execute(name, { cores: 1, parallel: true }, args)
      const unsaid = await execute(name, {}, args)
      assert.isAbove(computed(wide), 0, "no iteration ran on a thread")
      assert.include(JSON.stringify(wide.result), name === "long" ? `byDigit` : "not 31 after 32: ")
      for (const serial of [off, one, unsaid]) {
        assert.deepStrictEqual(serial.result, wide.result)
        assert.isUndefined(serial.notes)
      }
    })
  }

  it("uses no threads for a loop that is over soon", async () => {
    const ran = await execute("long", { cores: 2, parallel: true }, [2])
    assert.strictEqual(computed(ran), 0)
  })

  it("is serial where the limit of address space has no room for threads", async () => {
    const ran = await execute("long", { cores: 2, parallel: true }, [60], (file) => file, "2000000")
    const serial = await execute("long", { cores: 1 }, [60])
    assert.deepStrictEqual(ran.result, serial.result)
    assert.strictEqual(computed(ran), 0)
    assert.include(JSON.stringify(ran.notes), "too little address space")
  }, 120_000)

  it("copies no more to each thread than a thread itself takes", async () => {
    const ran = await execute("wide", { cores: 2, parallel: true }, [70])
    const serial = await execute("wide", { cores: 1 }, [70])
    assert.deepStrictEqual(ran.result, serial.result)
    assert.strictEqual(computed(ran), 0)
    assert.include(JSON.stringify(ran.notes), "more bytes than each thread may have a copy of")
  }, 120_000)

  it("leaves a loop alone in which threads did not pay", async () => {
    const ran = await execute("cheap", { cores: 2, parallel: true }, [40])
    const serial = await execute("cheap", { cores: 1 }, [40])
    assert.deepStrictEqual(ran.result, serial.result)
    assert.isAtMost(ran.notes?.length ?? 0, 2)
  }, 120_000)

  it("uses its cores when its files are named relative to where it is started", async () => {
    const ran = await execute("long", { cores: 2, parallel: true }, [60], (file) => path.relative(scratch, file))
    assert.isAbove(computed(ran), 0)
  })

  it("runs without an invocation", async () => {
    const wide = await execute("failing", { cores: 2, parallel: true }, [])
    const plain = await execute("failing", undefined, [])
    assert.deepStrictEqual(plain.result, wide.result)
    assert.isUndefined(plain.notes)
  })

  it("has the same ID however it is to run", async () => {
    const configs: ReadonlyArray<ClusterConfig.ClusterConfig> = [
      { ...ClusterConfig.local, cores: 2, parallel: true },
      { ...ClusterConfig.local, cores: 64, parallel: true },
      { ...ClusterConfig.local, cores: 2, parallel: false }
    ]
    for (const [name, project] of Object.entries(projects)) {
      for (const config of configs) {
        const { digest } = await Effect.runPromise(Packing.pack({ ...project, config }).pipe(Effect.provide(services)))
        assert.strictEqual(digest, digests.get(name))
      }
    }
  })
})

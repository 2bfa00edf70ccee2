/**
 * Behaviour equals the original: each fixture's function does from its package what it does in place, and what esbuild's
 * bundle of it does: it gives or throws the same, and prints the same.
 *
 * A fixture is a folder with a module `main`, and `expected.json` for the outcome. `in-place-differs.txt` and
 * `bundle-differs.txt` say why tsx or esbuild do something else, `runs-in-package-only.txt` why they cannot be asked.
 */
import { Cluster } from "clustrix/node"
import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import * as ClusterConfig from "../../core/config/ClusterConfig.ts"
import { JobFailedError } from "../../core/cluster/execute/JobError.ts"
import * as Pipeline from "../../core/Pipeline.ts"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as esbuild from "esbuild"
import { spawnSync } from "node:child_process"
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import * as path from "node:path"
import { fileURLToPath } from "node:url"
import { gave, type Outcome, threw } from "./outcome.mjs"

const fixtures = fileURLToPath(new URL("./fixtures/", import.meta.url))
const runner = fileURLToPath(new URL("./run.mjs", import.meta.url))
const tsx = new URL("../../node_modules/tsx/dist/loader.mjs", import.meta.url).href
const names = readdirSync(fixtures).sort()
const note = (name: string, file: string): string | undefined => {
  const found = path.join(fixtures, name, file)
  return existsSync(found) ? readFileSync(found, "utf8").trim() : undefined
}
/** Fixtures that others can run, too. */
const shared = names.filter((name) => note(name, "runs-in-package-only.txt") === undefined)
const mainOf = (name: string): string =>
  readdirSync(path.join(fixtures, name)).find((file) => /^main\.[cm]?tsx?$/.test(file)) ?? "main.ts"

let scratch = ""
const directory = (name: string): string => path.join(scratch, "fixtures", name)

/** Runs the listed modules in one process of their own. */
const outcomes = (
  entries: ReadonlyArray<readonly [name: string, file: string]>,
  environment: NodeJS.ProcessEnv = {},
  flags: ReadonlyArray<string> = []
): Readonly<Record<string, Outcome>> => {
  const output = path.join(scratch, `outcomes-${flags.length}-${Object.keys(environment).length}.json`)
  const { status, stderr } = spawnSync(process.execPath, [...flags, runner, output], {
    env: { ...process.env, ...environment },
    input: JSON.stringify(entries.map(([name, file]) => ({ name, directory: directory(name), file }))),
    encoding: "utf8"
  })
  if (status !== 0) throw new Error(`${runner} ended with ${status}: ${stderr}`)
  const read: Record<string, Outcome> = JSON.parse(readFileSync(output, "utf8"))
  return read
}

let inPlace: Readonly<Record<string, Outcome>> = {}
let bundled: Readonly<Record<string, Outcome>> = {}

beforeAll(async () => {
  scratch = realpathSync(mkdtempSync(path.join(tmpdir(), "clustrix-behaviour-")))
  process.env["CLUSTRIX_PACKAGE_DIR"] = path.join(scratch, "packages")
  process.env["CLUSTRIX_STATE_DIR"] = path.join(scratch, "state")
  process.env["XDG_CACHE_HOME"] = path.join(scratch, "cache")
  cpSync(fixtures, path.join(scratch, "fixtures"), { recursive: true })

  const withTsconfig = (name: string): boolean => existsSync(path.join(directory(name), "tsconfig.json"))
  const source = (name: string) => [name, path.join(directory(name), mainOf(name))] as const
  const flags = ["--import", tsx]
  inPlace = Object.assign(
    {},
    outcomes(shared.filter((name) => !withTsconfig(name)).map(source), {}, flags),
    // tsx follows one tsconfig.json in a process
    ...shared.filter(withTsconfig).map((name) =>
      outcomes([source(name)], { TSX_TSCONFIG_PATH: path.join(directory(name), "tsconfig.json") }, flags)
    )
  )

  bundled = outcomes(
    await Promise.all(shared.map(async (name) => {
      const bundle = path.join(directory(name), "bundle.mjs")
      await esbuild.build({
        entryPoints: [path.join(directory(name), mainOf(name))],
        outfile: bundle,
        bundle: true,
        format: "esm",
        platform: "node",
        target: "node20"
      })
      return [name, bundle] as const
    }))
  )
})
afterAll(() => {
  rmSync(scratch, { recursive: true, force: true })
})

const fromPackage = async (name: string): Promise<Outcome> => {
  let printed = ""
  const decoder = new TextDecoder()
  const call = { fn: path.join(directory(name), `${mainOf(name)}#main`) }
  const exit = await Effect.runPromiseExit(
    Pipeline.run(call, {
      log: ({ bytes, stream }) =>
        Effect.sync(() => {
          if (stream === "stdout") printed += decoder.decode(bytes, { stream: true })
        })
    }).pipe(Effect.provide(Cluster.layer(ClusterConfig.local)))
  )
  if (Exit.isSuccess(exit)) return gave(exit.value.result.value, printed)
  const error = Cause.squash(exit.cause)
  if (error instanceof JobFailedError) return threw(error.cause, printed)
  throw error
}

describe("a function run from its package", () => {
  it("has enough fixtures", () => assert.isAtLeast(names.length, 150))

  for (const name of names) {
    it(name, async () => {
      const expected: unknown = JSON.parse(readFileSync(path.join(fixtures, name, "expected.json"), "utf8"))
      assert.deepEqual(await fromPackage(name), expected)
      if (!shared.includes(name)) return
      for (
        const [how, outcome, reason] of [
          ["in place", inPlace[name], note(name, "in-place-differs.txt")],
          ["in esbuild's bundle", bundled[name], note(name, "bundle-differs.txt")]
        ] as const
      ) {
        if (reason === undefined) assert.deepEqual(outcome, expected, how)
        else assert.notDeepEqual(outcome, expected, `${how} it is the same, although: ${reason}`)
      }
    })
  }
})

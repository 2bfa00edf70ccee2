/**
 * Callers of the promises hear of warnings as of any other warning of the process.
 */
import { assert, describe, it } from "@effect/vitest"
import * as Fs from "node:fs"
import * as Os from "node:os"
import * as Path from "node:path"
import { packageFunctionForExecution } from "../../platform-node/index.ts"

const withProject = async (text: string, use: (reference: string) => Promise<void>): Promise<void> => {
  const directory = Fs.realpathSync(Fs.mkdtempSync(Path.join(Os.tmpdir(), "clustrix-warned-")))
  const before = process.env["CLUSTRIX_PACKAGE_DIR"]
  process.env["CLUSTRIX_PACKAGE_DIR"] = Path.join(directory, "packages")
  try {
    Fs.writeFileSync(Path.join(directory, "package.json"), `{ "name": "warned", "type": "module" }`)
    Fs.writeFileSync(Path.join(directory, "main.ts"), text)
    await use(`${Path.join(directory, "main.ts")}#main`)
  } finally {
    if (before === undefined) delete process.env["CLUSTRIX_PACKAGE_DIR"]
    else process.env["CLUSTRIX_PACKAGE_DIR"] = before
    Fs.rmSync(directory, { recursive: true, force: true })
  }
}

/** Warnings of Clustrix that the process emits meanwhile. */
const warningsOf = async (use: () => Promise<void>): Promise<ReadonlyArray<Error & { readonly code?: string }>> => {
  const heard: Array<Error> = []
  const listen = (warning: Error): void => {
    if (warning.name === "ClustrixWarning") heard.push(warning)
  }
  process.on("warning", listen)
  await use()
  // They are emitted in a turn of their own
  await new Promise((resolve) => setImmediate(resolve))
  process.off("warning", listen)
  return heard
}

describe("a warning of packaging", () => {
  it("is a warning of the process, once, with its code; a note is none", () =>
    withProject(
      `import * as fs from "node:fs"\nexport const main = (file: string) => [missing, fs.readFileSync(file)]`,
      async (reference) => {
        const heard = await warningsOf(async () => {
          const first = await packageFunctionForExecution(reference)
          assert.deepStrictEqual(first.diagnostics.map(({ code, severity }) => [severity, code]), [
            ["warning", "unresolved-name"],
            ["info", "argument-path"]
          ])
          await packageFunctionForExecution(reference)
        })
        assert.deepStrictEqual(heard.map(({ code }) => code), ["unresolved-name"])
        assert.match(heard[0]?.message ?? "", /`missing` is defined nowhere\n {2}`main` uses it/)
      }
    ), 60_000)
})

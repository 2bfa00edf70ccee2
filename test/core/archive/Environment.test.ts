/**
 * The package does not depend on the process that makes it.
 */
import { assert, beforeAll, describe, it } from "@effect/vitest"
import { build } from "esbuild"
import { spawnSync } from "node:child_process"
import { closeSync, ftruncateSync, mkdtempSync, openSync, rmSync, writeFileSync, writeSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { afterAll } from "vitest"
import { noise } from "./sample.ts"

let directory = ""
let script = ""

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), "clustrix-environment-"))
  script = join(directory, "seal.cjs")
  await build({
    entryPoints: [fileURLToPath(new URL("./sealInProcess.ts", import.meta.url))],
    outfile: script,
    bundle: true,
    platform: "node",
    format: "cjs",
    logLevel: "error"
  })
})
afterAll(() => rmSync(directory, { recursive: true, force: true }))

interface Result {
  readonly digest: string
  readonly zip: string
  readonly peakBytes: number
}

const seal = (file: string, environment: Record<string, string> = {}): Result => {
  const { status, stderr, stdout } = spawnSync(process.execPath, [script, file], {
    encoding: "utf8",
    env: { PATH: process.env["PATH"], ...environment }
  })
  assert.strictEqual(status, 0, stderr)
  const result: Result = JSON.parse(stdout)
  return result
}

describe("sealPackage in another process", () => {
  it("gives the same bytes in every time zone and locale", () => {
    const file = join(directory, "small")
    writeFileSync(file, "0123456789\n".repeat(20_000))
    const plain = seal(file)
    for (
      const environment of [
        { TZ: "Asia/Tokyo", LC_ALL: "C" },
        { TZ: "America/Los_Angeles", LC_ALL: "tr_TR.UTF-8" },
        { TZ: "Pacific/Kiritimati", HOME: "/nonexistent", LANG: "de_DE.UTF-8" }
      ]
    ) {
      const other = seal(file, environment)
      assert.deepStrictEqual([other.digest, other.zip], [plain.digest, plain.zip], JSON.stringify(environment))
    }
  })

  it.each([
    ["stored", 1_000_000_000, true],
    ["deflated", 100_000_000, false]
  ])("needs little memory for a large file (%s)", { timeout: 120_000 }, (_, length, noisy) => {
    const file = join(directory, "large")
    const handle = openSync(file, "w")
    // The first chunk decides whether it is stored; the rest is a hole of the file.
    writeSync(handle, noisy ? noise(65_536) : new Uint8Array(65_536))
    ftruncateSync(handle, length)
    closeSync(handle)
    const { peakBytes } = seal(file)
    assert.isBelow(peakBytes, 200_000_000)
  })
})

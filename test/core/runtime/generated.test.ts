import { assert, describe, it } from "@effect/vitest"
import { execFile } from "node:child_process"
import { promisify } from "node:util"
import { execute } from "../../../core/runtime/execute.generated.ts"
import { filesystemUtils } from "../../../core/runtime/filesystem_utils.generated.ts"

describe("the texts that go into packages", () => {
  it("are those that the script makes of their sources", async () => {
    await promisify(execFile)(process.execPath, ["scripts/generate-runtime.mjs", "--check"])
  }, 30_000)

  it("need nothing but the runtime, and name nothing of the machine that made them", () => {
    for (const text of [execute, filesystemUtils]) {
      const imports = [...text.matchAll(/\bfrom\s*"([^"]+)"|\bimport\s*"([^"]+)"/g)].map((found) =>
        found[1] ?? found[2]
      )
      assert.isTrue(imports.length > 0)
      for (const specifier of imports) assert.match(specifier ?? "", /^node:/)
      assert.notInclude(text, process.cwd())
      assert.notMatch(text, /isWellFormed|structuredClone\(/)
    }
  })
})

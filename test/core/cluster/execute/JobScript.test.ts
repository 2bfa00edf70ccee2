import { assert, describe, it } from "@effect/vitest"
import * as fc from "fast-check"
import { spawnSync } from "node:child_process"
import * as Shell from "../../../../core/cluster/deploy/Shell.ts"
import * as JobScript from "../../../../core/cluster/execute/JobScript.ts"

const input: JobScript.JobScriptInput = {
  jobId: "j",
  jobDirectory: "/jobs/it's here",
  packageDirectory: "/packages/p",
  filesystemRoot: "/root dir",
  runtimePath: "node",
  directives: ["#SBATCH --time=1"],
  moduleLoads: ["gcc/12", "odd; name"],
  preExecutionCommands: ["export A=1"],
  limits: { timeSeconds: 60, memoryBytes: 1024 }
}

describe("job.sh", () => {
  it("quotes any word", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }).filter((word) => !word.includes("\0")), (word) => {
        const ran = spawnSync("/bin/sh", ["-c", `printf %s ${Shell.quote(word)}`], { encoding: "utf8" })
        return ran.stdout === Buffer.from(word).toString("utf8")
      }),
      { numRuns: 50 }
    )
  })

  it("is a script that the shell can read, limits and commands in it", () => {
    const script = JobScript.render(input)
    assert.strictEqual(spawnSync("/bin/sh", ["-n"], { input: script }).status, 0)
    assert.isTrue(script.startsWith("#!/bin/sh\n#SBATCH --time=1\n"))
    assert.include(script, "module load 'odd; name'\nexport A=1\n")
    assert.include(script, "--supervise --time-limit 60 --memory 1024")
  })
})

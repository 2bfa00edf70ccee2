/**
 * What a scheduler prints, or something else in its place: lists of millions, numbers that lie, text that is none of its own.
 */
import { assert, describe, it } from "@effect/vitest"
import * as GridEngineStates from "../../../../core/cluster/execute/GridEngineStates.ts"
import * as JobStatus from "../../../../core/cluster/execute/JobStatus.ts"
import * as PbsStates from "../../../../core/cluster/execute/PbsStates.ts"
import * as SchedulerShell from "../../../../core/cluster/execute/SchedulerShell.ts"

const nested = (depth: number): string => "[".repeat(depth) + "]".repeat(depth)

/** CPU time and growth of memory of `run`. */
const costOf = (run: () => void): { readonly millis: number; readonly megabytes: number } => {
  const before = process.cpuUsage()
  const memory = process.memoryUsage.rss()
  run()
  const { system, user } = process.cpuUsage(before)
  return { millis: (system + user) / 1000, megabytes: (process.memoryUsage.rss() - memory) / 1e6 }
}

const broken: ReadonlyArray<string> = [
  "",
  "qstat: cannot connect",
  "<job_info",
  "<Data><Job",
  `<Data>${"<a>".repeat(100_000)}`,
  "<Data><__proto__>1</__proto__></Data>",
  "<job_info></queue_info></job_info>",
  `<Data>${"<a/>".repeat(3_000_000)}</Data>`
]

describe("what a scheduler prints", () => {
  it("is nothing where it cannot be read", () => {
    for (const text of broken) {
      assert.deepStrictEqual(PbsStates.fromXml(text), [], text.slice(0, 40))
      assert.isUndefined(GridEngineStates.qstatEntries(`x${text}`), text.slice(0, 40))
    }
  })

  it("is not built when it is nested, or more than anybody has", () => {
    for (const jobs of [nested(5_000_000), `{"1":[${Array(3_000_000).fill(0).join(",")}]}`]) {
      const text = `{"Jobs":${jobs}}`
      const cost = costOf(() => assert.isUndefined(PbsStates.fromJson(text)))
      assert.isBelow(cost.millis, 1000)
      assert.isBelow(cost.megabytes, 150)
    }
    assert.deepStrictEqual(PbsStates.fromJson("{\"Jobs\":{\"7.pbs\":{\"job_state\":\"Q\"}}}")?.length, 1)
  })

  it("tells of no more elements than it may, whatever numbers it says", () => {
    assert.deepStrictEqual(GridEngineStates.elementsOf("3,5-9:2"), [2, 4, 6, 8])
    const ranges = ["1-99999999999", "1-1000000,".repeat(1000), `1-${"9".repeat(400)}`, `${"9".repeat(400)}-1`]
    for (const tasks of ranges) {
      const entry = `<job_list><JB_job_number>1</JB_job_number><state>r</state><tasks>${tasks}</tasks></job_list>`
      const text = `<job_info><queue_info>${entry.repeat(50)}</queue_info></job_info>`
      const cost = costOf(() => {
        const elements = GridEngineStates.qstatEntries(text)?.map((each) => each.elements?.length ?? 0) ?? []
        assert.strictEqual(elements.length, 50)
        assert.isAtMost(elements.reduce((sum, each) => sum + each, 0), 2_000_000)
      })
      assert.isBelow(cost.millis, 3000)
    }
  })

  it("is taken apart in time that its lines take", () => {
    const lines = `${SchedulerShell.marker}\n${"a line\n".repeat(300_000)}${SchedulerShell.marker}\nlast`
    const cost = costOf(() => {
      const sections = SchedulerShell.sectionsOf({ stdout: lines, stderr: "", exitCode: 0 })
      assert.deepStrictEqual(sections.map(({ length }) => length), [300_000, 1])
    })
    assert.isBelow(cost.millis, 2000)
  })

  it("is quoted in few characters, none of which a terminal obeys", () => {
    const words = `\u001b[2J\u202e${"x".repeat(5000)}`
    const states = [
      { _tag: "Pending", reason: words },
      { _tag: "Running", node: words },
      { _tag: "Ended", outcome: "failed", exitCode: 1, reason: words }
    ] as const
    for (const scheduler of states) {
      const running = { state: "running", host: "there", pid: 2, group: 2, startedAt: 0 } as const
      const status = JobStatus.derive({
        jobId: "a",
        envelope: undefined,
        scheduler,
        running: scheduler._tag === "Running" ? undefined : running,
        submitted: true
      })
      const said = `${status.reason} ${status.host}`
      assert.include(said, "xxx")
      assert.notMatch(said, /x{201}/)
      assert.notMatch(said, /\p{C}/u)
    }
  })
})

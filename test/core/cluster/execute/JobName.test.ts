import { assert, describe, it } from "@effect/vitest"
import * as JobName from "../../../../core/cluster/execute/JobName.ts"

const ids = ["20260101T000000000-0000aaaa", "20260102T000000000-0000bbbb", "20260102T000000001-1234aaaa"]
const [first = "", second = "", third = ""] = ids

describe("JobName", () => {
  it("finds jobs by a beginning or an end, newest first", () => {
    assert.deepStrictEqual(JobName.candidates("20260102", ids), [third, second])
    assert.deepStrictEqual(JobName.candidates("aaaa", ids), [third, first])
    assert.deepStrictEqual(JobName.candidates("bbbb", ids), [second])
    assert.deepStrictEqual(JobName.candidates("T0000", ids), [])
    assert.deepStrictEqual(JobName.candidates("", ids), [])
    assert.deepStrictEqual(JobName.candidates(JobName.latest, ids), [third, second, first])
  })

  it("takes a whole name for that job only", () => {
    assert.deepStrictEqual(JobName.candidates("a", ["ab", "a", "ba"]), ["a"])
    assert.deepStrictEqual(JobName.candidates("latest", ["latest", "a"]), ["latest"])
  })

  it("names the newest of those that it may be", () => {
    const jobs = Array.from({ length: 10 }, (_, index) => ({ jobId: `job-${index}`, functionName: `f${index}` }))
    const error = JobName.ambiguous("job", jobs)
    assert.include(error.message, "\"job\" may be any of 10 jobs")
    assert.include(error.message, "job-7  f7")
    assert.notInclude(error.message, "job-8")
    assert.include(error.message, "and 2 older ones")
  })
})

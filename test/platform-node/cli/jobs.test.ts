/**
 * Jobs that somebody else started, or that nobody waits for: on this machine.
 */
import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import * as Fs from "node:fs"
import * as Path from "node:path"
import { loadedWith, makeWorkbench, outcomeOf, type Workbench } from "./command.ts"

let bench: Workbench

const sources = `import { appendFileSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs"

export const adds = (a: number, b: number): number => {
  process.stdout.write("Zahl\\u00e9\\n")
  console.error("a word of warning")
  return a + b
}

export async function waits(): Promise<string> {
  console.log("ticking")
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, 50))
    try {
      return readFileSync("go", "utf8")
    } catch {
      // Not yet
    }
  }
}

export const fails = () => {
  throw new RangeError("too far")
}

export const leaves = (): number => {
  mkdirSync("plots/deep", { recursive: true })
  writeFileSync("out.csv", "1,2\\n")
  writeFileSync("plots/a.svg", "<svg/>")
  writeFileSync("plots/deep/.hidden", "h")
  writeFileSync("run.sh", "#!/bin/sh\\n", { mode: 0o700 })
  appendFileSync("big.bin", new Uint8Array(3_000_000).fill(7))
  symlinkSync("/etc/passwd", "passwd")
  return readFileSync("data/table.txt", "utf8").length
}
`

beforeAll(async () => {
  bench = await makeWorkbench()
  bench.write("package.json", JSON.stringify({ name: "jobs-test", type: "module" }))
  bench.write("main.ts", sources)
  bench.write("data/table.txt", "packaged")
  bench.write("clustrix.yml", "profiles:\n  here:\n    cluster_type: local\n  there:\n    cluster_type: ssh\n")
})

afterAll(() => bench.remove())

const run = (...words: Array<string>) => bench.run(words)

const record = (value: unknown): Record<string, unknown> => {
  assert.isObject(value)
  return Object.fromEntries(Object.entries(value ?? {}))
}
const json = (text: string): Record<string, unknown> => record(JSON.parse(text))
const list = (value: unknown): ReadonlyArray<Record<string, unknown>> => {
  assert.isArray(value)
  return Array.isArray(value) ? value.map(record) : []
}

const state = (...names: ReadonlyArray<string>): string => Path.join(bench.directory, ".state", "clustrix", ...names)

/** The ID of a new job. */
const detached = async (name: string, ...words: Array<string>): Promise<string> => {
  const { code, stderr, stdout } = await run("run", `main.ts#${name}`, "--detach", ...words)
  assert.strictEqual(code, 0, stderr)
  assert.match(stdout, /^\d{8}T\d{9}-[0-9a-f]{8}\n$/)
  return stdout.trim()
}

const ended = async (name: string, ...words: Array<string>): Promise<string> => {
  const id = await detached(name, ...words)
  await run("attach", id)
  return id
}

const go = (id: string, text: string): void => Fs.writeFileSync(state("jobs", id, "work", "go"), text)

const seen = async (id: string, text: string): Promise<void> => {
  for (let tries = 0; tries < 400; tries += 1) {
    if (Fs.readFileSync(state("jobs", id, "stdout.log"), "utf8").includes(text)) return
    await new Promise((resolve) => setTimeout(resolve, 25))
  }
  assert.fail(`${id} never printed ${text}`)
}

describe("the start", () => {
  it("loads nothing of the packager for a question about a job", () => {
    for (const name of ["status", "jobs", "logs", "attach", "cancel", "fetch", "cleanRemote"]) {
      const loaded = [...loadedWith(bench.metafile, `platform-node/cli/commands/${name}.ts`)]
      assert.isAbove(loaded.length, 10, name)
      assert.isEmpty(loaded.filter((input) => /@swc|ssh2|core\/(graph|npm\/Reach|package)\//.test(input)), name)
    }
  })
})

describe("a job that nobody waits for", () => {
  it("is listed, asked for, attached to; and its output comes byte for byte", async () => {
    assert.match((await run("jobs")).stdout, /^No jobs on this machine\n$/)
    assert.strictEqual((await run("status", "latest")).code, 5)
    const id = await detached("waits")
    await seen(id, "ticking")
    const listed = await run("jobs", "--cluster", "here")
    assert.match(listed.stdout, new RegExp(`^1 job on this machine\\n {2}${id} {2}running {2}waits {2}\\d.* ago\\n$`))
    const status = await run("status", id.slice(0, 12))
    assert.deepStrictEqual([status.code, status.stderr], [0, ""])
    assert.match(status.stdout, new RegExp(`^${id} {2}running\\n`))
    assert.match(status.stdout, /\n {2}Function {3}waits\n/)
    const running = json((await run("status", id.slice(-8), "--json")).stdout)
    assert.deepInclude(running, { jobId: id, state: "running", functionName: "waits" })
    assert.notProperty(running, "finishedAt")
    const early = await run("logs", id)
    assert.deepStrictEqual([early.code, early.stdout, early.stderr], [0, "ticking\n", ""])
    const following = outcomeOf(bench.start(["logs", id, "--follow"]))
    const attached = outcomeOf(bench.start(["attach", "latest"]))
    go(id, "gone")
    assert.deepStrictEqual(await following, { code: 0, stdout: "ticking\n", stderr: "" })
    const result = await attached
    assert.deepStrictEqual([result.code, result.stdout], [0, "ticking\n'gone'\n"])
    assert.include(result.stderr, `Attached to job ${id} (waits)`)
    const [job] = list(json((await run("jobs", "--json")).stdout)["jobs"])
    assert.deepInclude(job, { jobId: id, state: "succeeded", exitCode: 0 })
    const listedBy = async (...words: ReadonlyArray<string>) =>
      list(json((await run("jobs", "--json", ...words)).stdout)["jobs"]).length
    assert.strictEqual(await listedBy("--state", "failed,succeeded", "--function", "waits", "--last", "1"), 1)
    assert.strictEqual(await listedBy("--state", "running"), 0)
    assert.strictEqual(await listedBy("--function", "adds"), 0)
    assert.include((await run("jobs", "--state", "finished")).stderr, "The states are queued, running, succeeded")
    assert.include((await run("jobs", "--last", "0")).stderr, "Write a whole number, 1 or more.")
  })

  it("prints as `run` does when it is attached to, whatever became of it", async () => {
    const id = await ended("adds", "--args", "[1, 2]")
    const attached = await run("attach", id, "--json")
    assert.deepStrictEqual(json(attached.stdout)["value"], 3)
    assert.include(attached.stderr, "a word of warning\n")
    const logs = await run("logs", id)
    assert.deepStrictEqual([logs.stdout, logs.stderr], ["Zahlé\n", "a word of warning\n"])
    const none = await run("logs", id, "--tail", "0")
    assert.deepStrictEqual([none.code, none.stdout, none.stderr], [0, "", ""])
    const failed = await run("attach", await detached("fails"))
    assert.strictEqual(failed.code, 1)
    assert.match(failed.stderr, /error: main\.ts:22:\d+: fails threw RangeError: too far\n/)
  })

  it("goes on when whoever watches it leaves, and ends when it is cancelled", async () => {
    const id = await detached("waits")
    await seen(id, "ticking")
    const child = bench.start(["attach", id])
    const outcome = outcomeOf(child)
    child.stdout?.once("data", () => child.kill("SIGINT"))
    const { code, stderr } = await outcome
    assert.strictEqual(code, 130)
    assert.include(stderr, `The job ${id} goes on`)
    assert.strictEqual(json((await run("status", id, "--json")).stdout)["state"], "running")
    const cancelled = await run("cancel", id)
    assert.deepStrictEqual([cancelled.code, cancelled.stdout], [0, `✓ Cancelled job ${id}\n`])
    const again = await run("cancel", id)
    assert.deepStrictEqual([again.code, again.stdout], [0, `The job ${id} had ended already: cancelled\n`])
    assert.strictEqual(json((await run("cancel", id, "--json")).stdout)["state"], "cancelled")
    assert.strictEqual((await run("attach", id)).code, 5)
  })

  it("prints its ID and where it is for machines", async () => {
    const { code, stdout } = await run("run", "main.ts#adds", "--args", "[1, 1]", "--detach", "--json")
    assert.strictEqual(code, 0)
    const { directory, jobId } = json(stdout)
    assert.strictEqual(directory, state("jobs", String(jobId)))
  })
})

describe("the name of a job", () => {
  it("may be short, and says which it could be when it is too short", async () => {
    await ended("adds", "--args", "[1, 2]")
    const second = await ended("adds", "--args", "[1, 2]")
    const { code, stderr, stdout } = await run("status", "20")
    assert.deepStrictEqual([code, stdout], [2, ""])
    assert.match(stderr, /^error: "20" may be any of \d+ jobs\n/)
    assert.include(stderr, `${second}  adds`)
    const machine = await run("status", "20", "--json")
    assert.deepInclude(record(json(machine.stdout)["error"]), { tag: "JobAmbiguousError" })
    for (const name of ["nonsense", "../packages", "", "."]) {
      const none = await run("logs", name)
      assert.deepStrictEqual([none.code, none.stdout], [5, ""], name)
      assert.include(none.stderr, "There is no job")
    }
    assert.strictEqual((await run("status", second, "--cluster", "there")).code, 2)
  })
})

describe("clustrix fetch", () => {
  let id: string
  beforeAll(async () => {
    id = await ended("leaves")
  })

  it("brings what the function left, no links, byte for byte", async () => {
    const to = Path.join(bench.directory, "fetched")
    const { code, stderr, stdout } = await run("fetch", id, "--to", "fetched")
    assert.deepStrictEqual([code, stderr], [0, ""])
    assert.match(stdout, /^✓ Fetched 5 files \(2\.9 MiB\) into /)
    const files = Fs.readdirSync(to, { recursive: true }).map(String).sort()
    assert.deepStrictEqual(files, [
      "big.bin",
      "out.csv",
      "plots",
      "plots/a.svg",
      "plots/deep",
      "plots/deep/.hidden",
      "run.sh"
    ])
    assert.isTrue(Fs.readFileSync(Path.join(to, "big.bin")).equals(Buffer.alloc(3_000_000, 7)))
    assert.strictEqual(Fs.statSync(Path.join(to, "run.sh")).mode & 0o100, 0o100)
    assert.strictEqual(Fs.statSync(Path.join(to, "out.csv")).mode & 0o100, 0)
  })

  it("takes patterns and directories, and says 1 for what is not there", async () => {
    const names = async (...globs: Array<string>) => {
      const { code, stdout } = await run("fetch", id, ...globs, "--to", "some", "--force", "--json")
      assert.strictEqual(code, 0, globs.join(" "))
      return list(json(stdout)["files"]).map(({ path }) => path)
    }
    assert.deepStrictEqual(await names("*.csv"), ["out.csv"])
    assert.deepStrictEqual(await names("plots/"), ["plots/a.svg", "plots/deep/.hidden"])
    assert.deepStrictEqual(await names("./plots/*.svg", "{big,out}.*"), ["big.bin", "out.csv", "plots/a.svg"])
    for (const glob of ["*.none", "passwd", "data/**", "../../*", "/etc/passwd"]) {
      const { code, stdout } = await run("fetch", id, glob, "--to", "none")
      assert.deepStrictEqual([code, stdout], [1, ""], glob)
    }
    assert.isFalse(Fs.existsSync(Path.join(bench.directory, "none")))
  })

  it("replaces nothing unless it is told to, and leaves nothing half", async () => {
    bench.write("mine/out.csv", "mine")
    const refused = await run("fetch", id, "--to", "mine")
    assert.deepStrictEqual([refused.code, refused.stdout], [6, ""])
    assert.include(refused.stderr, "--force")
    assert.deepStrictEqual(Fs.readdirSync(Path.join(bench.directory, "mine")), ["out.csv"])
    assert.strictEqual(Fs.readFileSync(Path.join(bench.directory, "mine/out.csv"), "utf8"), "mine")
    assert.strictEqual((await run("fetch", id, "--to", "mine", "--force")).code, 0)
    assert.strictEqual(Fs.readFileSync(Path.join(bench.directory, "mine/out.csv"), "utf8"), "1,2\n")
  })

  it("writes through no link that leads elsewhere", async () => {
    const elsewhere = Path.join(bench.directory, "elsewhere")
    const to = Path.join(bench.directory, "linked")
    Fs.mkdirSync(elsewhere)
    Fs.mkdirSync(to)
    Fs.symlinkSync(elsewhere, Path.join(to, "plots"))
    Fs.symlinkSync(Path.join(elsewhere, "csv"), Path.join(to, "out.csv"))
    const { code, stderr } = await run("fetch", id, "plots", "--to", "linked", "--force")
    assert.strictEqual(code, 6)
    assert.include(stderr, "leads elsewhere")
    assert.strictEqual((await run("fetch", id, "out.csv", "--to", "linked")).code, 6)
    assert.strictEqual((await run("fetch", id, "out.csv", "--to", "linked", "--force")).code, 0)
    assert.deepStrictEqual(Fs.readdirSync(elsewhere), [])
  })

  it("says when a job left nothing, and when it has not ended", async () => {
    const empty = await run("fetch", await ended("adds", "--args", "[1, 2]"))
    assert.strictEqual(empty.code, 0)
    assert.match(empty.stdout, /left no files\n$/)
    const running = await detached("waits")
    await seen(running, "ticking")
    Fs.writeFileSync(state("jobs", running, "work", "part.txt"), "a")
    const early = await run("fetch", running, "--to", "early")
    assert.strictEqual(early.code, 0)
    assert.include(early.stderr, "has not ended")
    await run("cancel", running)
  })
})

describe("clustrix deploy", () => {
  it("says whether it was there already, for a function and for a ZIP", async () => {
    bench.write("other.ts", "export const other = (n: number) => n * 17\n")
    const first = await run("deploy", "other.ts#other")
    assert.strictEqual(first.code, 0, first.stderr)
    assert.match(first.stdout, /^✓ other \([0-9a-f]{16}\) was deployed to this machine {2}\//)
    const zip = Fs.readdirSync(bench.packages).find((name) =>
      name.includes(/[0-9a-f]{16}/.exec(first.stdout)?.[0] ?? "none") && name.endsWith(".zip")
    )
    const second = await run("deploy", Path.join(bench.packages, zip ?? ""), "--json")
    const { created, directory } = json(second.stdout)
    assert.strictEqual(created, false)
    assert.isTrue(Fs.existsSync(Path.join(String(directory), "manifest.json")))
    assert.strictEqual((await run("deploy", "none.zip")).code, 4)
  })
})

describe("clustrix clean --remote", () => {
  it("removes what is old, but not what an unfinished job or a package that stays needs", async () => {
    const running = await detached("waits")
    await seen(running, "ticking")
    const over = await ended("adds", "--args", "[2, 2]")
    const zeros = "0".repeat(64)
    const make = (path: string): unknown => Fs.mkdirSync(state(path), { recursive: true })
    for (
      const path of [`envs/${zeros}-a`, `envs/${zeros}-b/node_modules`, `packages/.${zeros}-x.abc`, "packages/mine"]
    ) {
      make(path)
    }
    make("uploads")
    Fs.writeFileSync(state("uploads", `${zeros}-5.zip.part`), "part")
    const packageOf = (id: string): string =>
      String(json(Fs.readFileSync(state("jobs", id, "job.json"), "utf8"))["packageDirectory"])
    const [neededPackage, oldPackage] = [packageOf(running), packageOf(over)]
    assert.notStrictEqual(neededPackage, oldPackage)
    Fs.symlinkSync(`../../envs/${zeros}-b/node_modules`, Path.join(neededPackage, "node_modules"))
    const all = ["jobs", "packages", "envs", "uploads"].flatMap((folder) =>
      Fs.readdirSync(state(folder)).map((name) => state(folder, name))
    )
    const fresh = await run("clean", "--remote", "--older-than", "0")
    assert.match(fresh.stdout, /^Nothing to remove on this machine\n/)
    const past = new Date(Date.now() - 8 * 86_400_000)
    for (const path of all) Fs.utimesSync(path, past, past)
    // Used just now
    assert.strictEqual((await run("deploy", "other.ts#other")).code, 0)

    const dry = await run("clean", "--remote", "--cluster", "here", "--dry-run")
    assert.match(dry.stdout, /^Would remove \d+ jobs, \d packages?, 1 set of npm packages, 1 upload, 1 remainder \(/)
    assert.isTrue(all.every((path) => Fs.existsSync(path)))
    const { code, stdout } = await run("clean", "--remote", "--json")
    assert.strictEqual(code, 0)
    const report = json(stdout)
    const removed = list(report["removed"]).map(({ path }) => String(path))
    assert.includeMembers(removed, [
      state("jobs", over),
      oldPackage,
      state("envs", `${zeros}-a`),
      state("uploads", `${zeros}-5.zip.part`),
      state("packages", `.${zeros}-x.abc`)
    ])
    for (const path of removed) assert.isFalse(Fs.existsSync(path), path)
    const because = new Map(list(report["kept"]).map(({ because, path }) => [path, because]))
    assert.deepStrictEqual(
      [state("jobs", running), neededPackage, state("envs", `${zeros}-b`)].map((path) => because.get(path)),
      ["unfinished", "unfinished", "unfinished"]
    )
    assert.isTrue(Fs.existsSync(state("packages", "mine")))
    assert.lengthOf(Fs.readdirSync(state("packages")), 3)
    go(running, "on")
    assert.strictEqual((await run("attach", running)).code, 0)
  })

  it("keeps all packages when there is a job that it cannot understand", async () => {
    const id = await ended("adds", "--args", "[3, 3]")
    const past = new Date(Date.now() - 8 * 86_400_000)
    Fs.writeFileSync(state("jobs", id, "job.json"), "{\"formatVersion\": 2}")
    for (const folder of ["jobs", "packages"]) {
      for (const name of Fs.readdirSync(state(folder))) Fs.utimesSync(state(folder, name), past, past)
    }
    const { code, stdout } = await run("clean", "--remote", "--json")
    assert.strictEqual(code, 0)
    const kinds = list(json(stdout)["removed"]).map(({ kind }) => kind)
    assert.notInclude(kinds, "package")
    assert.include(list(json(stdout)["kept"]).map(({ because }) => because), "not-understood")
    assert.isTrue(Fs.existsSync(state("jobs", id)))
  })

  it("refuses words that belong to the other place", async () => {
    assert.strictEqual((await run("clean", "--cluster", "here")).code, 2)
    assert.strictEqual((await run("clean", "--remote", "--package-dir", "x")).code, 2)
  })
})

/**
 * Disks and archives that fail: the command says what to do, and leaves neither half a package nor anything else.
 */
import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import { spawn, spawnSync } from "node:child_process"
import { randomBytes } from "node:crypto"
import * as Fs from "node:fs"
import * as Path from "node:path"
import { makeWorkbench, outcomeOf, type Workbench } from "../platform-node/cli/command.ts"

let bench: Workbench
/** A right package. */
let whole: string

beforeAll(async () => {
  bench = await makeWorkbench()
  bench.write("package.json", JSON.stringify({ name: "bad-input", type: "module" }))
  bench.write("main.ts", "export const main = () => 1\n")
  bench.write(
    "reads.ts",
    `import { readFileSync } from "node:fs"\nexport const main = () => readFileSync("noise.bin").length\n`
  )
  // Does not compress: the ZIP is larger than the disk below
  Fs.writeFileSync(Path.join(bench.directory, "noise.bin"), randomBytes(4 * 1024 * 1024))
  const { stdout } = await bench.run(["package", "main.ts#main", "--json"])
  whole = JSON.parse(stdout).packagePath
})

afterAll(() => bench.remove())

/** Whether this user may mount, in a namespace of its own. */
const mounts = spawnSync("unshare", ["--mount", "--map-root-user", "true"]).status === 0
const isRoot = process.getuid?.() === 0

describe("the disk", () => {
  it("is full: says so, and leaves nothing", async (context) => {
    if (!mounts) {
      if (process.env["CI"] === "true") assert.fail("unshare --mount does not work here")
      console.warn("Not tested: a full disk, for this user may not mount one")
      context.skip()
    }
    const disk = Path.join(bench.directory, "disk")
    Fs.mkdirSync(disk)
    // Mounted where nothing else sees it, and gone with the process
    const script = `mount -t tmpfs -o size=1m tmpfs "$0" && "$@"; code=$?; ls -A "$0/packages"; exit $code`
    const [node = "", ...words] = bench.command(["package", "reads.ts#main", "--package-dir",
      Path.join(disk, "packages")])
    const outcome = await outcomeOf(
      spawn("unshare", ["--mount", "--map-root-user", "sh", "-c", script, disk, node, ...words], {
        cwd: bench.directory,
        env: bench.environment
      })
    )
    assert.deepStrictEqual([outcome.code, outcome.stdout], [6, ""], outcome.stderr)
    assert.match(outcome.stderr, /^error: .*(full|no space)/i)
    assert.match(outcome.stderr, /\n {2}→ .*clustrix clean/)
  })

  it("may not be written: says so", async () => {
    const closed = Path.join(bench.directory, "closed")
    Fs.mkdirSync(closed, { mode: 0o555 })
    const command = bench.command(["package", "main.ts#main", "--package-dir", Path.join(closed, "packages")])
    // Root may write everywhere, unless it gives that up
    const [program = "", ...words] = isRoot ? ["setpriv", "--bounding-set", "-dac_override", ...command] : command
    const outcome = await outcomeOf(spawn(program, words, { cwd: bench.directory, env: bench.environment }))
    assert.deepStrictEqual([outcome.code, outcome.stdout], [6, ""], outcome.stderr)
    assert.match(outcome.stderr, /^error: .*closed\/packages cannot be written\n/)
    assert.include(
      outcome.stderr,
      "\n  → Name a directory in which this user may create files in CLUSTRIX_PACKAGE_DIR."
    )
    assert.deepStrictEqual(Fs.readdirSync(closed), [])
  })

  it("loses the process while it writes: the next one gives the package, and cleans up", async () => {
    const packages = Path.join(bench.directory, "killed")
    const child = bench.start(["package", "reads.ts#main", "--package-dir", packages])
    const ended = outcomeOf(child)
    const deadline = Date.now() + 30_000
    while (!Fs.existsSync(packages) || Fs.readdirSync(packages).length === 0) {
      if (Date.now() > deadline || child.exitCode !== null) break
      await new Promise((resolve) => setTimeout(resolve, 1))
    }
    child.kill("SIGKILL")
    await ended
    const { code, stdout } = await bench.run(["package", "reads.ts#main", "--package-dir", packages, "--json"])
    assert.strictEqual(code, 0)
    const { packagePath } = JSON.parse(stdout)
    assert.strictEqual((await bench.run(["inspect", packagePath])).code, 0)
    assert.deepStrictEqual(Fs.readdirSync(packages).filter((name) => name.startsWith(".")), [])
  })
})

describe("a ZIP", () => {
  const changed = (name: string, change: (bytes: Buffer) => Uint8Array): string => {
    const file = Path.join(bench.directory, name)
    Fs.writeFileSync(file, change(Fs.readFileSync(whole)))
    return file
  }
  /** A ZIP that Python writes, with these names. */
  const named = (file: string, ...names: ReadonlyArray<string>): string => {
    const path = Path.join(bench.directory, file)
    const code =
      "import sys, zipfile, warnings; warnings.simplefilter('ignore'); z = zipfile.ZipFile(sys.argv[1], 'w')\n"
      + "for name in sys.argv[2:]: z.writestr(name, 'x')\nz.close()"
    assert.strictEqual(spawnSync("python3", ["-c", code, path, ...names]).status, 0)
    return path
  }
  const flip = (bytes: Buffer): Buffer => {
    bytes.writeUInt8(bytes.readUInt8(bytes.length >> 1) ^ 1, bytes.length >> 1)
    return bytes
  }
  const hostile: ReadonlyArray<readonly [string, () => string, RegExp]> = [
    ["that is cut", () => changed("cut.zip", (bytes) => bytes.subarray(0, bytes.length - 30)),
      /it ends before its contents do/],
    ["with another byte", () => changed("flipped.zip", flip), /is refused/],
    ["that is text", () => changed("text.zip", () => Buffer.from("hello")), /it does not end as a ZIP archive does/],
    ["that is empty", () => changed("empty.zip", () => Buffer.alloc(0)), /it does not end as a ZIP archive does/],
    ["with ../", () => named("climbs.zip", "../evil"), /entry "\.\.\/evil": its name leads outside the package/],
    ["with an absolute name", () => named("absolute.zip", "/etc/evil"), /entry "\/etc\/evil": its name leads outside/],
    ["with a name twice", () => named("twice.zip", "data/a", "data/a"), /is refused/],
    ["that is another's", () => named("other.zip", "readme.txt"), /is refused/]
  ]
  for (const [title, make, said] of hostile) {
    it(`${title} is refused, whether it is looked at or run`, async () => {
      const file = make()
      const jobs = Path.join(bench.directory, ".state", "clustrix")
      Fs.rmSync(jobs, { recursive: true, force: true })
      const invocation = Fs.readdirSync(bench.packages).find((name) => name.endsWith(".invocation.json")) ?? ""
      for (const words of [["inspect", file], ["run", file, "--invocation", Path.join(bench.packages, invocation)]]) {
        const { code, stderr, stdout } = await bench.run(words)
        assert.deepStrictEqual([code, stdout], [4, ""], words.join(" "))
        assert.match(stderr, said)
        assert.include(stderr, "\n  → ")
        assert.notMatch(stderr, /\n\s+at /)
      }
      assert.isFalse(Fs.existsSync("/etc/evil") || Fs.existsSync(Path.join(bench.directory, "evil")))
      const left = Fs.existsSync(jobs) ? Fs.readdirSync(jobs, { recursive: true, encoding: "utf8" }) : []
      assert.deepStrictEqual(left.filter((name) => Fs.statSync(Path.join(jobs, name)).isFile()), [])
    })
  }

  it("with the invocation of another package is refused", async () => {
    bench.write("second.ts", "export const main = () => 2\n")
    const { stdout } = await bench.run(["package", "second.ts#main", "--json"])
    const { packageId, packagePath } = JSON.parse(stdout)
    const other = Fs.readdirSync(bench.packages).find((name) =>
      name.endsWith(".invocation.json") && !name.includes(packageId)
    )
    const { code, stderr } = await bench.run(["run", packagePath, "--invocation",
      Path.join(bench.packages, other ?? "")])
    assert.strictEqual(code, 4)
    assert.match(stderr, /^error: .*\n(?:.*\n)*? {2}→ /)
  })
})

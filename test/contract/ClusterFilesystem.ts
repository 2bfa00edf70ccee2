/**
 * What the nine file functions must answer, wherever they run.
 */
import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import type { ClusterFiles } from "../../core/cluster/filesystem/ClusterFiles.ts"

type Name = keyof ClusterFiles

/** One way to the functions: the answer, or the reason of the failure. */
export interface Subject {
  readonly call: <N extends Name>(
    root: string,
    name: N,
    ...args: Parameters<ClusterFiles[N]>
  ) => Promise<Awaited<ReturnType<ClusterFiles[N]>> | { readonly failed: string }>
  /** The same, as a user that is not root: permissions mean nothing to root. */
  readonly callUnprivileged?: Subject["call"]
}

/** A tree with everything that makes trouble. */
const populate = (root: string): void => {
  const write = (name: string, bytes: number): void => {
    fs.mkdirSync(path.dirname(path.join(root, name)), { recursive: true })
    fs.writeFileSync(path.join(root, name), "x".repeat(bytes))
    fs.utimesSync(path.join(root, name), 1_700_000_000.75, 1_700_000_000.75)
  }
  write("data/a.csv", 10)
  write("data/b.csv", 20)
  write("data/c.txt", 30)
  write("data/.hidden.csv", 5)
  write("data/deep/er/d.csv", 40)
  write("data/.cache/e.csv", 7)
  write("ünï cöde ☃/ä b.csv", 3)
  write("odd/data (1).csv", 1)
  write("odd/a+b.csv", 1)
  write("odd/!x.csv", 1)
  write("odd/[y].csv", 1)
  write("odd/$z^.csv", 1)
  write("odd/-rf", 1)
  write(".clustrix/jobs/1/result", 1000)
  write("data/.clustrix/secret.csv", 1000)
  fs.mkdirSync(path.join(root, "empty"))
  fs.symlinkSync("a.csv", path.join(root, "data/link.csv"))
  fs.symlinkSync("nowhere", path.join(root, "data/broken.csv"))
  fs.symlinkSync("..", path.join(root, "data/deep/up"))
  fs.symlinkSync("data", path.join(root, "alias"))
  fs.symlinkSync("self", path.join(root, "self"))
  fs.chmodSync(path.join(root, "data/c.txt"), 0o640)
}

export const suite = (name: string, subject: Subject): void => {
  describe(`ClusterFilesystem (${name})`, () => {
    let root = ""
    beforeAll(() => {
      root = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "clustrix-files-")))
      fs.chmodSync(root, 0o755)
      populate(root)
    })
    afterAll(() => fs.rmSync(root, { recursive: true, force: true }))

    const call: <N extends Name>(name: N, ...args: Parameters<ClusterFiles[N]>) => Promise<unknown> = (name, ...args) =>
      subject.call(root, name, ...args)
    const under = (...names: ReadonlyArray<string>): ReadonlyArray<string> => names.map((name) => `${root}/${name}`)

    it("ls: names, sorted, hidden ones too, without .clustrix", async () => {
      assert.deepStrictEqual(await call("ls"), ["alias", "data", "empty", "odd", "self", "ünï cöde ☃"])
      const data = [".cache", ".hidden.csv", "a.csv", "b.csv", "broken.csv", "c.txt", "deep", "link.csv"]
      assert.deepStrictEqual(await call("ls", "data/"), data)
      assert.deepStrictEqual(await call("ls", `${root}/alias`), data)
      assert.deepStrictEqual(await call("ls", "empty"), [])
      assert.deepStrictEqual(await call("ls", "data/a.csv"), ["a.csv"])
      assert.deepStrictEqual(await call("ls", "missing"), { failed: "NotFound" })
      assert.deepStrictEqual(await call("ls", ".clustrix"), { failed: "NotFound" })
      assert.deepStrictEqual(await call("ls", "data/../.clustrix/jobs"), { failed: "NotFound" })
    })

    it("find: absolute paths of files at any depth, links to files, no links to directories", async () => {
      const csv = [".cache/e.csv", ".hidden.csv", "a.csv", "b.csv", "deep/er/d.csv", "link.csv"]
      assert.deepStrictEqual(await call("find", "*.csv", "data"), under(...csv.map((name) => `data/${name}`)))
      // Below a link, by the name that was given.
      assert.deepStrictEqual(await call("find", "*.csv", "alias/"), under(...csv.map((name) => `alias/${name}`)))
      assert.deepStrictEqual(await call("find", "deep/*/*.csv", "data"), under("data/deep/er/d.csv"))
      assert.deepStrictEqual(await call("find", "*", "empty"), [])
      assert.deepStrictEqual(await call("find", "ä b.csv"), under("ünï cöde ☃/ä b.csv"))
      assert.deepStrictEqual(
        await call("find", "?.{csv,txt}", "data"),
        under("data/.cache/e.csv", "data/a.csv", "data/b.csv", "data/c.txt", "data/deep/er/d.csv")
      )
      assert.deepStrictEqual(await call("find", "*", "data/a.csv"), { failed: "NotADirectory" })
      assert.deepStrictEqual(await call("find", "*", "missing"), { failed: "NotFound" })
    })

    it("find: names with characters that mean something elsewhere are themselves", async () => {
      for (const name of ["data (1).csv", "a+b.csv", "!x.csv", "$z^.csv", "-rf"]) {
        assert.deepStrictEqual(await call("find", name, "odd"), under(`odd/${name}`))
      }
      assert.deepStrictEqual(await call("find", "[[]y].csv", "odd"), under("odd/[y].csv"))
      assert.deepStrictEqual(await call("find", "\\[y\\].csv", "odd"), under("odd/[y].csv"))
      assert.deepStrictEqual(
        await call("find", "[!d]*", "odd"),
        under("odd/!x.csv", "odd/$z^.csv", "odd/-rf", "odd/[y].csv", "odd/a+b.csv")
      )
      assert.deepStrictEqual(await call("find", "data*", "odd"), under("odd/data (1).csv"))
    })

    it("stat: follows links, whole seconds, octal permissions", async () => {
      const file = { name: "c.txt", path: `${root}/data/c.txt`, size: 30, modified: 1_700_000_000 }
      const kind = { isDir: false, isFile: true }
      assert.deepStrictEqual(await call("stat", "data/c.txt"), { ...file, ...kind, permissions: "640" })
      assert.deepStrictEqual(await call("stat", `${root}/data//./c.txt`), { ...file, ...kind, permissions: "640" })
      const link = await subject.call(root, "stat", "data/link.csv")
      assert.isTrue("size" in link && link.size === 10 && link.isFile && link.name === "link.csv")
      const directory = await subject.call(root, "stat", "alias")
      assert.isTrue("size" in directory && directory.isDir && !directory.isFile)
      assert.deepStrictEqual(await call("stat", "data/broken.csv"), { failed: "NotFound" })
      assert.deepStrictEqual(await call("stat", "data/a.csv/x"), { failed: "NotADirectory" })
      assert.deepStrictEqual(await call("stat", "self"), { failed: "TooManyLinks" })
      assert.deepStrictEqual(await call("stat", "nul\0"), { failed: "NotFound" })
    })

    it("exists, isdir, isfile: never fail for what is not there", async () => {
      const cases = [
        ["data", true, true, false],
        ["data/a.csv", true, false, true],
        ["data/link.csv", true, false, true],
        ["alias", true, true, false],
        ["data/broken.csv", false, false, false],
        ["self", false, false, false],
        ["data/a.csv/x", false, false, false],
        ["missing", false, false, false],
        [".clustrix", false, false, false],
        [".clustrix/jobs", false, false, false],
        [".", true, true, false],
        ["..", true, true, false]
      ] as const
      for (const [name, exists, isdir, isfile] of cases) {
        assert.deepStrictEqual(
          [name, await call("exists", name), await call("isdir", name), await call("isfile", name)],
          [name, exists, isdir, isfile]
        )
      }
    })

    it("glob: as a shell expands it, absolute", async () => {
      const cases: ReadonlyArray<readonly [string, ReadonlyArray<string>]> = [
        ["data/*.csv", under("data/a.csv", "data/b.csv", "data/broken.csv", "data/link.csv")],
        ["data/.*.csv", under("data/.hidden.csv")],
        ["*", under("alias", "data", "empty", "odd", "self", "ünï cöde ☃")],
        ["*/", under("alias", "data", "empty", "odd", "ünï cöde ☃")],
        ["alias/[ab].csv", under("alias/a.csv", "alias/b.csv")],
        ["a*/[ab].csv", under("alias/a.csv", "alias/b.csv")],
        ["data/**/*.csv", under("data/a.csv", "data/b.csv", "data/broken.csv", "data/deep/er/d.csv", "data/link.csv")],
        ["data/deep/**", under("data/deep/er", "data/deep/er/d.csv", "data/deep/up")],
        ["data/{a,b}.csv", under("data/a.csv", "data/b.csv")],
        ["{data,data/deep/er}/?.csv", under("data/a.csv", "data/b.csv", "data/deep/er/d.csv")],
        ["data/deep/../a.csv", under("data/a.csv")],
        ["./data/c.txt", under("data/c.txt")],
        [`${root}/data/c.*`, under("data/c.txt")],
        ["ünï cöde ☃/*", under("ünï cöde ☃/ä b.csv")],
        ["odd/data (1).csv", under("odd/data (1).csv")],
        ["data/+(a|b).csv", under("data/a.csv", "data/b.csv")],
        ["data/a.csv/*", []],
        ["missing/*", []],
        [".clustrix/**", []],
        ["data/.clustrix/*", []],
        ["**/secret.csv", []],
        [".c*", []],
        ["", []]
      ]
      for (const [pattern, expected] of cases) {
        assert.deepStrictEqual([pattern, await call("glob", pattern)], [pattern, expected])
      }
      assert.deepStrictEqual(await call("glob", "*.csv", "data/deep/er"), under("data/deep/er/d.csv"))
    })

    it("du and countFiles: what find finds", async () => {
      const totalBytes = 10 + 20 + 30 + 5 + 40 + 7 + 10
      assert.deepStrictEqual(await call("du", "data"), {
        path: `${root}/data`,
        totalBytes,
        totalMb: totalBytes / 1024 ** 2,
        totalGb: totalBytes / 1024 ** 3,
        fileCount: 7
      })
      const one = await subject.call(root, "du", "data/a.csv")
      assert.isTrue("fileCount" in one && one.totalBytes === 10 && one.fileCount === 1)
      const none = await subject.call(root, "du", "empty")
      assert.isTrue("fileCount" in none && none.totalBytes === 0 && none.fileCount === 0)
      assert.strictEqual(await call("countFiles", "data"), 7)
      assert.strictEqual(await call("countFiles", "data", "*.csv"), 6)
      assert.strictEqual(await call("countFiles"), 14)
      assert.deepStrictEqual(await call("du", "missing"), { failed: "NotFound" })
    })

    const { callUnprivileged } = subject
    if (callUnprivileged !== undefined) {
      it("says what may not be read", async () => {
        const locked = path.join(root, "locked")
        fs.mkdirSync(path.join(locked, "inner"), { recursive: true })
        fs.writeFileSync(path.join(locked, "inner/f.csv"), "x")
        fs.chmodSync(locked, 0o700)
        try {
          const refused = { failed: "PermissionDenied" }
          assert.deepStrictEqual(await callUnprivileged(root, "ls", "locked"), refused)
          assert.deepStrictEqual(await callUnprivileged(root, "find", "*.csv"), refused)
          assert.deepStrictEqual(await callUnprivileged(root, "du"), refused)
          assert.deepStrictEqual(await callUnprivileged(root, "exists", "locked/inner"), refused)
          assert.deepStrictEqual(await callUnprivileged(root, "glob", "locked/*"), refused)
          assert.strictEqual(await callUnprivileged(root, "isdir", "locked"), true)
        } finally {
          fs.rmSync(locked, { recursive: true, force: true })
        }
      })
    }
  })
}

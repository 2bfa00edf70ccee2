/**
 * The nine file functions over SFTP answer as they do on this machine.
 */
import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import * as ManagedRuntime from "effect/ManagedRuntime"
import * as fc from "fast-check"
import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import * as ClusterFiles from "../../core/cluster/filesystem/ClusterFiles.ts"
import { FileFailure, type FileSource } from "../../core/cluster/filesystem/FileSource.ts"
import { Transport } from "../../core/cluster/Transport.ts"
import { nodeFileSource } from "../../platform-node/runner/NodeFileSource.ts"
import * as SshTransport from "../../platform-node/ssh/SshTransport.ts"
import * as contract from "../contract/ClusterFilesystem.ts"
import * as Sshd from "./Sshd.ts"

const scratch = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "clustrix-sftp-")))
fs.chmodSync(scratch, 0o755)
/** Where many files are made quickly. */
const memory = fs.existsSync("/dev/shm") ? "/dev/shm" : os.tmpdir()
const closing: Array<() => Promise<void> | void> = []
let sshd: Sshd.Sshd
let files: FileSource
let unprivileged: FileSource
let removeUser = (): void => undefined

const connect = async (username: string): Promise<FileSource> => {
  const runtime = ManagedRuntime.make(SshTransport.layer({ ...sshd.options, username }))
  closing.push(() => runtime.dispose())
  return (await runtime.runPromise(Transport)).files
}

beforeAll(async () => {
  if (Sshd.missing !== undefined) return
  sshd = await Sshd.make()
  files = await connect(Sshd.user)
  unprivileged = files
  if (!Sshd.isRoot) return
  const { remove, username } = Sshd.addUser()
  removeUser = remove
  unprivileged = await connect(username)
})
afterAll(async () => {
  for (const close of closing) await close()
  sshd?.stop()
  removeUser()
  fs.rmSync(scratch, { recursive: true, force: true })
})

type Answer = { readonly failed: string } | object | string | number | boolean

const call = (source: () => FileSource): contract.Subject["call"] => async (root, name, ...args) => {
  // One function at a time; that its arguments are the function's own, the type of `call` says
  const method = ClusterFiles.make(source(), root)[name] as (...args: ReadonlyArray<unknown>) => Promise<never>
  try {
    return await method(...args)
  } catch (failure) {
    if (failure instanceof FileFailure) return { failed: failure.reason }
    throw failure
  }
}
const local = call(() => nodeFileSource)
const overSftp = call(() => files)

/** A source that counts what it is asked. */
const counting = (source: FileSource): { readonly source: FileSource; readonly asked: () => number } => {
  let asked = 0
  const counted = <A>(ask: (path: string) => Promise<A>) => (path: string): Promise<A> => {
    asked += 1
    return ask(path)
  }
  return {
    asked: () => asked,
    source: {
      readDirectory: counted(source.readDirectory),
      stat: counted(source.stat),
      lstat: counted(source.lstat)
    }
  }
}

const directory = (): string => {
  const made = fs.mkdtempSync(path.join(scratch, "d"))
  fs.chmodSync(made, 0o755)
  return made
}

/** Both answers, which must be the same one. */
const same = async <N extends keyof ClusterFiles.ClusterFiles>(
  root: string,
  name: N,
  ...args: Parameters<ClusterFiles.ClusterFiles[N]>
): Promise<Answer> => {
  const [here, there] = [await local(root, name, ...args), await overSftp(root, name, ...args)]
  assert.deepStrictEqual([name, args, there], [name, args, here])
  return here
}

/** All nine functions about everything that `find` and `ls` see, and about `more`. */
const sameEverywhere = async (root: string, more: ReadonlyArray<string> = []): Promise<void> => {
  const names = fs.readdirSync(root, { encoding: "utf8" })
  for (const name of [".", ...names, ...more]) {
    await same(root, "ls", name)
    await same(root, "stat", name)
    await same(root, "exists", name)
    await same(root, "isdir", name)
    await same(root, "isfile", name)
    await same(root, "du", name)
    await same(root, "countFiles", name)
    await same(root, "find", "*", name)
    await same(root, "glob", "*", name)
  }
  for (const pattern of ["**", "*/", "*/*", ".*", "**/*a*", "[!a]*"]) await same(root, "glob", pattern)
  for (const pattern of ["*a*", "*/*", "?", ".*", "*.{csv,b}"]) await same(root, "find", pattern)
}

describe.skipIf(Sshd.missing !== undefined)("the cluster's files over SFTP", () => {
  contract.suite("SFTP", { call: overSftp, callUnprivileged: call(() => unprivileged) })

  it("have links to files, directories, nothing, through files and in circles", async () => {
    const root = directory()
    fs.mkdirSync(path.join(root, "a/b"), { recursive: true })
    fs.writeFileSync(path.join(root, "a/b/f.csv"), "12345")
    const links: Readonly<Record<string, string>> = {
      file: "a/b/f.csv",
      folder: "a/b",
      nothing: "a/none",
      nowhere: "none/at/all",
      through: "a/b/f.csv/x",
      slash: "a/b/f.csv/",
      self: "self",
      ping: "pong",
      pong: "ping",
      inside: "self/x",
      up: "..",
      absolute: path.join(root, "a/b/f.csv"),
      "absolute-nothing": path.join(root, "a/none")
    }
    for (const [name, target] of Object.entries(links)) fs.symlinkSync(target, path.join(root, name))
    // Forty links in a row are what Linux follows
    fs.symlinkSync("a/b/f.csv", path.join(root, "l0"))
    for (let index = 1; index <= 41; index += 1) fs.symlinkSync(`l${index - 1}`, path.join(root, `l${index}`))
    await sameEverywhere(root, ["self/x", "file/x", "folder/f.csv/x/y", "nothing/x", "a/b/f.csv/../f.csv"])
    assert.deepStrictEqual(await same(root, "stat", "through"), { failed: "NotADirectory" })
    assert.deepStrictEqual(await same(root, "stat", "inside"), { failed: "TooManyLinks" })
    assert.deepStrictEqual(await same(root, "stat", "nowhere"), { failed: "NotFound" })
  })

  it("have names of all kinds", async () => {
    const root = directory()
    const names = [" ", "a b", "a\nb.csv", "\t", "é", "e\u0301", "☃", "\u{1F600}.csv", "ﬀ", "'", "\"", "\\", "-rf", "*",
      "[a]", "…", ".hidden", "..x", "ı", "日本語", "a".repeat(255), "é".repeat(127)]
    for (const name of names) fs.writeFileSync(path.join(root, name), name)
    for (const bytes of [[0xff], [0x61, 0xc3, 0x62], [0xed, 0xa0, 0x80], [0xf0, 0x9f]]) {
      fs.writeFileSync(Buffer.concat([Buffer.from(`${root}/`), Buffer.from(bytes)]), "not UTF-8")
    }
    fs.mkdirSync(Buffer.concat([Buffer.from(`${root}/`), Buffer.from([0x64, 0xfe])]))
    fs.mkdirSync(path.join(root, "empty"))
    await sameEverywhere(root, ["b".repeat(256), `x/${"b".repeat(300)}`, "y/".repeat(3000), "é".repeat(128)])
  })

  it("have very long paths", async () => {
    const root = directory()
    let deep = ""
    while (root.length + deep.length < 3600) {
      deep += `/${"d".repeat(200)}`
      fs.mkdirSync(root + deep)
    }
    fs.writeFileSync(`${root}${deep}/f.csv`, "x")
    for (const name of ["find", "du", "countFiles"] as const) await same(root, name)
    assert.deepStrictEqual(await same(root, "isfile", `.${deep}/f.csv`), true)
    await same(root, "glob", "**/*.csv")
  })

  it("say what may not be read", async () => {
    const root = directory()
    const make = (name: string, mode: number): void => {
      fs.mkdirSync(path.join(root, name, "inner"), { recursive: true })
      fs.writeFileSync(path.join(root, name, "f.csv"), "x")
      fs.writeFileSync(path.join(root, name, "inner/g.csv"), "x")
      fs.chmodSync(path.join(root, name), mode)
    }
    make("locked", 0o700)
    make("enter", 0o711)
    make("listed", 0o744)
    fs.writeFileSync(path.join(root, "secret.csv"), "xyz")
    fs.chmodSync(path.join(root, "secret.csv"), 0o600)
    fs.symlinkSync("locked/f.csv", path.join(root, "into"))
    if (!Sshd.isRoot) return
    const there = call(() => unprivileged)
    const refused = { failed: "PermissionDenied" }
    for (const name of ["locked/f.csv", "locked/inner/none", "into", "listed/f.csv"]) {
      assert.deepStrictEqual(await there(root, "stat", name), refused)
      assert.deepStrictEqual(await there(root, "exists", name), refused)
    }
    assert.deepStrictEqual(await there(root, "isfile", "secret.csv"), true)
    assert.deepStrictEqual(await there(root, "isfile", "enter/f.csv"), true)
    assert.deepStrictEqual(await there(root, "exists", "enter/none"), false)
    for (const name of ["locked", "enter", "listed"]) {
      assert.deepStrictEqual(await there(root, "ls", name), refused)
      assert.deepStrictEqual(await there(root, "find", "*", name), refused)
      assert.deepStrictEqual(await there(root, "du", name), refused)
    }
  })

  it("are asked once for a directory of 100,000, not once for each file", async () => {
    const root = fs.mkdtempSync(path.join(memory, "clustrix-many-"))
    closing.push(() => fs.rmSync(root, { recursive: true, force: true }))
    const many = path.join(root, "many")
    fs.mkdirSync(many)
    // Links to one file, which are made quickly; no file system allows 100,000 of them
    for (let index = 0; index < 100_000; index += 1) {
      const first = path.join(many, `f${index - index % 20_000}.csv`)
      if (index % 20_000 === 0) fs.writeFileSync(first, "x".repeat(index / 1000))
      else fs.linkSync(first, path.join(many, `f${index}.csv`))
    }
    const { asked, source } = counting(files)
    const there = call(() => source)
    for (
      const [name, ...args] of [
        ["ls", "many"],
        ["find", "f1*.csv", "many"],
        ["glob", "many/*9.csv"],
        ["countFiles", "many"],
        ["du", "many"]
      ] as const
    ) {
      const answer = await there(root, name, ...args as never)
      assert.deepStrictEqual(answer, await local(root, name, ...args as never))
    }
    assert.isAtMost(asked(), 12)
  })

  it("are walked while they vanish", async () => {
    const root = directory()
    for (let index = 0; index < 300; index += 1) {
      fs.mkdirSync(path.join(root, `d${index}`))
      fs.writeFileSync(path.join(root, `d${index}/f.csv`), "x")
      fs.symlinkSync("f.csv", path.join(root, `d${index}/l.csv`))
    }
    fs.writeFileSync(path.join(root, "stays.csv"), "x")
    let removed = 0
    const vanishing: FileSource = {
      ...files,
      readDirectory: async (name) => {
        const entries = await files.readDirectory(name)
        // What was just listed goes, some of it before it is looked at
        for (let count = 0; count < 3 && removed < 300; count += 1, removed += 1) {
          fs.rmSync(path.join(root, `d${299 - removed}`), { recursive: true })
        }
        return entries
      }
    }
    const there = call(() => vanishing)
    const found = await there(root, "find", "*.csv")
    assert.isTrue(Array.isArray(found) && found.includes(`${root}/stays.csv`))
    assert.isAbove(removed, 100)
    await same(root, "find")
  })

  it("are read on when the connection is cut in the middle", async () => {
    const root = directory()
    for (let index = 0; index < 200; index += 1) {
      fs.mkdirSync(path.join(root, `d${index}`))
      fs.writeFileSync(path.join(root, `d${index}/f.csv`), "x")
      fs.symlinkSync("none", path.join(root, `d${index}/l.csv`))
    }
    let asked = 0
    const cutting: FileSource = {
      ...files,
      readDirectory: (name) => {
        asked += 1
        const answer = files.readDirectory(name)
        if (asked % 70 === 0) sshd.cut()
        return answer
      }
    }
    const there = call(() => cutting)
    assert.deepStrictEqual(await there(root, "find", "*.csv"), await local(root, "find", "*.csv"))
    assert.isAbove(asked, 200)
    sshd.cut()
    assert.deepStrictEqual(await overSftp(root, "stat", "d0/l.csv"), { failed: "NotFound" })
  })

  it("are the same in any tree", async () => {
    const name = fc.constantFrom("a", "b.csv", ".c", "d e", "ü", "A", "\n", ".clustrix", "[x]", "*")
    const place = fc.array(name, { minLength: 1, maxLength: 4 }).map((names) => names.join("/"))
    const node = fc.oneof(
      fc.record({ kind: fc.constant("file" as const), place, text: fc.string({ maxLength: 9 }) }),
      fc.record({ kind: fc.constant("directory" as const), place, text: fc.constant("") }),
      fc.record({
        kind: fc.constant("link" as const),
        place,
        text: fc.oneof(place, fc.constantFrom("..", ".", "../..", "/", "a/../b.csv", "/nonexistent"))
      })
    )
    const question = fc.record({
      place: fc.oneof(place, fc.constant(".")),
      pattern: fc.oneof(place, fc.constantFrom("*", "**", "*/*", "**/*", ".*", "**/", "*/../*", "{a,A}/*", "[a-z]*"))
    })
    await fc.assert(
      fc.asyncProperty(
        fc.array(node, { maxLength: 14 }),
        fc.array(question, { minLength: 1, maxLength: 4 }),
        async (tree, questions) => {
          // Deep enough that links and globs which lead upwards meet nothing else
          const base = directory()
          const root = path.join(base, "1/2/3/4")
          fs.mkdirSync(root, { recursive: true })
          for (const { kind, place, text } of tree) {
            const target = path.join(root, place)
            try {
              fs.mkdirSync(path.dirname(target), { recursive: true })
              // A link to the root of everything is not walked, but a glob may go there: it stays inside
              if (kind === "link") fs.symlinkSync(text === "/" ? root : text, target)
              else if (kind === "file") fs.writeFileSync(target, text)
              else fs.mkdirSync(target)
            } catch {
              // Something else is in its place, or the way leads through a file
            }
          }
          for (const { pattern, place } of questions) {
            for (const method of ["ls", "stat", "exists", "isdir", "isfile", "du"] as const) {
              await same(root, method, place)
            }
            await same(root, "countFiles", place, pattern)
            await same(root, "find", pattern, place)
            await same(root, "glob", pattern, place)
          }
          fs.rmSync(base, { recursive: true, force: true })
        }
      ),
      { numRuns: 150 }
    )
  })
})

/**
 * `clustrix ssh-setup`: a key made, installed with the password, and proved.
 */
import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import { spawn, spawnSync } from "node:child_process"
import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import { makeWorkbench, outcomeOf, type Workbench } from "../platform-node/cli/command.ts"
import * as Sshd from "./Sshd.ts"

const password = "c0rrect horse\\'\"$x"
let bench: Workbench
let sshd: Sshd.Sshd
let home: string
let username: string
const closing: Array<() => void> = []

if (!Sshd.isRoot) console.warn("Not tested: clustrix ssh-setup, for only root may make a user with a password")

const key = (): string => path.join(bench.directory, ".ssh", "id_ed25519_clustrix")
const authorized = (): string => path.join(home, ".ssh", "authorized_keys")
const modeOf = (file: string): number => fs.statSync(file).mode & 0o777
const host = (): string => `${username}@127.0.0.1:${sshd.port}`

beforeAll(async () => {
  if (Sshd.missing !== undefined || !Sshd.isRoot) return
  bench = await makeWorkbench()
  closing.push(bench.remove)
  home = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "clustrix-home-")))
  closing.push(() => fs.rmSync(home, { recursive: true, force: true }))
  const user = Sshd.addUser(password, "/bin/sh", home)
  username = user.username
  closing.push(user.remove)
  assert.strictEqual(spawnSync("chown", [username, home]).status, 0)
  sshd = await Sshd.make([
    "PasswordAuthentication yes",
    "KbdInteractiveAuthentication no",
    "AuthorizedKeysFile .ssh/authorized_keys"
  ])
  closing.push(sshd.stop)
  bench.write("clustrix.yml", "ssh_config_file: none\nconnect_timeout: 10\nknown_hosts_file: known\n")
})

afterAll(() => {
  for (const close of closing.reverse()) close()
})

const setUp = (words: ReadonlyArray<string>, given = password) =>
  bench.run(["ssh-setup", ...words], { CLUSTRIX_PASSWORD: given })

describe.skipIf(Sshd.missing !== undefined || !Sshd.isRoot)("clustrix ssh-setup", () => {
  it("shows an unknown host's key and refuses it", async () => {
    const { code, stderr, stdout } = await setUp([host()])
    assert.deepStrictEqual([code, stdout], [5, ""])
    assert.match(stderr, /is not known\n.*ssh-ed25519 SHA256:/)
    assert.include(stderr, "--accept-new-host-key")
    assert.isFalse(fs.existsSync(authorized()))
    assert.notInclude(sshd.log(), "password")
  }, 30_000)

  it("accepts it when it is told to, and lets us in by the new key alone", async () => {
    const { code, stderr, stdout } = await setUp([host(), "--accept-new-host-key"])
    assert.strictEqual(code, 0, stderr)
    assert.include(
      fs.readFileSync(path.join(bench.directory, "known"), "utf8"),
      `[127.0.0.1]:${sshd.port} ssh-ed25519 `
    )
    assert.deepStrictEqual([modeOf(path.join(home, ".ssh")), modeOf(authorized()), modeOf(key())], [0o700, 0o600,
      0o600])
    assert.strictEqual(fs.readFileSync(authorized(), "utf8"), fs.readFileSync(`${key()}.pub`, "utf8"))
    assert.include(
      stdout,
      `cluster_port: ${sshd.port}\n    username: ${username}\n    key_file: ~/.ssh/id_ed25519_clustrix\n`
    )
    assert.notInclude(stdout + stderr, password)
    assert.match(sshd.log(), new RegExp(`Accepted password for ${username}[^]*Accepted publickey for ${username}`))
    // OpenSSH reads it too
    const derived = spawnSync("ssh-keygen", ["-y", "-f", key()], { encoding: "utf8" })
    assert.strictEqual(derived.stdout.split(" ")[1], fs.readFileSync(authorized(), "utf8").split(" ")[1])
    // And what it printed is a cluster
    bench.write("clustrix.yml", `${fs.readFileSync(path.join(bench.directory, "clustrix.yml"), "utf8")}${stdout}`)
    assert.strictEqual((await bench.run(["jobs", "--cluster", "127.0.0.1"])).code, 0)
  })

  it("does nothing twice, and keeps what others wrote", async () => {
    const before = fs.readFileSync(key(), "utf8")
    const again = await setUp([host()], "not asked for")
    assert.strictEqual(again.code, 0, again.stderr)
    assert.include(again.stderr, "Used the key that is there")
    // A last line without its end, and our key as a comment only
    const mine = fs.readFileSync(`${key()}.pub`, "utf8")
    const theirs = `# ${mine}ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIA theirs`
    fs.writeFileSync(authorized(), theirs)
    fs.rmSync(`${key()}.pub`)
    const added = await setUp([host()])
    assert.strictEqual(added.code, 0, added.stderr)
    const [, body] = mine.split(" ")
    const text = fs.readFileSync(authorized(), "utf8")
    assert.isTrue(text.startsWith(`${theirs}\nssh-ed25519 ${body} `) && text.endsWith("\n"), text)
    assert.strictEqual(text.split(`ssh-ed25519 ${body}`).length, 3)
    assert.strictEqual(fs.readFileSync(key(), "utf8"), before)
  })

  it("asks for the password on the terminal, and does not show it", async () => {
    fs.rmSync(authorized())
    const script = "import os, pty, sys\nsys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])))"
    const child = spawn("python3", ["-c", script, ...bench.command(["ssh-setup", host()])], {
      cwd: bench.directory,
      env: { ...bench.environment, NO_COLOR: "1" },
      stdio: ["pipe", "pipe", "pipe"]
    })
    const outcome = outcomeOf(child)
    let shown = ""
    child.stdout.on("data", (text: string) => {
      if (!shown.includes("Password of") && (shown + text).includes("Password of")) child.stdin.write(`${password}\n`)
      shown += text
    })
    const { code, stdout } = await outcome
    assert.strictEqual(code, 0, stdout)
    assert.include(stdout, "Added it to ~/.ssh/authorized_keys")
    assert.notInclude(stdout, password)
  })

  it("says why it cannot", async () => {
    fs.rmSync(authorized())
    const wrong = await setUp([host()], "wr0ng-horse")
    assert.deepStrictEqual([wrong.code, wrong.stderr.includes("wr0ng-horse")], [5, false])
    assert.match(wrong.stderr, /does not accept who we are\n.*Tried: .*password/)
    const unasked = await bench.run(["ssh-setup", host()])
    assert.strictEqual(unasked.code, 5)
    assert.include(unasked.stderr, "CLUSTRIX_PASSWORD")
    fs.writeFileSync(key(), "no key")
    const unusable = await setUp([host()])
    assert.strictEqual(unusable.code, 6)
    assert.strictEqual(fs.readFileSync(key(), "utf8"), "no key")
    assert.strictEqual((await setUp(["host:port"])).code, 2)
    assert.strictEqual((await setUp([host(), "--cluster", "x"])).code, 2)
  })
})

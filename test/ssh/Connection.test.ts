/**
 * How a connection is made: keys, agents, passwords, hosts' keys, configuration, jumps; and what is said when it cannot be.
 */
import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { spawn, spawnSync } from "node:child_process"
import * as fs from "node:fs"
import * as net from "node:net"
import * as os from "node:os"
import * as path from "node:path"
import { inspect } from "node:util"
import type { TransportError } from "../../core/cluster/Transport.ts"
import * as SshConnection from "../../platform-node/ssh/SshConnection.ts"
import * as SshTarget from "../../platform-node/ssh/SshTarget.ts"
import * as Sshd from "./Sshd.ts"

const scratch = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "clustrix-connection-")))
fs.chmodSync(scratch, 0o711)
const closing: Array<() => void> = []
let sshd: Sshd.Sshd
let other: Sshd.Sshd
let rsaHostKey = ""

const file = (name: string, text = ""): string => {
  const at = path.join(scratch, name)
  fs.mkdirSync(path.dirname(at), { recursive: true })
  fs.writeFileSync(at, text)
  return at
}
const read = (at: string): string => fs.readFileSync(at, "utf8")

beforeAll(async () => {
  if (Sshd.missing !== undefined) return
  rsaHostKey = path.join(scratch, "host_rsa")
  spawnSync("ssh-keygen", ["-q", "-t", "rsa", "-b", "2048", "-N", "", "-f", rsaHostKey])
  sshd = await Sshd.make([`HostKey ${rsaHostKey}`, "MaxAuthTries 2"])
  other = await Sshd.make()
  closing.push(sshd.stop, other.stop)
})
afterAll(() => {
  for (const close of closing.reverse()) close()
  fs.rmSync(scratch, { recursive: true, force: true })
})

type Overrides = Partial<SshTarget.SshOptions>

const attempt = (options: SshTarget.SshOptions): Effect.Effect<string, TransportError> =>
  Effect.scoped(Effect.flatMap(
    SshTarget.resolve(options),
    (target) => Effect.as(SshConnection.connect(target, () => undefined), "connected")
  ))
const connect = (more: Overrides = {}, host = sshd): Promise<string> =>
  Effect.runPromise(attempt({ ...host.options, ...more }))
const failure = (more: Overrides = {}, host = sshd): Promise<TransportError> =>
  Effect.runPromise(Effect.flip(attempt({ ...host.options, ...more })))
const fails = async (
  reason: TransportError["reason"],
  words: RegExp,
  more: Overrides = {}
): Promise<TransportError> => {
  const error = await failure(more)
  assert.deepStrictEqual([error.reason, words.test(error.message)], [reason, true], error.message)
  return error
}
const secret = (text: string) => Redacted.make(text)
/** Nowhere: not in a field, not in what caused it. */
const hides = (error: TransportError, text: string): void => {
  const shown = inspect(error, { depth: 20, showHidden: true, maxStringLength: Infinity })
  assert.notInclude(`${shown} ${JSON.stringify(error)} ${String(error)} ${error.message} ${error.stack}`, text)
}

/** A real agent with these keys, which come as files. */
const agent = (keys: ReadonlyArray<string>): string => {
  const socket = path.join(fs.mkdtempSync(path.join(scratch, "a")), "s")
  const child = spawn("ssh-agent", ["-D", "-a", socket], { stdio: "ignore" })
  closing.push(() => child.kill("SIGKILL"))
  for (let tries = 0; tries < 200 && !fs.existsSync(socket); tries += 1) spawnSync("sleep", ["0.02"])
  for (const key of keys) {
    const added = spawnSync("ssh-add", ["-q", key], { env: { ...process.env, SSH_AUTH_SOCK: socket } })
    assert.strictEqual(added.status, 0, added.stderr.toString())
  }
  return socket
}

/** A server that does what `act` does with each connection. */
const server = (act: (socket: net.Socket) => void): Promise<number> =>
  new Promise((resolve) => {
    const made = net.createServer((socket) => {
      socket.on("error", () => undefined)
      closing.push(() => socket.destroy())
      act(socket)
    })
    closing.push(() => made.close())
    made.listen(0, "127.0.0.1", () => {
      const address = made.address()
      resolve(typeof address === "object" && address !== null ? address.port : 0)
    })
  })

describe.skipIf(Sshd.missing !== undefined)("who we are", () => {
  it("keys of all types", async () => {
    for (const type of ["ed25519", "ecdsa", "rsa"]) {
      const key = sshd.key(`client_${type}`, type)
      await fails("Authentication", new RegExp(`Tried: key ${key}\\.`), { keyFile: key })
      sshd.authorize(read(`${key}.pub`))
      assert.strictEqual(await connect({ keyFile: key }), "connected")
    }
  })

  it("encrypted keys: right, wrong and missing passphrase", async () => {
    for (const type of ["ed25519", "rsa"]) {
      const key = sshd.key(`locked_${type}`, type, "open sesame")
      sshd.authorize(read(`${key}.pub`))
      assert.strictEqual(await connect({ keyFile: key, keyPassphrase: secret("open sesame") }), "connected")
      const wrong = await fails("Authentication", /passphrase is another one/, {
        keyFile: key,
        keyPassphrase: secret("wrong-sesame")
      })
      hides(wrong, "wrong-sesame")
      await fails("Authentication", /passphrase is not given/, { keyFile: key })
      // As `ssh-keygen -m PEM` writes them
      if (type !== "rsa") continue
      spawnSync("ssh-keygen", ["-p", "-m", "PEM", "-P", "open sesame", "-N", "open sesame", "-f", key])
      assert.include(read(key), "BEGIN RSA PRIVATE KEY")
      assert.strictEqual(await connect({ keyFile: key, keyPassphrase: secret("open sesame") }), "connected")
      await fails("Authentication", /passphrase is another one/, { keyFile: key, keyPassphrase: secret("wrong") })
      await fails("Authentication", /passphrase is not given/, { keyFile: key })
    }
    await fails("Authentication", /none: not found/, { keyFile: path.join(scratch, "none") })
    await fails("Authentication", /nonsense: /, { keyFile: file("nonsense", "no key at all") })
  })

  it("an agent: each of its keys once, the named ones first", async () => {
    const strangers = [1, 2, 3].map((n) => sshd.key(`stranger${n}`))
    const key = sshd.key("held", "ed25519", "")
    sshd.authorize(read(`${key}.pub`))
    const few = agent([key])
    const many = agent([...strangers, key])
    const config = file("agent_config", "")
    const nobody = { keyFile: undefined, configFile: config, agent: undefined }
    assert.strictEqual(await connect({ ...nobody, agent: few }), "connected")
    // MaxAuthTries 2: the fourth key comes too late
    fs.writeFileSync(config, "IdentityFile none\n")
    await fails("Authentication", /Tried: agent key .*Too many authentication failures/, { ...nobody, agent: many })
    // Named, it is first; with or without IdentitiesOnly, and if only its public half is here
    const encrypted = sshd.key("held_locked", "ed25519", "x")
    fs.copyFileSync(key, path.join(scratch, "copy"))
    for (const named of [key, `${key}.pub`]) {
      for (const only of ["yes", "no"]) {
        fs.writeFileSync(config, `IdentityFile ${named}\nIdentitiesOnly ${only}\nIdentityAgent ${many}\n`)
        assert.strictEqual(await connect(nobody), "connected", `${named} ${only}`)
      }
    }
    assert.strictEqual(await connect({ agent: many, keyFile: key }), "connected")
    // The agent and the file are one try, so that the second key has its turn
    fs.writeFileSync(config, `IdentityFile ${strangers[0]}\nIdentityFile ${key}\nIdentitiesOnly yes\n`)
    assert.strictEqual(await connect({ ...nobody, agent: many }), "connected")
    // A file that is locked here, and open in the agent; without a .pub beside it
    fs.rmSync(`${encrypted}.pub`)
    const error = await fails("Authentication", /none of its 4 keys is one that was named/, {
      agent: many,
      keyFile: encrypted
    })
    assert.include(error.message, "passphrase is not given")
    spawnSync("cp", [key, `${key}_locked`])
    spawnSync("ssh-keygen", ["-q", "-p", "-P", "", "-N", "locked", "-f", `${key}_locked`])
    assert.strictEqual(await connect({ agent: many, keyFile: `${key}_locked` }), "connected")
  })

  it("an agent that is none, or has nothing, is passed by", async () => {
    const keyFile = path.join(sshd.directory, "id")
    const silent = path.join(scratch, "no-agent")
    assert.strictEqual(await connect({ agent: silent, keyFile }), "connected")
    const stranger = path.join(sshd.directory, "stranger1")
    await fails("Authentication", /agent .*no-agent/, { agent: silent, keyFile: stranger })
    await fails("Authentication", /it has no keys/, { agent: agent([]), keyFile: stranger })
    await fails("Authentication", /no key, agent or password/, {
      keyFile: undefined,
      configFile: file("nobody", "IdentityFile none")
    })
  })

  it("passwords, and what a server asks", async (context) => {
    if (!Sshd.isRoot) {
      console.warn("Not tested: passwords over SSH, for only root may make a user")
      return context.skip()
    }
    const password = "c0rrect horse\\'\"$x"
    const { remove, username } = Sshd.addUser(password)
    closing.push(remove)
    const asked = { username, keyFile: undefined, configFile: file("nokeys", "IdentityFile none") }
    const plain = await Sshd.make(["PasswordAuthentication yes", "KbdInteractiveAuthentication no"])
    closing.push(plain.stop)
    assert.strictEqual(await connect({ ...asked, password: secret(password) }, plain), "connected")
    const wrong = await failure({ ...asked, password: secret("wr0ng-horse") }, plain)
    assert.strictEqual(wrong.reason, "Authentication")
    assert.include(wrong.message, "Tried: password.")
    hides(wrong, "wr0ng-horse")
    hides(await failure({ ...asked, host: "127.0.0.1", port: 1, password: secret(password) }, plain), password)

    const pam = await Sshd.make([
      "UsePAM yes",
      "PasswordAuthentication no",
      "KbdInteractiveAuthentication yes",
      "LoginGraceTime 60"
    ])
    closing.push(pam.stop)
    assert.strictEqual(await connect({ ...asked, password: secret(password) }, pam), "connected")
    const questions: Array<readonly [string, boolean]> = []
    const prompt = async (question: string, isSecret: boolean): Promise<string> => {
      questions.push([question, isSecret])
      // Longer than the time limit for a host that does not answer
      await new Promise((resolve) => setTimeout(resolve, 2500))
      return password
    }
    assert.strictEqual(await connect({ ...asked, prompt, connectTimeoutSeconds: 2 }, pam), "connected")
    assert.deepStrictEqual([questions.length, questions[0]?.[1]], [1, true])
    const refused = await failure({ ...asked, password: secret("wr0ng-horse") }, pam)
    assert.include(refused.message, "Tried: keyboard-interactive")
    hides(refused, "wr0ng-horse")
    // Both are asked for, in an order in which the key is not the first
    const both = await Sshd.make([
      "UsePAM yes",
      "KbdInteractiveAuthentication yes",
      "AuthenticationMethods keyboard-interactive,publickey"
    ])
    closing.push(both.stop)
    const keyFile = path.join(both.directory, "id")
    assert.strictEqual(await connect({ username, keyFile, password: secret(password) }, both), "connected")
  }, 40_000)
})

describe.skipIf(Sshd.missing !== undefined)("the host's key", () => {
  const publicKey = (at: string): string => read(`${at}.pub`).split(" ").slice(0, 2).join(" ")
  const own = (host = sshd): string =>
    `[127.0.0.1]:${host.port} ${publicKey(path.join(host.directory, "host_ed25519"))}`

  it("that is unknown is refused, or written down once", async () => {
    const empty = file("known/empty")
    const error = await fails("HostKey", /is not known\n.*SHA256:/, { knownHostsFile: empty })
    assert.include(error.message, empty)
    assert.strictEqual(read(empty), "")
    const fresh = path.join(scratch, "known/deep/er/known_hosts")
    for (const hostKeys of ["accept-new", "no", "yes"] as const) {
      await Promise.all([connect({ knownHostsFile: fresh, hostKeys }), connect({ knownHostsFile: fresh, hostKeys })])
      assert.strictEqual(read(fresh), `${own()}\n`, hostKeys)
    }
    assert.strictEqual(fs.statSync(path.dirname(fresh)).mode & 0o777, 0o700)
    assert.strictEqual(fs.statSync(fresh).mode & 0o777, 0o600)
    const unended = file("known/unended", `# mine\nelsewhere ${publicKey(rsaHostKey)}`)
    await connect({ knownHostsFile: unended, hostKeys: "accept-new" })
    assert.strictEqual(read(unended), `# mine\nelsewhere ${publicKey(rsaHostKey)}\n${own()}\n`)
    // Where nothing can be written: as with OpenSSH it is not remembered
    assert.strictEqual(await connect({ knownHostsFile: `${unended}/x`, hostKeys: "accept-new" }), "connected")
  })

  it("that is another one, or revoked, is refused in every mode", async () => {
    const changed = file("known/changed", own(other).replace(String(other.port), String(sshd.port)))
    const revoked = file("known/revoked", `${own()}\n@revoked * ${own().replace(/^\S+ /, "")}\n`)
    for (const hostKeys of ["yes", "accept-new", "no"] as const) {
      const error = await fails("HostKey", /is not the one that is known/, { knownHostsFile: changed, hostKeys })
      assert.include(error.message, `${changed}:1`)
      assert.include(error.message, `ssh-keygen -R '[127.0.0.1]:${sshd.port}' -f ${changed}`)
      const gone = await fails("HostKey", /is revoked/, { knownHostsFile: revoked, hostKeys })
      assert.include(gone.message, `${revoked}:2`)
    }
    assert.strictEqual(read(revoked).split("\n").length, 3)
  })

  it("is asked for by the type that is known", async () => {
    const rsa = file("known/rsa", `[127.0.0.1]:${sshd.port} ${publicKey(rsaHostKey)}\n`)
    assert.strictEqual(await connect({ knownHostsFile: rsa }), "connected")
    const hashed = file("known/hashed", read(rsa))
    spawnSync("ssh-keygen", ["-q", "-H", "-f", hashed])
    assert.include(read(hashed), "|1|")
    assert.strictEqual(await connect({ knownHostsFile: hashed }), "connected")
    const alias = file("known/alias", `the-host ${publicKey(rsaHostKey)}\n`)
    const configFile = file("alias_config", "HostKeyAlias the-host")
    assert.strictEqual(await connect({ knownHostsFile: alias, configFile }), "connected")
  })
})

describe.skipIf(Sshd.missing !== undefined)("configuration", () => {
  const base = (host: Sshd.Sshd): string =>
    `HostName 127.0.0.1\nPort ${host.port}\nUser ${Sshd.user}\nIdentityFile ${host.directory}/id\n` +
    `UserKnownHostsFile ${host.known}\nIdentityAgent none\n`
  const named = (host: string, configFile: string): SshTarget.SshOptions => ({ host, configFile })
  const run = (host: string, configFile: string) => Effect.runPromise(attempt(named(host, configFile)))
  const resolved = (host: string, text: string, more: Overrides = {}) =>
    Effect.runPromise(SshTarget.resolve({ ...named(host, file(`config${Math.random()}`, text)), ...more }))

  it("says all that is needed", async () => {
    const configFile = file("config", `Host cluster\n${base(sshd)}\nHost *\n  User nobody\n  Port 1\n`)
    assert.strictEqual(await run("cluster", configFile), "connected")
    const error = await Effect.runPromise(Effect.flip(attempt(named("127.0.0.1", configFile))))
    assert.deepStrictEqual([error.reason, /nobody@127.0.0.1:1 cannot/.test(error.message)], ["Connection", true])
  })

  it("Host patterns, Match, HostName, Include", async () => {
    const include = file("included/10.conf", "Host inc*\n  HostName included.example.com\n")
    const text = `
      Include ${path.dirname(include)}/*.conf
      Host !not.example.com *.example.com
        User patterned
        Port 2201
      Host short
        Hostname %h.example.com
      Match host short.example.com
        User matched
        Port = 2202
      Match originalhost incl
        Port 2203
      Host "quoted"
        IdentityFile "${scratch}/with space"
        IdentityFile second
    `
    const what = async (host: string) => {
      const { host: name, port, username } = await resolved(host, text)
      return [name, port, username]
    }
    assert.deepStrictEqual(await what("a.example.com"), ["a.example.com", 2201, "patterned"])
    assert.deepStrictEqual(await what("not.example.com"), ["not.example.com", 22, Sshd.user])
    assert.deepStrictEqual(await what("short"), ["short.example.com", 2202, "matched"])
    assert.deepStrictEqual(await what("incl"), ["included.example.com", 2203, Sshd.user])
    assert.deepStrictEqual((await resolved("quoted", text)).identityFiles, [`${scratch}/with space`, "second"])
  })

  it("tokens, times, modes", async () => {
    const home = os.homedir()
    process.env["CLUSTRIX_TEST_DIR"] = "/from/env"
    const target = await resolved(
      "host",
      `IdentityFile ~/.ssh/one
      IdentityFile %d/%h/%r/%%
      IdentityFile \${CLUSTRIX_TEST_DIR}/%n-%u
      HostName real.example.com
      User me
      ConnectTimeout 7
      StrictHostKeyChecking accept-new
      IdentitiesOnly yes
      UserKnownHostsFile ~/k1 /k2
      GlobalKnownHostsFile none
      IdentityAgent $CLUSTRIX_TEST_DIR`
    )
    assert.deepStrictEqual(target.identityFiles, [
      `${home}/.ssh/one`,
      `${home}/real.example.com/me/%`,
      `/from/env/host-${Sshd.user}`
    ])
    assert.deepStrictEqual(target.knownHostsFiles, [`${home}/k1`, "/k2"])
    assert.deepInclude(target, {
      connectTimeoutSeconds: 7,
      hostKeys: "accept-new",
      identitiesOnly: true,
      agent: "/from/env",
      username: "me"
    })
    delete process.env["CLUSTRIX_TEST_DIR"]
    assert.strictEqual((await resolved("h", "StrictHostKeyChecking ask")).hostKeys, "yes")
    assert.strictEqual((await resolved("h", "StrictHostKeyChecking off")).hostKeys, "no")
    assert.strictEqual((await resolved("h", "ConnectTimeout none")).connectTimeoutSeconds, 20)
    // What a person says goes first
    const said = await resolved("h", "Port 1\nUser x\nStrictHostKeyChecking no", {
      port: 2,
      username: "y",
      hostKeys: "yes"
    })
    assert.deepInclude(said, { port: 2, username: "y", hostKeys: "yes" })
  })

  it("that cannot be used is named", async () => {
    for (
      const [text, words] of [
        ["Port abc", /Port abc/],
        ["Port 70000", /Port 70000/],
        ["ProxyCommand nc -X connect --auth s3cret %h %p", /ProxyCommand.*ProxyJump/],
        ["IdentityFile ${NO_SUCH_VARIABLE}/x", /NO_SUCH_VARIABLE/],
        ["ProxyJump h", /More than 8 jumps/]
      ] as const
    ) {
      const error = await Effect.runPromise(Effect.flip(SshTarget.resolve(named("h", file("bad", text)))))
      assert.strictEqual(error.reason, "Unavailable")
      assert.match(error.message, words)
      hides(error, "s3cret")
    }
    const missing = await Effect.runPromise(Effect.flip(SshTarget.resolve(named("h", path.join(scratch, "no-config")))))
    assert.include(missing.message, "no-config")
  })

  it("jumps: one, two, none", async () => {
    const third = await Sshd.make()
    closing.push(third.stop)
    const text = `Host last\n${base(sshd)}\nHost first\n${base(other)}\nHost second\n${base(third)}\n`
    const configFile = file("jumps", text)
    const through = (proxyJump: string) => Effect.runPromise(attempt({ host: "last", configFile, proxyJump }))
    const sessions = (host: Sshd.Sshd): number => host.log().split("Accepted publickey").length
    const before = [sessions(other), sessions(third)]
    assert.strictEqual(await through("none"), "connected")
    assert.deepStrictEqual([sessions(other), sessions(third)], before)
    assert.strictEqual(await through("first"), "connected")
    assert.strictEqual(await through("first,second"), "connected")
    assert.deepStrictEqual([sessions(other), sessions(third)].map((n, index) => n - (before[index] ?? 0)), [2, 1])
    fs.writeFileSync(
      configFile,
      `${text}\nMatch originalhost last\n  ProxyJump second\nMatch originalhost second\n  ProxyJump first\n`
    )
    assert.strictEqual(await run("last", configFile), "connected")
    assert.deepStrictEqual([sessions(other), sessions(third)].map((n, index) => n - (before[index] ?? 0)), [3, 2])
    // The jump host is fine, what is behind it is not
    const error = await Effect.runPromise(
      Effect.flip(attempt({ host: "127.0.0.1", port: 1, configFile, proxyJump: "first" }))
    )
    assert.deepStrictEqual([error.reason, /through its jump host/.test(error.message)], ["Connection", true])
    const unknown = file("unknown_jump", `${text.replace(other.known, path.join(scratch, "none"))}`)
    const refused = await Effect.runPromise(
      Effect.flip(attempt({ host: "last", configFile: unknown, proxyJump: "first" }))
    )
    assert.deepStrictEqual([refused.reason, refused.message.includes(String(other.port))], ["HostKey", true])
  }, 30_000)
})

describe.skipIf(Sshd.missing !== undefined)("hosts that are not there", () => {
  const within = async (seconds: number, reason: TransportError["reason"], words: RegExp, more: Overrides) => {
    const before = performance.now()
    const error = await fails(reason, words, { connectTimeoutSeconds: 1, ...more })
    assert.isBelow(performance.now() - before, seconds * 1000)
    assert.match(error.message, /→/)
  }

  it("nothing listens, no such host", async () => {
    await within(3, "Connection", /Nothing listens on port 1/, { port: 1 })
    // Where there is no name server at all, to ask takes its time
    await within(15, "Connection", /no address for the name nowhere.invalid/, {
      host: "nowhere.invalid",
      connectTimeoutSeconds: 15
    })
  }, 20_000)

  it("never answers, closes at once, talks nonsense", async () => {
    await within(4, "TimedOut", /did not answer within 1 s/, { port: await server(() => undefined) })
    await within(4, "TimedOut", /did not answer within 1 s/, {
      port: await server((socket) => socket.write("SSH-2.0-Silent\r\n"))
    })
    await within(3, "Connection", /cannot be reached\n/, { port: await server((socket) => socket.destroy()) })
    await within(3, "Connection", /cannot be reached\n/, { port: await server((socket) => socket.resetAndDestroy()) })
    await within(3, "Connection", /cannot be reached\n/, {
      port: await server((socket) => socket.end("HTTP/1.1 400 Bad Request\r\n\r\n<html>"))
    })
    await within(3, "Connection", /cannot be reached\n/, {
      port: await server((socket) => socket.write("SSH-2.0-Odd\r\n" + "\x00\xff nonsense".repeat(1000)))
    })
    await within(4, "TimedOut", /did not answer/, {
      port: await server((socket) => {
        const timer = setInterval(() => socket.write("noise\r\n"), 50)
        socket.once("close", () => clearInterval(timer))
      })
    })
  }, 30_000)
})

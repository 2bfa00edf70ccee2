/**
 * Options of ssh_config that restrict: each is honoured, or the connection is refused by its name; `ssh` itself refuses too.
 */
import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { spawn, spawnSync } from "node:child_process"
import * as fs from "node:fs"
import { createRequire } from "node:module"
import * as os from "node:os"
import * as path from "node:path"
import type { TransportError } from "../../core/cluster/Transport.ts"
import * as HostKey from "../../platform-node/ssh/HostKey.ts"
import * as SshConnection from "../../platform-node/ssh/SshConnection.ts"
import * as SshPolicy from "../../platform-node/ssh/SshPolicy.ts"
import * as SshTarget from "../../platform-node/ssh/SshTarget.ts"
import * as Sshd from "./Sshd.ts"

const scratch = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "clustrix-restrictions-")))
const closing: Array<() => void> = []
let sshd: Sshd.Sshd
let rsaKey = ""

const at = (name: string): string => path.join(scratch, name)
const write = (name: string, text: string): string => {
  fs.writeFileSync(at(name), text)
  return at(name)
}
const read = (file: string): string => fs.readFileSync(file, "utf8")
const publicKey = (file: string): string => read(`${file}.pub`).split(" ").slice(0, 2).join(" ")

beforeAll(async () => {
  if (Sshd.missing !== undefined) return
  const hostRsa = at("host_rsa")
  spawnSync("ssh-keygen", ["-q", "-t", "rsa", "-b", "2048", "-N", "", "-f", hostRsa])
  sshd = await Sshd.make([`HostKey ${hostRsa}`])
  rsaKey = sshd.key("rsa", "rsa")
  sshd.authorize(read(`${rsaKey}.pub`))
})
afterAll(() => {
  sshd?.stop()
  for (const close of closing) close()
  fs.rmSync(scratch, { recursive: true, force: true })
})

/** By the RSA key of the host only, so that options about it have something to say. */
const base = (known: string): string =>
  `Host c\nHostName 127.0.0.1\nPort ${sshd.port}\nUser ${Sshd.user}\nIdentityFile ${sshd.directory}/id\nIdentityAgent none\n` +
  `UserKnownHostsFile ${known}\nGlobalKnownHostsFile none\nStrictHostKeyChecking yes\n`

const attempt = (configFile: string, more: Partial<SshTarget.SshOptions> = {}): Effect.Effect<string, TransportError> =>
  Effect.scoped(Effect.flatMap(
    SshTarget.resolve({ host: "c", configFile, ...more }),
    (target) => Effect.as(SshConnection.connect(target, () => undefined), "connected")
  ))
const connects = (text: string, known = sshd.known): Promise<string> =>
  Effect.runPromise(attempt(write("config", base(known) + text)))
const refused = async (text: string, words: RegExp, reason: TransportError["reason"], known = sshd.known) => {
  const error = await Effect.runPromise(Effect.flip(attempt(write("config", base(known) + text))))
  assert.match(error.message, words, text)
  assert.strictEqual(error.reason, reason, error.message)
  return error
}
/** OpenSSH with the same file. */
const ssh = (text: string, known = sshd.known): boolean =>
  spawnSync("ssh", ["-F", write("config", base(known) + text), "-o", "BatchMode=yes", "-n", "c", "true"], {
    encoding: "utf8"
  }).status === 0

const hostRsaKnown = (): string => write("known_rsa", `[127.0.0.1]:${sshd.port} ${publicKey(at("host_rsa"))}\n`)

describe.skipIf(Sshd.missing !== undefined)("options that restrict", () => {
  it("connect where they allow it", async () => {
    const text = [
      "Ciphers aes256-gcm@openssh.com,aes128-ctr",
      "MACs hmac-sha2-256-etm@openssh.com",
      "KexAlgorithms curve25519-sha256,ecdh-sha2-nistp256",
      "HostKeyAlgorithms ssh-ed25519",
      "PubkeyAcceptedAlgorithms ssh-ed25519",
      "CASignatureAlgorithms ssh-ed25519",
      "RequiredRSASize 2048",
      `RevokedHostKeys ${write("revoked_none", "# nothing\n")}`,
      "KnownHostsCommand none",
      "ProxyCommand none",
      "RemoteCommand none",
      "RekeyLimit default none",
      "CheckHostIP yes",
      "UpdateHostKeys yes",
      "VerifyHostKeyDNS no",
      "HostbasedAuthentication no",
      "GSSAPIAuthentication yes",
      "PreferredAuthentications gssapi-with-mic,publickey",
      "BatchMode yes",
      "AddressFamily inet",
      "BindAddress 127.0.0.1",
      "CanonicalizeHostname no",
      "ServerAliveInterval 30",
      "ControlMaster auto",
      `ControlPath ${scratch}/%C`
    ].join("\n")
    assert.isTrue(ssh(text.replace(/^Control.*$/gm, "")))
    assert.strictEqual(await connects(text), "connected")
  })

  it("revoked host keys are refused in every mode; so are lists that cannot be read", async () => {
    const key = publicKey(path.join(sshd.directory, "host_ed25519"))
    const revoked = `RevokedHostKeys ${write("revoked", `# a list\n\nssh-ed25519 junk!\n  ${key} of the host\n`)}`
    assert.isFalse(ssh(revoked))
    const error = await refused(revoked, /RevokedHostKeys has it: .*revoked:4/, "HostKey")
    assert.include(error.message, "SHA256:")
    for (const hostKeys of ["yes", "accept-new", "no"] as const) {
      const other = await Effect.runPromise(Effect.flip(attempt(at("config"), { hostKeys })))
      assert.strictEqual(other.reason, "HostKey")
    }
    assert.strictEqual(await connects(`RevokedHostKeys ${write("other", publicKey(at("host_rsa")))}`), "connected")
    assert.isFalse(ssh(`RevokedHostKeys ${at("missing")}`))
    await refused(`RevokedHostKeys ${at("missing")}`, /RevokedHostKeys cannot be read/, "HostKey")
    const krl = at("krl")
    spawnSync("ssh-keygen", ["-q", "-k", "-f", krl, `${sshd.directory}/host_ed25519.pub`])
    assert.isFalse(ssh(`RevokedHostKeys ${krl}`))
    await refused(`RevokedHostKeys ${krl}`, /RevokedHostKeys .*KRL/, "HostKey")
    assert.strictEqual(await connects("RevokedHostKeys none"), "connected")
  })

  it("sizes of RSA keys, of the host and ours", async () => {
    const known = hostRsaKnown()
    assert.strictEqual(await connects("RequiredRSASize 2048", known), "connected")
    assert.isFalse(ssh("RequiredRSASize 4096", known))
    await refused("RequiredRSASize 4096", /RSA key of 2048 bits, and RequiredRSASize is 4096/, "HostKey", known)
    const small = sshd.key("small", "rsa")
    spawnSync("ssh-keygen", ["-q", "-t", "rsa", "-b", "2048", "-N", "", "-f", `${small}2048`])
    sshd.authorize(read(`${small}2048.pub`))
    const text = `RequiredRSASize 3000\nHost c\nIdentitiesOnly yes`
    const config = write("config", base(sshd.known).replace(/IdentityFile .*/, `IdentityFile ${small}2048`) + text)
    const error = await Effect.runPromise(Effect.flip(attempt(config)))
    assert.match(error.message, /small2048: it has 2048 bits, and RequiredRSASize is 3000/)
  })

  it("algorithms of the host's key", async () => {
    const known = hostRsaKnown()
    assert.isFalse(ssh("HostKeyAlgorithms ssh-ed25519", known))
    await refused("HostKeyAlgorithms ssh-ed25519", /not the one that is known/, "HostKey", known)
    assert.isFalse(ssh("HostKeyAlgorithms ecdsa-sha2-nistp256"))
    await refused(
      "HostKeyAlgorithms ecdsa-sha2-nistp256",
      /no matching host key format[^]*HostKeyAlgorithms/,
      "Unavailable"
    )
    await refused(
      "HostKeyAlgorithms sk-ssh-ed25519@openssh.com",
      /config:\d+: HostKeyAlgorithms allows nothing/,
      "Unavailable"
    )
    // What is taken away by pattern
    assert.isFalse(ssh("HostKeyAlgorithms -*ed25519*"))
    await refused("HostKeyAlgorithms -*ed25519*", /not the one that is known/, "HostKey")
    assert.strictEqual(await connects("HostKeyAlgorithms -*ed25519*", known), "connected")
    assert.strictEqual(await connects("HostKeyAlgorithms ^rsa-sha2-512", known), "connected")
    assert.strictEqual(await connects("HostKeyAlgorithms +ssh-rsa"), "connected")
  })

  it("ciphers, MACs and key exchange", async () => {
    const server = await Sshd.make([
      "Ciphers aes128-ctr",
      "MACs hmac-sha2-512",
      "KexAlgorithms ecdh-sha2-nistp384",
      "HostKeyAlgorithms ssh-ed25519"
    ])
    const before = sshd
    sshd = server
    try {
      const pairs = [
        ["Ciphers", "aes128-ctr", "aes256-gcm@openssh.com", "-aes128*"],
        ["MACs", "hmac-sha2-512", "hmac-sha2-256-etm@openssh.com", "-*512*"],
        ["KexAlgorithms", "ecdh-sha2-nistp384", "curve25519-sha256", "-ecdh*"]
      ] as const
      for (const [option, fits, none, removed] of pairs) {
        assert.strictEqual(await connects(`${option} ${fits}`), "connected")
        for (const value of [none, removed]) {
          assert.isFalse(ssh(`${option} ${value}`), value)
          await refused(`${option} ${value}`, new RegExp(`no matching[^]*${option}`), "Unavailable")
        }
      }
    } finally {
      sshd = before
      server.stop()
    }
    // What ssh2 has nothing of
    await refused("MACs umac-128@openssh.com\nCiphers aes128-ctr", /config:\d+: MACs allows nothing/, "Unavailable")
    await refused("KexAlgorithms sntrup761x25519-sha512@openssh.com", /KexAlgorithms allows nothing/, "Unavailable")
    await refused("Ciphers nothing", /Ciphers allows nothing/, "Unavailable")
    // Where the cipher needs none
    assert.strictEqual(await connects("MACs umac-128@openssh.com\nCiphers aes128-gcm@openssh.com"), "connected")
  })

  it("ways to log in", async () => {
    assert.isFalse(ssh("PubkeyAuthentication no"))
    await refused("PubkeyAuthentication no", /publickey: PubkeyAuthentication no \(.*config:\d+\)/, "Authentication")
    await refused(
      "PreferredAuthentications password",
      /publickey: PreferredAuthentications without it/,
      "Authentication"
    )
    await refused("PubkeyAuthentication maybe", /PubkeyAuthentication is yes or no/, "Unavailable")
    assert.strictEqual(await connects("PreferredAuthentications password,publickey"), "connected")
    for (
      const [text, words] of [
        ["PasswordAuthentication no\nKbdInteractiveAuthentication no", /password: PasswordAuthentication no/],
        ["PreferredAuthentications publickey", /password: PreferredAuthentications without it/],
        ["ChallengeResponseAuthentication no", /keyboard-interactive: KbdInteractiveAuthentication no/],
        ["NumberOfPasswordPrompts 0", /password: NumberOfPasswordPrompts 0/]
      ] as const
    ) {
      const config = write("config", base(sshd.known).replace(/IdentityFile .*/, "IdentityFile none") + text)
      const error = await Effect.runPromise(Effect.flip(attempt(config, { password: Redacted.make("s3cret") })))
      assert.match(error.message, words)
      assert.strictEqual(error.reason, "Authentication")
    }
    // Nobody is asked
    let asked = 0
    const config = write(
      "config",
      base(sshd.known).replace(/IdentityFile .*/, "IdentityFile none") + "BatchMode yes\n"
    )
    await Effect.runPromise(Effect.flip(attempt(config, {
      prompt: async () => {
        asked += 1
        return "x"
      }
    })))
    assert.strictEqual(asked, 0)
  })

  it("algorithms of our own signatures", async () => {
    assert.isFalse(ssh("PubkeyAcceptedAlgorithms rsa-sha2-512"))
    await refused(
      "PubkeyAcceptedAlgorithms rsa-sha2-512",
      /PubkeyAcceptedAlgorithms has nothing for ssh-ed25519/,
      "Authentication"
    )
    const withRsa = (text: string): string =>
      write("config", base(sshd.known).replace(/IdentityFile .*/, `IdentityFile ${rsaKey}`) + text)
    assert.strictEqual(await Effect.runPromise(attempt(withRsa("PubkeyAcceptedAlgorithms rsa-sha2-256"))), "connected")
    assert.strictEqual(await Effect.runPromise(attempt(withRsa("PubkeyAcceptedKeyTypes -ssh-ed25519"))), "connected")
    for (
      const [text, words] of [
        ["PubkeyAcceptedAlgorithms ssh-ed25519", /has nothing for ssh-rsa/],
        ["PubkeyAcceptedAlgorithms ssh-rsa", /takes rsa-sha2-256 of it, which PubkeyAcceptedAlgorithms leaves out/]
      ] as const
    ) {
      const error = await Effect.runPromise(Effect.flip(attempt(withRsa(text))))
      assert.match(error.message, words)
    }
    // The same of a key that an agent holds
    const socket = path.join(fs.mkdtempSync(path.join(scratch, "a")), "s")
    const agent = spawn("ssh-agent", ["-D", "-a", socket], { stdio: "ignore" })
    closing.push(() => agent.kill("SIGKILL"))
    for (let tries = 0; tries < 200 && !fs.existsSync(socket); tries += 1) spawnSync("sleep", ["0.02"])
    const added = spawnSync("ssh-add", ["-q", rsaKey], { env: { ...process.env, SSH_AUTH_SOCK: socket } })
    assert.strictEqual(added.status, 0, added.stderr.toString())
    for (
      const [text, words] of [
        ["PubkeyAcceptedAlgorithms ssh-ed25519", /agent key .*has nothing for ssh-rsa/],
        ["PubkeyAcceptedAlgorithms ssh-rsa", /takes rsa-sha2-256 of it/]
      ] as const
    ) {
      const error = await Effect.runPromise(
        Effect.flip(attempt(withRsa(`${text}\nIdentitiesOnly yes`), { agent: socket }))
      )
      assert.match(error.message, words)
    }
  })

  it("the key of an address, as CheckHostIP asks", async () => {
    const key = publicKey(path.join(sshd.directory, "host_ed25519"))
    const other = publicKey(at("host_rsa"))
    const shown = Buffer.from(key.split(" ")[1] ?? "", "base64")
    const accepts = async (lines: string, more: string, address: string): Promise<boolean> => {
      const text = base(write("known_ip", lines)).replace("HostName 127.0.0.1", "HostName cluster.example")
      const target = await Effect.runPromise(SshTarget.resolve({ host: "c", configFile: write("config", text + more) }))
      const hostKey = HostKey.make(target, () => address)
      const accepted = hostKey.verify(shown)
      if (!accepted) assert.include(hostKey.refusal()?.message ?? "", `[${address}]:${sshd.port}`)
      return accepted
    }
    const named = `[cluster.example]:${sshd.port} ${key}\n`
    const ofAddress = `${named}[10.0.0.7]:${sshd.port} ${other}\n`
    assert.isTrue(await accepts(ofAddress, "", "10.0.0.7"))
    assert.isFalse(await accepts(ofAddress, "CheckHostIP yes", "10.0.0.7"))
    assert.isTrue(await accepts(ofAddress, "CheckHostIP yes", "10.0.0.8"))
    assert.isTrue(await accepts(`${named}[10.0.0.7]:${sshd.port} ${key}\n`, "CheckHostIP yes", "10.0.0.7"))
    // An address of this machine says nothing
    assert.isTrue(await accepts(ofAddress.replace("10.0.0.7", "127.0.0.1"), "CheckHostIP yes", "127.0.0.1"))
  })

  it("names in known_hosts are hashed when HashKnownHosts says so", async () => {
    for (const [text, isHashed] of [["HashKnownHosts yes", true], ["HashKnownHosts no", false], ["", false]] as const) {
      const fresh = at(`fresh${text.slice(-3).trim()}`)
      fs.rmSync(fresh, { force: true })
      const config = write(
        "config",
        base(fresh).replace("StrictHostKeyChecking yes", "StrictHostKeyChecking accept-new") + text
      )
      assert.strictEqual(await Effect.runPromise(attempt(config)), "connected")
      assert.strictEqual(read(fresh).startsWith("|1|"), isHashed, text)
      assert.strictEqual(read(fresh).includes("127.0.0.1"), !isHashed, text)
      // Both programs know it now
      assert.strictEqual(await connects("", fresh), "connected")
      assert.isTrue(ssh("", fresh))
      assert.strictEqual(read(fresh).split("\n").length, 2)
    }
  })

  it("what cannot be honoured is refused by its name", async () => {
    for (
      const text of [
        "KnownHostsCommand /bin/false",
        "ProxyCommand nc %h %p",
        "RemoteCommand top",
        "RekeyLimit 1G 1h",
        "SessionType none",
        "BindInterface lo",
        "KbdInteractiveDevices pam",
        "ChannelTimeout session=5m",
        "RefuseConnection \"not today\"",
        "AddressFamily inet7",
        "CheckHostIP perhaps",
        "RequiredRSASize many",
        "SomethingOfTheFuture strict"
      ]
    ) {
      const [option = ""] = text.split(" ")
      const { message } = await refused(text, new RegExp(option, "i"), "Unavailable")
      assert.match(message, /config:\d+/)
    }
  })

  it("address family and source address", async () => {
    await refused("AddressFamily inet6", /config:\d+: AddressFamily leaves out the address 127\.0\.0\.1/, "Unavailable")
    await refused("BindAddress 192.0.2.7", /cannot be reached/, "Connection")
  })

  it("hold for jump hosts too", async () => {
    const text =
      `ProxyJump j\nHost j\nHostName 127.0.0.1\nPort ${sshd.port}\nUser ${Sshd.user}\nIdentityFile ${sshd.directory}/id\n` +
      `IdentityAgent none\nUserKnownHostsFile ${sshd.known}\n`
    assert.strictEqual(await connects(text), "connected")
    await refused(`${text}PubkeyAuthentication no\n`, /PubkeyAuthentication no/, "Authentication")
    await refused(`${text}KnownHostsCommand /bin/false\n`, /KnownHostsCommand/, "Unavailable")
  })
})

describe("what ssh2 can do", () => {
  it("is what it says itself", () => {
    const constants = createRequire(createRequire(import.meta.url).resolve("ssh2"))("./protocol/constants.js")
    const says = {
      kex: constants.SUPPORTED_KEX,
      ciphers: constants.SUPPORTED_CIPHER,
      macs: constants.SUPPORTED_MAC,
      hostKeys: constants.SUPPORTED_SERVER_HOST_KEY
    }
    for (const [kind, names] of Object.entries(SshPolicy.supported)) {
      const known: ReadonlyArray<string> = says[kind as keyof typeof says]
      assert.deepStrictEqual(names.filter((name) => !known.includes(name)), [], kind)
    }
  })
})

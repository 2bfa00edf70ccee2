/**
 * Lines of `known_hosts` of every kind, against a real host: what `ssh` trusts, and nothing else, is trusted here.
 */
import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import * as fc from "fast-check"
import { execFile } from "node:child_process"
import { createHmac } from "node:crypto"
import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import * as KnownHosts from "../../platform-node/ssh/KnownHosts.ts"
import * as Sshd from "./Sshd.ts"

const scratch = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "clustrix-lines-")))
let sshd: Sshd.Sshd
let own = ""
let other = ""

beforeAll(async () => {
  if (Sshd.missing !== undefined) return
  sshd = await Sshd.make()
  const encoded = (file: string): string => fs.readFileSync(`${file}.pub`, "utf8").split(" ")[1] ?? ""
  own = encoded(path.join(sshd.directory, "host_ed25519"))
  other = encoded(sshd.key("other"))
})
afterAll(() => {
  sshd?.stop()
  fs.rmSync(scratch, { recursive: true, force: true })
})

/** What `ssh` makes of the file; `mode` is its StrictHostKeyChecking. It cannot log in, and does not get that far otherwise. */
const bySsh = async (text: string, mode: "yes" | "accept-new"): Promise<boolean> => {
  const file = path.join(scratch, `known_${mode}`)
  fs.writeFileSync(file, text, "latin1")
  const options = [
    `UserKnownHostsFile=${file}`,
    "GlobalKnownHostsFile=none",
    `StrictHostKeyChecking=${mode}`,
    "HostKeyAlgorithms=ssh-ed25519",
    "PreferredAuthentications=none",
    "UpdateHostKeys=no",
    "BatchMode=yes"
  ].flatMap((option) => ["-o", option])
  const words = ["-F", "none", ...options, "-p", String(sshd.port), "127.0.0.1", "true"]
  const stderr = await new Promise<string>((resolve) => {
    execFile("ssh", words, (_error, _stdout, printed) => resolve(printed))
  })
  const accepted = stderr.includes("Permission denied")
  assert.isTrue(accepted || stderr.includes("Host key verification failed"), stderr)
  return accepted
}

const byClustrix = (text: string): KnownHosts.Verdict["_tag"] =>
  KnownHosts.check([{ file: "f", text }], { host: "127.0.0.1", port: sshd.port }, Buffer.from(own, "base64"))._tag

const salt = Buffer.alloc(20, 7)
const hashed = (name: string, of = salt): string =>
  `|1|${of.toString("base64")}|${createHmac("sha1", of).update(name).digest("base64")}`

/** `PORT` stands for the port, which is not known yet. */
const names = fc.constantFrom<(name: string) => string>(
  (name) => name,
  (name) => `x,${name}`,
  (name) => `!x,${name},y`,
  (name) => `${name},!${name}`,
  (name) => name.replace("127.0", "127.*"),
  (name) => name.replace("7", "?"),
  (name) => `${name}x`,
  () => "*",
  () => "127.0.0.1",
  () => "!127.0.0.1,*",
  () => "elsewhere",
  () => `${"*".repeat(1100)}`,
  (name) => `${name},${"z".repeat(1100)}`,
  (name) => hashed(name),
  () => hashed("127.0.0.1"),
  (name) => `${hashed(name)},x`,
  (name) => `x,${hashed(name)}`,
  (name) => hashed(name, Buffer.alloc(19, 7)),
  (name) => hashed(name).replace("|1|", "|2|"),
  (name) => hashed(name).replace(/=+$/, ""),
  (name) => hashed(name).replace("Bw", "B!w")
)

const blob = fc.constantFrom<(own: string, other: string) => string>(
  (own) => own,
  (own) => own,
  (_, other) => other,
  (own) => `${own.slice(0, 30)}!${own.slice(30)}`,
  (own) => `${own.slice(0, 30)}-${own.slice(30)}`,
  (own) => `${own.slice(0, 30)}=${own.slice(30)}`,
  (own) => `${own.slice(0, 30)}\f${own.slice(30)}`,
  (own) => `${own.slice(0, 30)}\u00e9${own.slice(30)}`,
  (own) => `${own}=`,
  (own) => `${own}====`,
  (own) => `${own}junk!`,
  (own) => `!${own}`,
  (own) => own.slice(0, -1),
  (own) => own.slice(0, -4),
  (own) => `${own}AAAA`,
  (own) => own.replaceAll("A", "a"),
  (own) => `"${own}"`,
  () => ""
)

const line = fc.record({
  before: fc.constantFrom("", "", "", " ", "\t", "#", "\v"),
  marker: fc.constantFrom("", "", "", "", "@revoked ", "@cert-authority ", "@unknown ", "@revoked @revoked "),
  names,
  gap: fc.constantFrom(" ", "  ", "\t", " \t "),
  type: fc.constantFrom("ssh-ed25519", "ssh-ed25519", "ssh-ed25519", "ssh-rsa", "1024 35", "", "SSH-ED25519"),
  blob,
  after: fc.constantFrom("", "", " a comment", "\t#", "\r", " \r")
})

describe.skipIf(Sshd.missing !== undefined)("known_hosts", () => {
  it("lines of every kind are trusted as ssh trusts them", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(line, { minLength: 1, maxLength: 3 }), async (lines) => {
        const named = `[127.0.0.1]:${sshd.port}`
        const text = lines.map((each) => {
          // A key that is revoked by the host's name alone is revoked at every port, other than for ssh
          const who = each.marker.startsWith("@revoked") ? named : each.names(named)
          return `${each.before}${each.marker}${who}${each.gap}${each.type}${each.gap}${
            each.blob(own, other)
          }${each.after}\n`
        }).join("")
        const verdict = byClustrix(text)
        const [known, accepted] = await Promise.all([bySsh(text, "yes"), bySsh(text, "accept-new")])
        assert.deepStrictEqual(
          { known: verdict === "Known", accepted: verdict === "Known" || verdict === "Unknown" },
          { known, accepted },
          text
        )
      }),
      { numRuns: 40 }
    )
  })

  it("each way to spell a key, alone", async () => {
    const named = `[127.0.0.1]:${sshd.port}`
    const spellings = [
      own,
      `${own.slice(0, 30)}!${own.slice(30)}`,
      `${own.slice(0, 30)}_${own.slice(30)}`,
      `${own}=`,
      `${own}!`,
      `${own}AAAA`,
      own.slice(0, -1)
    ]
    for (const spelling of spellings) {
      const text = `${named} ssh-ed25519 ${spelling}\n`
      assert.deepStrictEqual([spelling, byClustrix(text) === "Known"], [spelling, await bySsh(text, "yes")])
      assert.strictEqual(byClustrix(text), spelling === own ? "Known" : "Unknown", spelling)
    }
  })
})

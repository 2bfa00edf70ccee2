/**
 * `known_hosts` as OpenSSH reads it: `ssh-keygen -F` has the last word where it has one.
 */
import { afterAll, assert, describe, it } from "@effect/vitest"
import * as fc from "fast-check"
import { spawnSync } from "node:child_process"
import { createHmac, randomBytes } from "node:crypto"
import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import * as KnownHosts from "../../platform-node/ssh/KnownHosts.ts"

const scratch = fs.mkdtempSync(path.join(os.tmpdir(), "clustrix-known-"))
afterAll(() => fs.rmSync(scratch, { recursive: true, force: true }))

/** A public key in SSH's wire format; that it is on no curve, nobody sees. */
const makeKey = (type: string, seed: number): Buffer => {
  const exponent = type === "ssh-rsa" ? [Buffer.from([1, 0, 1])] : []
  const fields = [Buffer.from(type), ...exponent, Buffer.alloc(32, seed)]
  return Buffer.concat(fields.flatMap((field) => {
    const length = Buffer.alloc(4)
    length.writeUInt32BE(field.length)
    return [length, field]
  }))
}
const ed1 = makeKey("ssh-ed25519", 1)
const ed2 = makeKey("ssh-ed25519", 2)
const rsa = makeKey("ssh-rsa", 3)
const shown = (key: Buffer): string => `${KnownHosts.keyTypeOf(key)} ${key.toString("base64")}`
const hashed = (name: string): string => {
  const salt = randomBytes(20)
  return `|1|${salt.toString("base64")}|${createHmac("sha1", salt).update(name).digest("base64")}`
}
const at = (host: string, port = 22, alias?: string): KnownHosts.HostName => ({ host, port, alias })
const check = (text: string, host: string, key: Buffer, port = 22) =>
  KnownHosts.check([{ file: "f", text }], at(host, port), key)._tag

describe("known_hosts", () => {
  it("names: plain, several, wildcards, negated, hashed", () => {
    const cases: ReadonlyArray<readonly [string, string, string]> = [
      ["a.example.com", "a.example.com", "Known"],
      ["A.Example.COM", "a.example.com", "Known"],
      ["a.example.com", "A.EXAMPLE.com", "Known"],
      ["b,a.example.com,c", "a.example.com", "Known"],
      ["*.example.com", "a.example.com", "Known"],
      ["*.example.com", "a.b.example.com", "Known"],
      ["*.example.com", "example.com", "Unknown"],
      ["?.example.com", "a.example.com", "Known"],
      ["?.example.com", "ab.example.com", "Unknown"],
      ["?.example.com", ".example.com", "Unknown"],
      ["*", "anything", "Known"],
      ["a*", "a", "Known"],
      ["**a**", "bab", "Known"],
      ["a.example.com", "axexample.com", "Unknown"],
      ["[ab].example.com", "a.example.com", "Unknown"],
      ["{a,b}.example.com", "a.example.com", "Unknown"],
      ["(a|b)", "a", "Unknown"],
      ["*.example.com,!a.example.com", "a.example.com", "Unknown"],
      ["!a.example.com,*.example.com", "a.example.com", "Unknown"],
      ["*.example.com,!a.example.com", "b.example.com", "Known"],
      ["!*.example.com", "b.example.com", "Unknown"],
      [hashed("a.example.com"), "a.example.com", "Known"],
      [hashed("a.example.com"), "A.example.com", "Known"],
      [hashed("a.example.com"), "b.example.com", "Unknown"],
      ["|1|AAAA|", "a", "Unknown"],
      ["|2|AAAA|AAAA", "a", "Unknown"],
      ["192.168.0.*", "192.168.0.7", "Known"],
      ["::1", "::1", "Known"],
      ["fe80::*", "fe80::1", "Known"]
    ]
    for (const [names, host, expected] of cases) {
      assert.deepStrictEqual([names, host, check(`${names} ${shown(ed1)}`, host, ed1)], [names, host, expected])
    }
  })

  it("ports", () => {
    const named = `[a.example.com]:2222 ${shown(ed1)}`
    assert.strictEqual(check(named, "a.example.com", ed1, 2222), "Known")
    assert.strictEqual(check(named, "a.example.com", ed1, 2223), "Unknown")
    assert.strictEqual(check(named, "a.example.com", ed1, 22), "Unknown")
    assert.strictEqual(check(`[*.example.com]:2222 ${shown(ed1)}`, "a.example.com", ed1, 2222), "Known")
    assert.strictEqual(check(`[::1]:2222 ${shown(ed1)}`, "::1", ed1, 2222), "Known")
    assert.strictEqual(check(`${hashed("[::1]:2222")} ${shown(ed1)}`, "::1", ed1, 2222), "Known")
    // As OpenSSH: by its name alone it may be known at any port, but another key at another port is another server
    assert.strictEqual(check(`a ${shown(ed1)}`, "a", ed1, 2222), "Known")
    assert.strictEqual(check(`a ${shown(ed1)}`, "a", ed2, 2222), "Unknown")
    assert.strictEqual(check(`a ${shown(ed1)}\n[a]:2222 ${shown(ed2)}`, "a", ed1, 2222), "Changed")
  })

  it("an alias is the only name, whatever the port", () => {
    const files = [{ file: "f", text: `alias ${shown(ed1)}\n[a]:2222 ${shown(ed2)}` }]
    assert.strictEqual(KnownHosts.check(files, at("a", 2222, "Alias"), ed1)._tag, "Known")
    assert.strictEqual(KnownHosts.check(files, at("a", 2222, "Alias"), ed2)._tag, "Changed")
    assert.strictEqual(KnownHosts.lineFor(at("a", 2222, "Alias"), ed1), `alias ${shown(ed1)}\n`)
  })

  it("changed and revoked keys, with the line that says so", () => {
    const files = [
      { file: "one", text: `# a comment\n\nb ${shown(ed1)}\na ${shown(rsa)} by hand` },
      { file: "two", text: `@revoked * ${shown(ed2)}\n@cert-authority a ${shown(ed1)}\r\n` }
    ]
    assert.deepStrictEqual(KnownHosts.check(files, at("a"), rsa), { _tag: "Known" })
    assert.deepStrictEqual(KnownHosts.check(files, at("a"), ed1), { _tag: "Changed", file: "one", line: 4 })
    assert.deepStrictEqual(KnownHosts.check(files, at("a"), ed2), { _tag: "Revoked", file: "two", line: 1 })
    assert.deepStrictEqual(KnownHosts.check(files, at("c"), ed1), { _tag: "Unknown" })
    // Revoked anywhere, known elsewhere
    const both = `a ${shown(ed1)}\n@revoked a ${shown(ed1)}`
    assert.strictEqual(check(both, "a", ed1), "Revoked")
    assert.strictEqual(check(both, "a", ed1, 2222), "Revoked")
    assert.strictEqual(check(`@revoked b ${shown(ed1)}\na ${shown(ed1)}`, "a", ed1), "Known")
    assert.strictEqual(check(`@cert-authority * ${shown(ed1)}`, "a", ed1), "Unknown")
    assert.strictEqual(check(`@something * ${shown(ed1)}`, "a", ed1), "Unknown")
  })

  it("lines that are none are left out", () => {
    const valid = `a ${shown(ed1)}`
    for (
      const text of [
        `\r\n${valid}\r\n`,
        `  ${valid}  comment # more`,
        `#a ${shown(ed2)}\n${valid}`,
        `a\na ssh-ed25519\n@revoked\n@revoked a\n${valid}`,
        // The key says what type it has; a line that disagrees, or one of the first protocol, is not about it
        `a ssh-rsa ${ed2.toString("base64")}\n${valid}`,
        `a 1024 35 1234567890\n${valid}`,
        `a ssh-ed25519 !!!!\n${valid}`
      ]
    ) {
      assert.strictEqual(check(text, "a", ed1), "Known", text)
      assert.strictEqual(check(text, "a", ed2), "Changed", text)
      assert.strictEqual(check(text.replace(valid, ""), "a", ed2), "Unknown", text)
    }
    assert.strictEqual(check(`\t${valid.replaceAll(" ", "\t  ")}`, "a", ed1), "Known")
  })

  it("the types by which a host is known", () => {
    const files = [
      { file: "one", text: `a ${shown(rsa)}\n[a]:2222 ${shown(ed1)}\n@revoked a ${shown(ed2)}` },
      { file: "two", text: `a ${shown(rsa)}\n${hashed("b")} ${shown(ed2)}` }
    ]
    assert.deepStrictEqual(KnownHosts.knownTypes(files, at("a")), ["ssh-rsa"])
    assert.deepStrictEqual(KnownHosts.knownTypes(files, at("a", 2222)), ["ssh-ed25519"])
    assert.deepStrictEqual(KnownHosts.knownTypes(files, at("a", 2223)), ["ssh-rsa"])
    assert.deepStrictEqual(KnownHosts.knownTypes(files, at("b")), ["ssh-ed25519"])
    assert.deepStrictEqual(KnownHosts.knownTypes(files, at("c")), [])
  })

  it("what is written is known, and nothing else is", () => {
    const label = fc.stringMatching(/^[a-zA-Z0-9-]{1,9}$/)
    const host = fc.oneof(
      fc.array(label, { minLength: 1, maxLength: 4 }).map((labels) => labels.join(".")),
      fc.ipV4(),
      fc.ipV6()
    )
    fc.assert(
      fc.property(host, host, fc.integer({ min: 1, max: 65_535 }), fc.boolean(), (one, other, port, isHashed) => {
        const line = KnownHosts.lineFor(at(one, port), ed1)
        const text = isHashed ? line.replace(/^\S+/, (name) => hashed(name)) : line
        assert.strictEqual(check(text, one, ed1, port), "Known")
        assert.strictEqual(check(text, one, ed2, port), "Changed")
        if (one.toLowerCase() !== other.toLowerCase()) assert.strictEqual(check(text, other, ed1, port), "Unknown")
      })
    )
  })

  it("agrees with ssh-keygen -F about generated files", () => {
    const letters = fc.constantFrom("a", "b", "A", ".", "1")
    const name = fc.array(letters, { minLength: 1, maxLength: 4 }).map((all) => all.join(""))
    const pattern = fc.array(fc.oneof(letters, fc.constantFrom("*", "?")), { minLength: 1, maxLength: 4 })
      .map((all) => all.join(""))
    const names = fc.oneof(
      fc.array(fc.tuple(fc.constantFrom("", "", "!"), pattern).map((both) => both.join("")), {
        minLength: 1,
        maxLength: 3
      }).map((all) => all.join(",")),
      name.map((plain) => hashed(plain.toLowerCase())),
      fc.tuple(pattern, fc.constantFrom(22, 2222)).map(([each, port]) => `[${each}]:${port}`)
    )
    // With the program's own key files, for it reads the keys
    const keys = ["ed25519", "ecdsa"].map((type) => {
      const file = path.join(scratch, type)
      spawnSync("ssh-keygen", ["-q", "-t", type, "-N", "", "-f", file])
      return fs.readFileSync(`${file}.pub`, "utf8").split(" ").slice(0, 2).join(" ")
    })
    const line = fc.record({
      names,
      key: fc.constantFrom(...keys, ""),
      end: fc.constantFrom("\n", " comment\n", "\r\n", "\n\n# a\n")
    }).map(({ end, key, names }) => `${names} ${key}${end}`)
    const run = fc.tuple(fc.array(line, { maxLength: 5 }), name, fc.constantFrom(22, 2222))
    fc.assert(
      fc.property(run, ([lines, host, port]) => {
        const file = path.join(scratch, "known_hosts")
        fs.writeFileSync(file, lines.join(""))
        const asked = KnownHosts.nameOf(host, port)
        const found = spawnSync("ssh-keygen", ["-F", asked, "-f", file], { encoding: "utf8" })
        const there = new Set(
          found.stdout.split(/\r?\n/).flatMap((text) => /^[^#]\S* (\S+) /.exec(`${text} `)?.[1] ?? [])
        )
        const mine = new Set(KnownHosts.knownTypes([{ file, text: lines.join("") }], at("", 22, asked)))
        assert.deepStrictEqual([...mine].sort(), [...there].sort())
      }),
      { numRuns: 150 }
    )
  })

  it("shows keys as ssh-keygen does", () => {
    const file = path.join(scratch, "shown")
    spawnSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", file])
    const key = Buffer.from(fs.readFileSync(`${file}.pub`, "utf8").split(" ")[1] ?? "", "base64")
    const listed = spawnSync("ssh-keygen", ["-lf", file], { encoding: "utf8" }).stdout
    assert.include(listed, KnownHosts.fingerprint(key))
  })
})

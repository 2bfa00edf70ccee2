/**
 * OpenSSH's `known_hosts`: which keys a host is known by. The format is that of sshd(8), "SSH_KNOWN_HOSTS FILE FORMAT".
 */
import { createHash, createHmac, timingSafeEqual } from "node:crypto"
import picomatch from "picomatch/posix.js"

/** What the files say of a host's key. `Changed`: the host is known, and by other keys. */
export type Verdict =
  | { readonly _tag: "Known" }
  | { readonly _tag: "Unknown" }
  | { readonly _tag: "Changed"; readonly file: string; readonly line: number }
  | { readonly _tag: "Revoked"; readonly file: string; readonly line: number }

interface Entry {
  readonly file: string
  readonly line: number
  readonly marker: string | undefined
  readonly names: ReadonlyArray<string>
  readonly keyType: string
  readonly key: Uint8Array
}

/** The lines of a file that name a key. What is no such line, OpenSSH ignores too. */
const entriesOf = (file: string, text: string): ReadonlyArray<Entry> =>
  text.split(/\r?\n/).flatMap((content, index) => {
    const words = content.trim().split(/[ \t]+/)
    const marker = words[0]?.startsWith("@") === true ? words.shift() : undefined
    const [names, keyType, key] = words
    return names === undefined || names.startsWith("#") || keyType === undefined || key === undefined ? [] : [{
      file,
      line: index + 1,
      marker,
      names: names.split(","),
      keyType,
      key: Buffer.from(key, "base64")
    }]
  })

/** `|1|salt|hash`, both in base64: HMAC-SHA1 of the name. */
const matchesHash = (hashed: string, name: string): boolean => {
  const [, version, salt, hash] = hashed.split("|")
  if (version !== "1" || salt === undefined || hash === undefined) return false
  const expected = Buffer.from(hash, "base64")
  const actual = createHmac("sha1", Buffer.from(salt, "base64")).update(name).digest()
  return expected.length === actual.length && timingSafeEqual(expected, actual)
}

/** Only `*` and `?` mean something: everything else is escaped. */
const matchesPattern = (pattern: string, name: string): boolean =>
  picomatch(pattern.toLowerCase().replaceAll(/[^*?a-z0-9]/g, "\\$&"), { dot: true, bash: true })(name)

const names = (entry: Entry, name: string): boolean => {
  const plain = entry.names.filter((pattern) => !pattern.startsWith("!"))
  const negated = entry.names.filter((pattern) => pattern.startsWith("!"))
  return !negated.some((pattern) => matchesPattern(pattern.slice(1), name)) &&
    plain.some((pattern) => pattern.startsWith("|") ? matchesHash(pattern, name) : matchesPattern(pattern, name))
}

/** How the files name a host: with its port in brackets, unless that is the usual one. */
export const nameOf = (host: string, port: number): string =>
  port === 22 ? host.toLowerCase() : `[${host.toLowerCase()}]:${port}`

/** The type of a public key in SSH's wire format: a string with its length in front. */
export const keyTypeOf = (key: Uint8Array): string => {
  const bytes = Buffer.from(key)
  return bytes.length < 4 ? "" : bytes.subarray(4, 4 + bytes.readUInt32BE(0)).toString("latin1")
}

/** As `ssh-keygen -l` shows it. */
export const fingerprint = (key: Uint8Array): string =>
  `SHA256:${createHash("sha256").update(key).digest("base64").replace(/=+$/, "")}`

/** A file that is not there is empty. */
export interface KnownHostsText {
  readonly file: string
  readonly text: string
}

/**
 * What `files` say of `key` of `host`. A key that is revoked anywhere is revoked. A host that is known by keys of other types
 * only counts as changed: the types that are known are asked for first, so somebody else is answering.
 */
export const check = (
  files: ReadonlyArray<KnownHostsText>,
  host: string,
  port: number,
  key: Uint8Array
): Verdict => {
  const name = nameOf(host, port)
  const entries = files.flatMap(({ file, text }) => entriesOf(file, text))
  const same = (entry: Entry): boolean => Buffer.compare(entry.key, key) === 0
  const revoked = entries.find((entry) => entry.marker === "@revoked" && same(entry) && names(entry, name))
  if (revoked !== undefined) return { _tag: "Revoked", file: revoked.file, line: revoked.line }
  const known = entries.filter((entry) => entry.marker === undefined && names(entry, name))
  if (known.some(same)) return { _tag: "Known" }
  const [other] = known
  return other === undefined ? { _tag: "Unknown" } : { _tag: "Changed", file: other.file, line: other.line }
}

/** The types of the keys that a host is known by, to be asked for first. */
export const knownTypes = (
  files: ReadonlyArray<KnownHostsText>,
  host: string,
  port: number
): ReadonlyArray<string> => [
  ...new Set(
    files.flatMap(({ file, text }) => entriesOf(file, text))
      .filter((entry) => entry.marker === undefined && names(entry, nameOf(host, port)))
      .map(({ keyType }) => keyType)
  )
]

/** A line that makes a key known. */
export const lineFor = (host: string, port: number, key: Uint8Array): string =>
  `${nameOf(host, port)} ${keyTypeOf(key)} ${Buffer.from(key).toString("base64")}\n`

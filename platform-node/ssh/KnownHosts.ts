/**
 * OpenSSH's `known_hosts`: which keys a host is known by. The format is that of sshd(8), "SSH_KNOWN_HOSTS FILE FORMAT".
 */
import { createHash, createHmac, timingSafeEqual } from "node:crypto"

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
    if (names === undefined || names.startsWith("#") || keyType === undefined || key === undefined) return []
    const bytes = Buffer.from(key, "base64")
    return keyTypeOf(bytes) !== keyType ? [] : [{
      file,
      line: index + 1,
      marker,
      names: names.split(","),
      keyType,
      key: bytes
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

/** Only `*` and `?` mean something. */
const matchesPattern = (pattern: string, name: string): boolean => {
  const words = pattern.toLowerCase().replaceAll(/[^*?a-z0-9]/g, "\\$&").replaceAll(/\*+/g, ".*").replaceAll("?", ".")
  return new RegExp(`^${words}$`, "s").test(name)
}

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

/** How the files may name a host. One with a port of its own may be known by its name alone too, but then never as changed. */
export interface HostName {
  readonly host: string
  readonly port: number
  /** `HostKeyAlias`: known by this name only, whatever the port. */
  readonly alias?: string | undefined
}

const mainName = ({ alias, host, port }: HostName): string => alias?.toLowerCase() ?? nameOf(host, port)
const allNames = (name: HostName): ReadonlyArray<string> =>
  name.alias === undefined ? [mainName(name), name.host.toLowerCase()] : [mainName(name)]

/** As people see it, and `ssh-keygen -R` takes it. */
export { mainName as describe }

/**
 * What `files` say of `key` of a host. A key that is revoked anywhere is revoked. A host that is known by keys of other types
 * only counts as changed: the types that are known are asked for first, so somebody else is answering.
 */
export const check = (files: ReadonlyArray<KnownHostsText>, name: HostName, key: Uint8Array): Verdict => {
  const entries = files.flatMap(({ file, text }) => entriesOf(file, text))
  const isNamed = (entry: Entry): boolean => allNames(name).some((each) => names(entry, each))
  const same = entries.filter((entry) => Buffer.compare(entry.key, key) === 0 && isNamed(entry))
  const revoked = same.find(({ marker }) => marker === "@revoked")
  if (revoked !== undefined) return { _tag: "Revoked", file: revoked.file, line: revoked.line }
  const known = entries.filter((entry) => entry.marker === undefined && names(entry, mainName(name)))
  const [other] = known
  if (known.some((entry) => same.includes(entry))) return { _tag: "Known" }
  if (other !== undefined) return { _tag: "Changed", file: other.file, line: other.line }
  return same.some(({ marker }) => marker === undefined) ? { _tag: "Known" } : { _tag: "Unknown" }
}

/** The types of the keys that a host is known by, to be asked for first. */
export const knownTypes = (files: ReadonlyArray<KnownHostsText>, name: HostName): ReadonlyArray<string> => {
  const entries = files.flatMap(({ file, text }) => entriesOf(file, text)).filter(({ marker }) => marker === undefined)
  const types = allNames(name).map((each) =>
    entries.filter((entry) => names(entry, each)).map(({ keyType }) => keyType)
  )
  return [...new Set(types.find((found) => found.length > 0))]
}

/** A line that makes a key known. */
export const lineFor = (name: HostName, key: Uint8Array): string =>
  `${mainName(name)} ${keyTypeOf(key)} ${Buffer.from(key).toString("base64")}\n`

/**
 * OpenSSH's `known_hosts`: which keys a host is known by. The format is that of sshd(8), "SSH_KNOWN_HOSTS FILE FORMAT".
 */
import { createHash, createHmac, randomBytes } from "node:crypto"
import * as PatternList from "./PatternList.ts"
import * as PublicKey from "./PublicKey.ts"

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
  /** A list of patterns, or one hashed name. */
  readonly names: string
  readonly keyType: string
  readonly key: Uint8Array
}

/** The lines of a file that name a key. What is no such line, OpenSSH passes over too. */
const entriesOf = (file: string, text: string): ReadonlyArray<Entry> =>
  text.split("\n").flatMap((content, index) => {
    const words = content.replace(/^[ \t]+/, "").split(/[ \t]+/)
    const marker = words[0]?.startsWith("@") === true ? words.shift() : undefined
    const [names, keyType, encoded] = words
    if (names === undefined || keyType === undefined || encoded === undefined) return []
    if (marker === undefined && names.startsWith("#")) return []
    // OpenSSH's decoder passes over white space, and refuses everything else that is not base64
    const key = PublicKey.fromBase64(encoded.replaceAll(/[\r\v\f]/g, ""))
    return key === undefined || PublicKey.parse(key)?.type !== keyType
      ? []
      : [{ file, line: index + 1, marker, names, keyType, key }]
  })

/** Bytes of the salt: those of a SHA-1 digest. */
const saltBytes = 20

/** `|1|salt|hash`, both in base64: HMAC-SHA1 of the name. */
const hashName = (name: string, salt: Uint8Array): string =>
  `|1|${Buffer.from(salt).toString("base64")}|${createHmac("sha1", salt).update(name).digest("base64")}`

const matchesHash = (hashed: string, name: string): boolean => {
  const salt = PublicKey.fromBase64(hashed.split("|")[2] ?? "")
  return salt?.length === saltBytes && hashName(name, salt) === hashed
}

/** `name` is in lower case. */
const names = (entry: Entry, name: string): boolean =>
  entry.names.startsWith("|")
    ? matchesHash(entry.names, name)
    : PatternList.matchesList(entry.names.split(",").map((pattern) => pattern.toLowerCase()), name)

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

/** A line that makes a key known, with the name in the clear or hashed (`HashKnownHosts`). */
export const lineFor = (name: HostName, key: Uint8Array, isHashed = false): string => {
  const shown = isHashed ? hashName(mainName(name), randomBytes(saltBytes)) : mainName(name)
  return `${shown} ${keyTypeOf(key)} ${Buffer.from(key).toString("base64")}\n`
}

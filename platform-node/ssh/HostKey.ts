/**
 * The key that a host shows, judged by the `known_hosts` files.
 */
import * as Fs from "node:fs"
import * as Path from "node:path"
import type { ServerHostKeyAlgorithm } from "ssh2"
import { TransportError } from "../../core/cluster/Transport.ts"
import * as KeyFile from "./KeyFile.ts"
import * as KnownHosts from "./KnownHosts.ts"
import * as PublicKey from "./PublicKey.ts"
import type * as SshTarget from "./SshTarget.ts"

export interface HostKey {
  readonly verify: (key: Buffer) => boolean
  /** What was wrong with the key. */
  readonly refusal: () => TransportError | undefined
  /** Type and fingerprint of the key that was shown. */
  readonly shown: () => string
  /** What to ask for, in this order: a host shows the first key that it has, which shall be one by which it is known. */
  readonly algorithms: Array<ServerHostKeyAlgorithm>
}

/** What ssh2 can verify, in its own order. */
const everyAlgorithm: ReadonlyArray<ServerHostKeyAlgorithm> = [
  "ssh-ed25519",
  "ecdsa-sha2-nistp256",
  "ecdsa-sha2-nistp384",
  "ecdsa-sha2-nistp521",
  "rsa-sha2-512",
  "rsa-sha2-256",
  "ssh-rsa"
]

/** An RSA key is known as `ssh-rsa` and signs by better hashes than that. */
const signatureTypes = (keyType: string): ReadonlyArray<string> =>
  keyType === "ssh-rsa" ? ["rsa-sha2-512", "rsa-sha2-256", "ssh-rsa"] : [keyType]

const readIfThere = (file: string): string | undefined => {
  try {
    return Fs.readFileSync(file, "utf8")
  } catch {
    return undefined
  }
}

const read = (target: SshTarget.SshTarget): ReadonlyArray<KnownHosts.KnownHostsText> =>
  target.knownHostsFiles.flatMap((file) => {
    const text = readIfThere(file)
    return text === undefined ? [] : [{ file, text }]
  })

/** Where it cannot be written, the key stays unknown; OpenSSH goes on then too. */
const remember = (file: string, line: string): void => {
  try {
    Fs.mkdirSync(Path.dirname(file), { recursive: true, mode: 0o700 })
    const text = readIfThere(file) ?? ""
    Fs.appendFileSync(file, text === "" || text.endsWith("\n") ? line : `\n${line}`, { mode: 0o600 })
  } catch {
    // Asked again next time
  }
}

/** Why a key must not be used, whatever `known_hosts` says; `undefined` where it may. */
const flawOf = (
  { requiredRsaSize, revokedHostKeys }: SshTarget.SshTarget["policy"],
  key: Buffer
): string | undefined => {
  const parsed = PublicKey.parse(key)
  const bits = parsed === undefined ? undefined : PublicKey.rsaBits(parsed)
  if (bits !== undefined && bits < requiredRsaSize) {
    return `It is an RSA key of ${bits} bits, and RequiredRSASize is ${requiredRsaSize}.`
  }
  if (revokedHostKeys === undefined) return undefined
  let bytes: Buffer
  try {
    bytes = Fs.readFileSync(revokedHostKeys)
  } catch (cause) {
    return `RevokedHostKeys cannot be read, and then no key may be trusted: ${
      cause instanceof Error ? cause.message : String(cause)
    }.`
  }
  if (KeyFile.isRevocationList(bytes)) {
    return `RevokedHostKeys ${revokedHostKeys} is a binary list (KRL), which is not supported: name a file with one public key on each line.`
  }
  const line = KeyFile.lineOf(bytes.toString("latin1"), key)
  return line === undefined ? undefined : `RevokedHostKeys has it: ${revokedHostKeys}:${line}.`
}

/** Names that mean this machine, whose address says nothing. */
const isLocal = (address: string): boolean => address === "::1" || address.startsWith("127.")

/** `address`: where the host was reached, if not through another one. */
export const make = (target: SshTarget.SshTarget, address: () => string | undefined): HostKey => {
  const { policy } = target
  const host: KnownHosts.HostName = { host: target.host, port: target.port, alias: target.hostKeyAlias }
  const name = KnownHosts.describe(host)
  const types = KnownHosts.knownTypes(read(target), host).flatMap(signatureTypes)
  let refusal: TransportError | undefined
  let seen = ""
  const refuse = (what: string, why: string, remedy: string): false => {
    refusal = new TransportError({ reason: "HostKey", what, why, remedy })
    return false
  }
  const refuseChanged = (known: string, verdict: { readonly file: string; readonly line: number }): false =>
    refuse(
      `The key of ${known} is not the one that is known`,
      `It showed ${seen}; ${verdict.file}:${verdict.line} has another. Somebody may be listening in, or the host was set up anew.`,
      `If its administrator confirms the new key: \`ssh-keygen -R '${known}' -f ${verdict.file}\`, then connect again.`
    )
  /** The address is known by another key, and CheckHostIP asks for it. */
  const fitsAddress = (key: Buffer): boolean => {
    const ip = policy.checkHostIp && target.hostKeyAlias === undefined ? address() : undefined
    if (ip === undefined || ip === target.host || isLocal(ip) || target.hostKeys === "no") return true
    const verdict = KnownHosts.check(read(target), { host: ip, port: target.port }, key)
    return verdict._tag !== "Changed" || refuseChanged(KnownHosts.describe({ host: ip, port: target.port }), verdict)
  }
  const verify = (key: Buffer): boolean => {
    // Read anew: another connection may have written meanwhile
    const verdict = KnownHosts.check(read(target), host, key)
    seen = `${KnownHosts.keyTypeOf(key)} ${KnownHosts.fingerprint(key)}`
    const flaw = flawOf(policy, key)
    if (flaw !== undefined) {
      return refuse(
        `The key of ${name} must not be used`,
        `It showed ${seen}. ${flaw}`,
        "Ask the host's administrator."
      )
    }
    switch (verdict._tag) {
      case "Known":
        return fitsAddress(key)
      case "Changed":
        return refuseChanged(name, verdict)
      case "Revoked":
        return refuse(
          `The key of ${name} is revoked`,
          `${verdict.file}:${verdict.line} says so of ${seen}.`,
          "Ask the host's administrator."
        )
      case "Unknown": {
        if (target.hostKeys === "yes") {
          return refuse(
            `The key of ${name} is not known`,
            `It showed ${seen}, and no line of ${target.knownHostsFiles.join(", ") || "known_hosts"} is about it.`,
            `Compare the fingerprint, then connect once with \`ssh ${target.name}\`, or accept it with \`clustrix ssh-setup --accept-new-host-key\` or strict_host_key_checking: accept-new.`
          )
        }
        if (!fitsAddress(key)) return false
        const [file] = target.knownHostsFiles
        if (file !== undefined) remember(file, KnownHosts.lineFor(host, key, policy.hashKnownHosts))
        return true
      }
    }
  }
  const allowed = policy.hostKeys?.algorithms ?? everyAlgorithm
  return {
    verify,
    refusal: () => refusal,
    shown: () => seen,
    algorithms: policy.hostKeys?.isOrdered === true ? [...allowed] : [
      ...allowed.filter((each) => types.includes(each)),
      ...allowed.filter((each) => !types.includes(each))
    ]
  }
}

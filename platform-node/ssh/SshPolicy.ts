/**
 * What ssh_config allows a connection: algorithms, keys, ways to log in. An option that restricts and that cannot be honoured is refused
 * by its name.
 */
import * as PatternList from "./PatternList.ts"
import * as SshOptionNames from "./SshOptionNames.ts"
import type { Setting, Settings } from "./SshSettings.ts"

/** The ways to log in that Clustrix knows, in OpenSSH's order. */
const everyMethod = ["publickey", "keyboard-interactive", "password"] as const
export type Method = typeof everyMethod[number]

/** Names of algorithms that ssh2 knows. Its own types are not named here: our declarations would need them where they are installed. */
type Algorithm<Kind extends keyof typeof supported> = typeof supported[Kind][number]

export interface SshPolicy {
  /** `undefined`: what ssh2 takes by itself. */
  readonly kex: ReadonlyArray<Algorithm<"kex">> | undefined
  readonly ciphers: ReadonlyArray<Algorithm<"ciphers">> | undefined
  readonly macs: ReadonlyArray<Algorithm<"macs">> | undefined
  /** `isOrdered`: the order is the user's; otherwise the types by which the host is known come first. */
  readonly hostKeys: {
    readonly algorithms: ReadonlyArray<Algorithm<"hostKeys">>
    readonly isOrdered: boolean
  } | undefined
  /** Algorithms that a signature of one of our keys may have. */
  readonly signatures: ReadonlyArray<string> | undefined
  /** Bits; also of the host's key. */
  readonly requiredRsaSize: number
  /** A file of keys that no host may show. */
  readonly revokedHostKeys: string | undefined
  readonly hashKnownHosts: boolean
  readonly checkHostIp: boolean
  readonly methods: ReadonlyArray<Method>
  /** Whether nobody may be asked. */
  readonly isBatch: boolean
  /** 4 or 6; `undefined` for any. */
  readonly addressFamily: 4 | 6 | undefined
  readonly bindAddress: string | undefined
  /** What keeps a way to log in from being tried, for people. */
  readonly notes: ReadonlyArray<{ readonly method: Method; readonly why: string }>
}

/** What ssh2 1.17 can do; its defaults first. */
export const supported = {
  kex: [
    "curve25519-sha256@libssh.org",
    "curve25519-sha256",
    "ecdh-sha2-nistp256",
    "ecdh-sha2-nistp384",
    "ecdh-sha2-nistp521",
    "diffie-hellman-group-exchange-sha256",
    "diffie-hellman-group14-sha256",
    "diffie-hellman-group15-sha512",
    "diffie-hellman-group16-sha512",
    "diffie-hellman-group17-sha512",
    "diffie-hellman-group18-sha512",
    "diffie-hellman-group-exchange-sha1",
    "diffie-hellman-group14-sha1",
    "diffie-hellman-group1-sha1"
  ],
  ciphers: [
    "aes128-gcm@openssh.com",
    "aes256-gcm@openssh.com",
    "aes128-ctr",
    "aes192-ctr",
    "aes256-ctr",
    "chacha20-poly1305@openssh.com",
    "aes256-cbc",
    "aes192-cbc",
    "aes128-cbc",
    "3des-cbc"
  ],
  macs: [
    "hmac-sha2-256-etm@openssh.com",
    "hmac-sha2-512-etm@openssh.com",
    "hmac-sha1-etm@openssh.com",
    "hmac-sha2-256",
    "hmac-sha2-512",
    "hmac-sha1",
    "hmac-md5",
    "hmac-sha1-96",
    "hmac-md5-96"
  ],
  hostKeys: [
    "ssh-ed25519",
    "ecdsa-sha2-nistp256",
    "ecdsa-sha2-nistp384",
    "ecdsa-sha2-nistp521",
    "rsa-sha2-512",
    "rsa-sha2-256",
    "ssh-rsa",
    "ssh-dss"
  ]
} as const satisfies Readonly<Record<string, ReadonlyArray<string>>>

/** How many of {@link supported} are used without being named, as in OpenSSH: nothing that SHA-1 signs, no CBC, no MD5. */
const defaults = { kex: 11, ciphers: 6, macs: 6, hostKeys: 6 } as const

/** What an algorithm's integrity is part of. */
const authenticated: ReadonlySet<string> = new Set([
  "aes128-gcm@openssh.com",
  "aes256-gcm@openssh.com",
  "chacha20-poly1305@openssh.com"
])

/** OpenSSH's own, without certificates. */
const defaultSignatures = [
  "ssh-ed25519",
  "ecdsa-sha2-nistp256",
  "ecdsa-sha2-nistp384",
  "ecdsa-sha2-nistp521",
  "sk-ssh-ed25519@openssh.com",
  "sk-ecdsa-sha2-nistp256@openssh.com",
  "rsa-sha2-512",
  "rsa-sha2-256"
]

/** OpenSSH's smallest (`SSH_RSA_MINIMUM_MODULUS_SIZE`). */
const smallestRsa = 1024

/** A list of algorithms over a default: `+` adds, `-` takes away by pattern, `^` puts in front, else it is the list. */
const combine = (text: string, base: ReadonlyArray<string>): ReadonlyArray<string> => {
  const sign = text.charAt(0)
  const names = ("+-^".includes(sign) ? text.slice(1) : text).split(",").filter((name) => name !== "")
  switch (sign) {
    case "+":
      return [...base, ...names.filter((name) => !base.includes(name))]
    case "-":
      return base.filter((name) => !PatternList.matchesList(names, name))
    case "^":
      return [...names, ...base.filter((name) => !names.includes(name))]
    default:
      return names
  }
}

const choose = <A extends string>(
  setting: Setting | undefined,
  known: ReadonlyArray<A>,
  defaultCount: number
): ReadonlyArray<A> | undefined => {
  if (setting === undefined) return undefined
  const wanted = combine(setting.words[0] ?? "", known.slice(0, defaultCount))
  const chosen = wanted.flatMap((name) => known.find((each) => each === name) ?? [])
  if (chosen.length > 0) return [...new Set(chosen)]
  throw new Error(
    `${setting.place}: ${setting.name} allows nothing that Clustrix can do, which is ${known.join(", ")}.`
  )
}

const flag = (settings: Settings, name: string, otherwise: boolean): boolean => {
  const setting = settings.get(name)
  if (setting === undefined) return otherwise
  const word = setting.words[0]?.toLowerCase() ?? ""
  if (["yes", "true"].includes(word)) return true
  if (["no", "false"].includes(word)) return false
  // Ways to use a key that differ in the server's eyes only
  if (name === "PubkeyAuthentication" && ["unbound", "host-bound"].includes(word)) return true
  throw new Error(`${setting.place}: ${name} is yes or no.`)
}

const number = (setting: Setting | undefined, otherwise: number): number => {
  if (setting === undefined) return otherwise
  const word = setting.words[0] ?? ""
  if (!/^\d{1,9}$/.test(word)) throw new Error(`${setting.place}: ${setting.name} is a whole number.`)
  return Number(word)
}

const refuse = (settings: Settings): void => {
  for (const [name, neutral] of SshOptionNames.refused) {
    const setting = settings.get(name)
    if (setting === undefined || neutral.includes(setting.words.join(" ").toLowerCase())) continue
    throw new Error(
      name === "RefuseConnection"
        ? `${setting.place}: RefuseConnection forbids the connection.`
        : `${setting.place}: ${name} is not supported${name === "ProxyCommand" ? ": use ProxyJump" : ""}.`
    )
  }
}

const addressFamily = (setting: Setting | undefined): 4 | 6 | undefined => {
  switch (setting?.words[0]?.toLowerCase()) {
    case "inet":
      return 4
    case "inet6":
      return 6
    case "any":
    case undefined:
      return undefined
    default:
      throw new Error(`${setting?.place}: AddressFamily is any, inet or inet6.`)
  }
}

const methodsOf = (settings: Settings): Pick<SshPolicy, "methods" | "notes"> => {
  const preferred = settings.get("PreferredAuthentications")
  const order = preferred?.words[0]?.split(",") ?? everyMethod
  const prompts = settings.get("NumberOfPasswordPrompts")
  const switches: Readonly<Record<Method, string>> = {
    publickey: "PubkeyAuthentication",
    "keyboard-interactive": "KbdInteractiveAuthentication",
    password: "PasswordAuthentication"
  }
  const reasons = (method: Method): ReadonlyArray<string> => {
    const setting = settings.get(switches[method])
    return [
      ...(flag(settings, switches[method], true) ? [] : [`${setting?.name} ${setting?.words[0]} (${setting?.place})`]),
      ...(order.includes(method) ? [] : [`PreferredAuthentications without it (${preferred?.place})`]),
      ...(method === "publickey" || number(prompts, 1) > 0 ? [] : [`NumberOfPasswordPrompts 0 (${prompts?.place})`])
    ]
  }
  return {
    methods: order.flatMap((name) =>
      everyMethod.find((method) => method === name && reasons(method).length === 0) ?? []
    ),
    notes: [
      ...everyMethod.flatMap((method) => reasons(method).map((why) => ({ method, why }))),
      ...settings.all("CertificateFile").map(({ place, words }) => ({
        method: "publickey" as const,
        why: `the certificate ${words[0]} (${place}), which is not understood`
      }))
    ]
  }
}

/** `expand` makes a path of a file's name. Throws an `Error` with a sentence for a person. */
export const make = (settings: Settings, expand: (path: string) => string): SshPolicy => {
  refuse(settings)
  const ciphers = choose(settings.get("Ciphers"), supported.ciphers, defaults.ciphers)
  // Where no cipher needs one, no MAC is agreed on
  const macs = ciphers?.every((name) => authenticated.has(name)) === true
    ? undefined
    : choose(settings.get("MACs"), supported.macs, defaults.macs)
  const hostKeys = settings.get("HostKeyAlgorithms")
  const accepted = settings.get("PubkeyAcceptedAlgorithms")
  const revoked = settings.get("RevokedHostKeys")?.words[0]
  const bindAddress = settings.get("BindAddress")?.words[0]
  const algorithms = choose(hostKeys, supported.hostKeys, defaults.hostKeys)
  return {
    kex: choose(settings.get("KexAlgorithms"), supported.kex, defaults.kex),
    ciphers,
    macs,
    hostKeys: algorithms === undefined ? undefined : {
      algorithms,
      isOrdered: !/^[+-]/.test(hostKeys?.words[0] ?? "")
    },
    signatures: accepted === undefined ? undefined : combine(accepted.words[0] ?? "", defaultSignatures),
    requiredRsaSize: Math.max(smallestRsa, number(settings.get("RequiredRSASize"), smallestRsa)),
    revokedHostKeys: revoked === undefined || revoked.toLowerCase() === "none" ? undefined : expand(revoked),
    hashKnownHosts: flag(settings, "HashKnownHosts", false),
    checkHostIp: flag(settings, "CheckHostIP", false),
    ...methodsOf(settings),
    isBatch: flag(settings, "BatchMode", false),
    addressFamily: addressFamily(settings.get("AddressFamily")),
    bindAddress
  }
}

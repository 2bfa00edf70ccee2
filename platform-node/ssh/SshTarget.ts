/**
 * Where an SSH connection goes and how it proves who it is: the cluster's configuration laid over `~/.ssh/config`.
 */
import * as Effect from "effect/Effect"
import type * as Schedule from "effect/Schedule"
import type * as Redacted from "effect/Redacted"
import * as Net from "node:net"
import * as Os from "node:os"
import * as Path from "node:path"
import { TransportError } from "../../core/cluster/Transport.ts"
import * as SshPolicy from "./SshPolicy.ts"
import * as SshSettings from "./SshSettings.ts"

/** How keys of hosts are treated that are not in `known_hosts`. A changed or revoked key is refused in every mode. */
export type HostKeyMode = "yes" | "accept-new" | "no"

/** What a person says about a connection. What is missing is taken from `~/.ssh/config`, then from OpenSSH's defaults. */
export interface SshOptions {
  /** A host name, an address, or a `Host` of the configuration file. */
  readonly host: string
  readonly port?: number | undefined
  readonly username?: string | undefined
  readonly password?: Redacted.Redacted | undefined
  readonly keyFile?: string | undefined
  readonly keyPassphrase?: Redacted.Redacted | undefined
  /** The agent's socket; `false` for none. */
  readonly agent?: string | false | undefined
  /** `user@host:port`, several separated by commas; `none` for none. */
  readonly proxyJump?: string | undefined
  readonly hostKeys?: HostKeyMode | undefined
  readonly knownHostsFile?: string | undefined
  /** `none` for no file. Default: `~/.ssh/config`, then the system's. */
  readonly configFile?: string | undefined
  readonly connectTimeoutSeconds?: number | undefined
  /** How long a connection that was cut is made anew before that is a failure. */
  readonly reconnectMillis?: number | undefined
  /** Between two signs of life; a connection without any for four times as long has ended. */
  readonly keepAliveMillis?: number | undefined
  /** How connecting is tried again after the network failed; by default as often as is likely to help. */
  readonly retry?: Schedule.Schedule<unknown, TransportError> | undefined
  /** Whether the process may end while the connection is open. */
  readonly isInBackground?: boolean | undefined
  /** Answers what the server asks beyond the password, such as a one-time code. */
  readonly prompt?: ((question: string, isSecret: boolean) => Promise<string>) | undefined
}

/** One connection, fully decided. */
export interface SshTarget {
  /** As the person named it. */
  readonly name: string
  readonly host: string
  readonly port: number
  readonly username: string
  readonly password: Redacted.Redacted | undefined
  readonly keyPassphrase: Redacted.Redacted | undefined
  /** Private keys, in the order in which they are tried. */
  readonly identityFiles: ReadonlyArray<string>
  /** Whether keys of the agent that are none of `identityFiles` stay out. */
  readonly identitiesOnly: boolean
  readonly agent: string | undefined
  readonly hostKeys: HostKeyMode
  /** The name by which `known_hosts` knows it, if not its own. */
  readonly hostKeyAlias: string | undefined
  /** New keys are written to the first. */
  readonly knownHostsFiles: ReadonlyArray<string>
  readonly connectTimeoutSeconds: number
  readonly reconnectMillis: number
  readonly keepAliveMillis: number
  readonly retry: SshOptions["retry"]
  readonly prompt: SshOptions["prompt"]
  /** What ssh_config allows. */
  readonly policy: SshPolicy.SshPolicy
  /** Connections to go through, the first one first. */
  readonly jumps: ReadonlyArray<SshTarget>
  /** Whether the process may end while it is open. */
  readonly isInBackground?: boolean
}

const systemConfig = "/etc/ssh/ssh_config"
const defaultIdentities = ["id_ed25519", "id_ecdsa", "id_rsa"]
const defaultConnectTimeoutSeconds = 20
const defaultReconnectMillis = 60_000
const defaultKeepAliveMillis = 10_000
/** A host that jumps over itself has no end. */
const mostJumps = 8

const home = (): string => Os.homedir()
const expandHome = (path: string): string => path === "~" || path.startsWith("~/") ? home() + path.slice(1) : path

const sourcesOf = ({ configFile }: SshOptions): ReadonlyArray<SshSettings.Source> => {
  const base = Path.join(home(), ".ssh")
  if (configFile === "none") return []
  // A file that was named must be there
  if (configFile !== undefined) {
    return [{ file: expandHome(configFile), base, isPrivate: false, isOptional: false }]
  }
  return [
    { file: Path.join(base, "config"), base, isPrivate: true, isOptional: true },
    { file: systemConfig, base: Path.dirname(systemConfig), isPrivate: false, isOptional: true }
  ]
}

/** The tokens of ssh_config(5) that mean something before the connection, and variables of the environment. */
const expandTokens = (text: string, tokens: Readonly<Record<string, string>>): string =>
  expandHome(
    text.replaceAll(/%([a-zA-Z%])/g, (whole, name: string) => tokens[name] ?? whole)
      .replaceAll(/\$\{(\w+)\}/g, (_, name: string) => {
        const value = process.env[name]
        if (value === undefined) throw new Error(`${text} needs the environment variable ${name}, which is not set.`)
        return value
      })
  )

const wholeNumber = (text: string, key: string, most: number): number => {
  const number = Number(text)
  if (!/^\d+$/.test(text) || number < 1 || number > most) throw new Error(`${key} ${text} is no number up to ${most}.`)
  return number
}

/** Who has no entry in the system's list of users has no name either. */
const localUser = (): string => {
  try {
    return Os.userInfo().username
  } catch {
    return process.env["USER"] ?? ""
  }
}

/** `SSH_AUTH_SOCK`, `$NAME`, or a path. */
const namedAgent = (text: string, tokens: Readonly<Record<string, string>>): string | undefined =>
  text === "SSH_AUTH_SOCK" ? process.env[text]
    : /^\$\w+$/.test(text) ? process.env[text.slice(1)]
    : expandTokens(text, tokens)

const hostKeyModes: Readonly<Record<string, HostKeyMode>> = {
  yes: "yes",
  // Nobody is there to be asked.
  ask: "yes",
  "accept-new": "accept-new",
  true: "yes",
  no: "no",
  off: "no",
  false: "no"
}

/** `[user@]host[:port]`, or `ssh://[user@]host[:port]`. */
export const parseAddress = (text: string): Pick<SshOptions, "host" | "port" | "username"> => {
  const { hostname, port, username } = new URL(text.startsWith("ssh://") ? text : `ssh://${text.trim()}`)
  return {
    host: hostname.replaceAll(/^\[|\]$/g, ""),
    ...(username === "" ? {} : { username: decodeURIComponent(username) }),
    ...(port === "" ? {} : { port: Number(port) })
  }
}

const build = (options: SshOptions, depth: number): SshTarget => {
  if (depth > mostJumps) throw new Error(`More than ${mostJumps} jumps: does a host jump over itself?`)
  const local = localUser()
  const settings = SshSettings.read(
    { host: options.host, username: options.username, localUser: local, home: home() },
    sourcesOf(options)
  )
  const one = (name: string): string | undefined => settings.get(name)?.words[0]
  const proxyJump = options.proxyJump ?? one("ProxyJump")
  const username = options.username ?? one("User") ?? local
  const hostName = one("HostName")
  const host = hostName === undefined ? options.host : SshSettings.expandHostName(hostName, options.host)
  const port = options.port ?? wholeNumber(one("Port") ?? "22", "Port", 65_535)
  const tokens = { h: host, n: options.host, p: String(port), r: username, u: local, d: home(), "%": "%" }
  const ssh = Path.join(home(), ".ssh")
  const policy = SshPolicy.make(
    // What a person says goes first
    options.proxyJump === undefined ? settings
      : { ...settings, get: (name) => name === "ProxyCommand" ? undefined : settings.get(name) },
    (file) => expandTokens(file, tokens)
  )
  const identities = settings.all("IdentityFile").flatMap(({ words }) => words)
  const configured = identities.length === 0 ? undefined : identities
  const identityFiles = options.keyFile !== undefined
    ? [expandHome(options.keyFile)]
    : (configured?.filter((file) => file.toLowerCase() !== "none") ??
      defaultIdentities.map((name) => Path.join(ssh, name))).map((file) => expandTokens(file, tokens))
  const identityAgent = one("IdentityAgent")
  const environmentAgent = process.env["SSH_AUTH_SOCK"]
  const agent = options.agent === false || (options.agent === undefined && identityAgent?.toLowerCase() === "none")
    ? undefined
    : options.agent ?? (identityAgent === undefined ? environmentAgent : namedAgent(identityAgent, tokens))
  const jumps = proxyJump === undefined || proxyJump.toLowerCase() === "none" ? [] :
    expandTokens(proxyJump, tokens).split(",").flatMap((jump, index) => {
      const target = build({
        ...options,
        // Secrets are for the last host only
        keyFile: undefined,
        keyPassphrase: undefined,
        password: undefined,
        port: undefined,
        username: undefined,
        // Only the first is reached by its own way: the others through the one before
        proxyJump: index === 0 ? undefined : "none",
        ...parseAddress(jump)
      }, depth + 1)
      return [...target.jumps, { ...target, jumps: [] }]
    })
  const literal = Net.isIP(host)
  if (jumps.length === 0 && policy.addressFamily !== undefined && literal !== 0 && literal !== policy.addressFamily) {
    throw new Error(`${settings.get("AddressFamily")?.place}: AddressFamily leaves out the address ${host}.`)
  }
  const connectTimeout = one("ConnectTimeout")
  const knownHosts = options.knownHostsFile === undefined
    ? [
      ...(settings.get("UserKnownHostsFile")?.words ?? [Path.join(ssh, "known_hosts"), Path.join(ssh, "known_hosts2")]),
      ...(settings.get("GlobalKnownHostsFile")?.words ?? ["/etc/ssh/ssh_known_hosts", "/etc/ssh/ssh_known_hosts2"])
    ].map((file) => expandTokens(file, tokens))
    : [expandHome(options.knownHostsFile)]
  return {
    name: options.host,
    host,
    port,
    username,
    password: options.password,
    keyPassphrase: options.keyPassphrase,
    identityFiles,
    identitiesOnly: options.keyFile !== undefined ||
      ["yes", "true"].includes(one("IdentitiesOnly")?.toLowerCase() ?? ""),
    agent: agent === "" ? undefined : agent,
    hostKeyAlias: one("HostKeyAlias"),
    hostKeys: options.hostKeys ?? hostKeyModes[one("StrictHostKeyChecking")?.toLowerCase() ?? "yes"] ?? "yes",
    knownHostsFiles: knownHosts.filter((file) => file !== "none"),
    connectTimeoutSeconds: options.connectTimeoutSeconds ??
      (connectTimeout === undefined || /^(none|0)$/i.test(connectTimeout)
        ? defaultConnectTimeoutSeconds
        : wholeNumber(connectTimeout, "ConnectTimeout", 86_400)),
    reconnectMillis: options.reconnectMillis ?? defaultReconnectMillis,
    keepAliveMillis: options.keepAliveMillis ?? defaultKeepAliveMillis,
    retry: options.retry,
    prompt: options.prompt,
    policy,
    jumps,
    isInBackground: options.isInBackground ?? false
  }
}

/** Reads the configuration files, and decides. */
export const resolve = (options: SshOptions): Effect.Effect<SshTarget, TransportError> =>
  Effect.try({
    try: () => build(options, 0),
    catch: (cause) =>
      new TransportError({
        reason: "Unavailable",
        what: `The SSH configuration for ${options.host} cannot be used`,
        why: cause instanceof Error ? cause.message : String(cause),
        remedy: `Correct ${
          options.configFile ?? "~/.ssh/config"
        }; \`ssh -G ${options.host}\` shows what OpenSSH makes of it.`,
        cause
      })
  })

/** For people: `researcher@cluster.edu`, with the port where it is an unusual one. */
export const describe = (target: SshTarget): string =>
  `${target.username}@${target.host}${target.port === 22 ? "" : `:${target.port}`}`

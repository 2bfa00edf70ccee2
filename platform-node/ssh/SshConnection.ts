/**
 * One authenticated connection: the handshake, the host's key, who we are.
 */
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import type * as Scope from "effect/Scope"
import * as Fs from "node:fs"
import * as Path from "node:path"
import type { Duplex } from "node:stream"
import ssh2 from "ssh2"
import type { AnyAuthMethod, AuthenticationType, Client, ConnectConfig, ParsedKey, ServerHostKeyAlgorithm } from "ssh2"
import { TransportError } from "../../core/Transport.ts"
import * as KnownHosts from "./KnownHosts.ts"
import * as SshTarget from "./SshTarget.ts"

/** Between two signs of life, and how many may stay unanswered. */
const keepAliveMillis = 10_000
const keepAliveCount = 3

export interface SshConnection {
  readonly client: Client
  /** Whether it has ended, for whatever reason. */
  readonly isClosed: () => boolean
}

const readIfThere = (file: string): string | undefined => {
  try {
    return Fs.readFileSync(file, "utf8")
  } catch {
    return undefined
  }
}

/** Decides on the host's key, and says what is wrong with it. */
const makeHostVerifier = (target: SshTarget.SshTarget) => {
  const files = target.knownHostsFiles.flatMap((file) => {
    const text = readIfThere(file)
    return text === undefined ? [] : [{ file, text }]
  })
  const name = KnownHosts.nameOf(target.host, target.port)
  let refusal: TransportError | undefined
  const refuse = (what: string, why: string, remedy: string): false => {
    refusal = new TransportError({ reason: "HostKey", what, why, remedy })
    return false
  }
  const verify = (key: Buffer): boolean => {
    const verdict = KnownHosts.check(files, target.host, target.port, key)
    const shown = `${KnownHosts.keyTypeOf(key)} ${KnownHosts.fingerprint(key)}`
    switch (verdict._tag) {
      case "Known":
        return true
      case "Changed":
        return refuse(
          `The key of ${name} is not the one that is known`,
          `It showed ${shown}; ${verdict.file}:${verdict.line} has another. Somebody may be listening in, or the host was set up anew.`,
          `If its administrator confirms the new key: \`ssh-keygen -R '${name}' -f ${verdict.file}\`, then connect again.`
        )
      case "Revoked":
        return refuse(
          `The key of ${name} is revoked`,
          `${verdict.file}:${verdict.line} says so of ${shown}.`,
          "Ask the host's administrator."
        )
      case "Unknown": {
        if (target.hostKeys === "yes") {
          return refuse(
            `The key of ${name} is not known`,
            `It showed ${shown}, and no line of ${target.knownHostsFiles.join(", ") || "known_hosts"} is about it.`,
            `Compare the fingerprint, then connect once with \`ssh ${target.name}\`, or set strict_host_key_checking to accept-new.`
          )
        }
        const [file] = target.knownHostsFiles
        if (file !== undefined) {
          Fs.mkdirSync(Path.dirname(file), { recursive: true, mode: 0o700 })
          const text = readIfThere(file) ?? ""
          const line = KnownHosts.lineFor(target.host, target.port, key)
          Fs.appendFileSync(file, text === "" || text.endsWith("\n") ? line : `\n${line}`, { mode: 0o600 })
        }
        return true
      }
    }
  }
  return { verify, refusal: () => refusal, types: KnownHosts.knownTypes(files, target.host, target.port) }
}

/** What ssh2 can verify, in its own order. */
const hostKeyAlgorithms: ReadonlyArray<ServerHostKeyAlgorithm> = [
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

interface Attempt {
  /** For people: `key ~/.ssh/id_ed25519`. */
  readonly label: string
  readonly method: AnyAuthMethod
}

const isKey = (parsed: ParsedKey | ReadonlyArray<ParsedKey> | Error): parsed is ParsedKey =>
  !(parsed instanceof Error) && !Array.isArray(parsed)

/** An agent that knows only some of its keys. */
class SomeKeysAgent extends ssh2.OpenSSHAgent {
  readonly #allowed: ReadonlyArray<Buffer>
  constructor(socket: string, allowed: ReadonlyArray<Buffer>) {
    super(socket)
    this.#allowed = allowed
  }
  override getIdentities(callback: Parameters<ssh2.OpenSSHAgent["getIdentities"]>[0]): void {
    super.getIdentities((error, keys) => {
      if (error) return callback(error)
      callback(
        undefined,
        keys?.filter((key) =>
          "getPublicSSH" in key && this.#allowed.some((allowed) => allowed.equals(key.getPublicSSH()))
        ) ?? []
      )
    })
  }
}

/** All ways to prove who we are, in OpenSSH's order, and what could not be used. */
const attemptsFor = (target: SshTarget.SshTarget) => {
  const attempts: Array<Attempt> = []
  const notes: Array<string> = []
  const { username } = target
  const publicKeys: Array<Buffer> = []
  const keys: Array<Attempt> = []
  for (const file of target.identityFiles) {
    const beside = readIfThere(`${file}.pub`)
    const visible = beside === undefined ? undefined : ssh2.utils.parseKey(beside)
    if (visible !== undefined && isKey(visible)) publicKeys.push(visible.getPublicSSH())
    let text: string
    try {
      text = Fs.readFileSync(file, "utf8")
    } catch (cause) {
      if (target.identitiesOnly) notes.push(`${file}: ${cause instanceof Error ? cause.message : String(cause)}`)
      continue
    }
    const passphrase = target.keyPassphrase === undefined ? undefined : Redacted.value(target.keyPassphrase)
    const parsed = ssh2.utils.parseKey(text, passphrase)
    if (parsed instanceof Error) {
      notes.push(
        /encrypted|passphrase|integrity|decrypt/i.test(parsed.message)
          ? `${file}: its passphrase is ${
            passphrase === undefined ? "not given (key_passphrase, or add it to an agent)" : "another one"
          }`
          : `${file}: ${parsed.message}`
      )
      continue
    }
    if (isKey(parsed)) publicKeys.push(parsed.getPublicSSH())
    keys.push({
      label: `key ${file}`,
      method: { type: "publickey", username, key: text, ...(passphrase === undefined ? {} : { passphrase }) }
    })
  }
  if (target.agent !== undefined) {
    attempts.push({
      label: `agent ${target.agent}`,
      method: {
        type: "agent",
        username,
        agent: target.identitiesOnly ? new SomeKeysAgent(target.agent, publicKeys) : target.agent
      }
    })
  }
  attempts.push(...keys)
  const { password, prompt } = target
  if (password !== undefined || prompt !== undefined) {
    attempts.push({
      label: "keyboard-interactive",
      method: {
        type: "keyboard-interactive",
        username,
        prompt: (_name, _instructions, _language, prompts, finish) => {
          let passwordGiven = false
          const answer = async (): Promise<ReadonlyArray<string>> => {
            const answers: Array<string> = []
            for (const { echo, prompt: question } of prompts) {
              if (password !== undefined && !passwordGiven && echo !== true && /pass/i.test(question)) {
                passwordGiven = true
                answers.push(Redacted.value(password))
              } else answers.push(prompt === undefined ? "" : await prompt(question, echo !== true))
            }
            return answers
          }
          answer().then((answers) => finish([...answers]), () => finish([]))
        }
      }
    })
  }
  if (password !== undefined) {
    attempts.push({ label: "password", method: { type: "password", username, password: Redacted.value(password) } })
  }
  return { attempts, notes }
}

type Level = Error & { readonly level?: string; readonly code?: string }

const connectionError = (target: SshTarget.SshTarget, cause: Level, tried: ReadonlyArray<string>): TransportError => {
  const place = SshTarget.describe(target)
  if (cause.level === "client-authentication" || /authentication methods failed/i.test(cause.message)) {
    return new TransportError({
      reason: "Authentication",
      what: `${place} does not accept who we are`,
      why: tried.length === 0 ? "There was no key, agent or password to try." : `Tried: ${tried.join("; ")}.`,
      remedy: "Name the right key_file or username, add the key to an agent, or install one with `clustrix ssh-setup`.",
      cause
    })
  }
  const timedOut = cause.level === "client-timeout" || cause.code === "ETIMEDOUT"
  return new TransportError({
    reason: timedOut ? "TimedOut" : "Connection",
    what: `${place} cannot be reached`,
    why: cause.code === "ENOTFOUND" || cause.code === "EAI_AGAIN"
      ? `There is no address for the name ${target.host}.`
      : cause.code === "ECONNREFUSED"
      ? `Nothing listens on port ${target.port}.`
      : timedOut
      ? `It did not answer within ${target.connectTimeoutSeconds} s.`
      : cause.message,
    remedy: `Check the host name, the port, and the network (a VPN?): \`ssh ${target.name}\` must work.`,
    cause
  })
}

/** Through `through`, if there is one. */
const openSocket = (
  through: SshConnection | undefined,
  target: SshTarget.SshTarget
): Effect.Effect<Duplex | undefined, TransportError> =>
  through === undefined ? Effect.succeed(undefined) : Effect.async((resume) => {
    through.client.forwardOut("127.0.0.1", 0, target.host, target.port, (cause, channel) => {
      resume(
        cause === undefined ? Effect.succeed(channel) : Effect.fail(
          new TransportError({
            reason: "Connection",
            what: `${SshTarget.describe(target)} cannot be reached through its jump host`,
            why: cause.message,
            remedy: "Check that the jump host knows it by this name and allows forwarding (AllowTcpForwarding).",
            cause
          })
        )
      )
    })
  })

const connectOne = (
  target: SshTarget.SshTarget,
  through: SshConnection | undefined
): Effect.Effect<SshConnection, TransportError, Scope.Scope> =>
  Effect.gen(function*() {
    const socket = yield* openSocket(through, target)
    const verifier = makeHostVerifier(target)
    const { attempts, notes } = attemptsFor(target)
    const queue = [...attempts]
    const tried: Array<string> = []
    const types = verifier.types.flatMap(signatureTypes)
    const config: ConnectConfig = {
      host: target.host,
      port: target.port,
      username: target.username,
      ...(socket === undefined ? {} : { sock: socket }),
      readyTimeout: target.connectTimeoutSeconds * 1000,
      // Its timer would keep the process alive
      keepaliveInterval: target.isInBackground === true ? 0 : keepAliveMillis,
      keepaliveCountMax: keepAliveCount,
      hostVerifier: verifier.verify,
      // A host shows the first of these that it has: it shall be one by which it is known
      algorithms: {
        serverHostKey: [
          ...hostKeyAlgorithms.filter((name) => types.includes(name)),
          ...hostKeyAlgorithms.filter((name) => !types.includes(name))
        ]
      },
      authHandler: (methodsLeft, _partial, next) => {
        // The first question has no answer yet: `none` asks the server what it takes
        if (methodsLeft === null) return next("none")
        for (let attempt = queue.shift(); attempt !== undefined; attempt = queue.shift()) {
          const { label, method } = attempt
          const name: string = method.type === "agent" ? "publickey" : method.type
          if (!methodsLeft.includes(name as AuthenticationType)) continue
          tried.push(label)
          return next(method)
        }
        next(false as never) // documented; its types forget it
      }
    }
    const client = new ssh2.Client()
    let closed = false
    // A field that ssh2 does not publish; a channel through a jump has no `unref`
    if (target.isInBackground === true) client.once("connect", () => Reflect.get(client, "_sock").unref?.())
    client.on("close", () => {
      closed = true
    })
    // First the finalizer, then the connecting, which can be interrupted
    yield* Effect.addFinalizer(() =>
      Effect.sync(() => {
        client.end()
        client.destroy()
      })
    )
    yield* Effect.async<void, TransportError>((resume) => {
      client.once("ready", () => resume(Effect.void))
      client.on("error", (cause: Level) =>
        resume(Effect.fail(verifier.refusal() ?? connectionError(target, cause, [...tried, ...notes]))))
      client.once("close", () =>
        resume(Effect.fail(
          verifier.refusal() ??
            connectionError(target, new Error("It closed the connection during the handshake."), tried)
        )))
      try {
        client.connect(config)
      } catch (cause) {
        resume(Effect.fail(connectionError(target, cause instanceof Error ? cause : new Error(String(cause)), tried)))
      }
    })
    return {
      client,
      isClosed: () =>
        closed
    }
  })

/** Connects to `target`, through its jumps. Ends with the scope. */
export const connect = (target: SshTarget.SshTarget): Effect.Effect<SshConnection, TransportError, Scope.Scope> =>
  Effect.gen(function*() {
    let through: SshConnection | undefined
    for (const jump of target.jumps) through = yield* connectOne(jump, through)
    return yield* connectOne(target, through)
  })

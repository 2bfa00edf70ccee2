/**
 * One authenticated connection: the handshake, the host's key, who we are.
 */
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type { Duplex } from "node:stream"
import ssh2 from "ssh2"
import type { AuthenticationType, Client } from "ssh2"
import * as Quotation from "../../core/diagnostics/Quotation.ts"
import { TransportError } from "../../core/cluster/Transport.ts"
import * as HostKey from "./HostKey.ts"
import * as Login from "./Login.ts"
import * as SshTarget from "./SshTarget.ts"

/** Signs of life that may stay unanswered. */
const keepAliveCount = 3
const farewellMillis = 500

export interface SshConnection {
  readonly client: Client
  /** Whether it has ended, for whatever reason. */
  readonly isClosed: () => boolean
  /** Type and fingerprint of the host's key. */
  readonly hostKey: string
  /** By what the host knows us: `key ~/.ssh/id_ed25519`. */
  readonly login: string
}

type Level = Error & { readonly level?: string; readonly code?: string | number }

/** Codes of SSH_MSG_DISCONNECT with which a server has had enough of us: a protocol error of our making, no more methods. */
const isRejection = ({ code, message }: Level): boolean =>
  code === 14 || (code === 2 && /authentication/i.test(message)) || /authentication methods failed/i.test(message)

const authenticationError = (
  target: SshTarget.SshTarget,
  tried: ReadonlyArray<string>,
  notes: ReadonlyArray<string>,
  cause: Level
): TransportError =>
  new TransportError({
    reason: "Authentication",
    what: `${SshTarget.describe(target)} does not accept who we are`,
    why: [
      tried.length === 0 ? "There was no key, agent or password to try." : `Tried: ${tried.join("; ")}.`,
      ...(notes.length === 0 ? [] : [`Could not be tried: ${notes.join("; ")}.`]),
      ...(/methods failed/.test(cause.message) ? [] : [`It said: ${Quotation.plain(cause.message)}.`])
    ].join(" "),
    remedy:
      "Name the right key_file or username, add the key to an agent, or install one there with `clustrix ssh-setup`.",
    cause
  })

/** What ssh2 says where both sides have no algorithm in common, and the option that chooses ours. */
const disagreements: ReadonlyArray<readonly [words: string, option: string]> = [
  ["no matching key exchange", "KexAlgorithms"],
  ["no matching host key format", "HostKeyAlgorithms"],
  ["cipher", "Ciphers"],
  ["MAC", "MACs"]
]

const disagreementError = (target: SshTarget.SshTarget, cause: Level): TransportError | undefined => {
  const option = cause.message.includes("no matching")
    ? disagreements.find(([words]) => cause.message.includes(words))?.[1]
    : undefined
  return option === undefined ? undefined : new TransportError({
    reason: "Unavailable",
    what: `${SshTarget.describe(target)} and Clustrix have no algorithm in common`,
    why: `${Quotation.plain(cause.message)}.`,
    remedy:
      `\`ssh -v ${target.name}\` shows what the host offers. If ${option} of your SSH configuration leaves that out, it has to change there.`,
    cause
  })
}

const connectionError = (target: SshTarget.SshTarget, cause: Level): TransportError => {
  const timedOut = cause.level === "client-timeout" || cause.code === "ETIMEDOUT"
  return new TransportError({
    reason: timedOut ? "TimedOut" : "Connection",
    what: `${SshTarget.describe(target)} cannot be reached`,
    why: cause.code === "ENOTFOUND" || cause.code === "EAI_AGAIN"
      ? `There is no address for the name ${target.host}.`
      : cause.code === "ECONNREFUSED"
      ? `Nothing listens on port ${target.port}.`
      : timedOut
      ? `It did not answer within ${target.connectTimeoutSeconds} s.`
      : Quotation.plain(cause.message),
    remedy: `Check the host name, the port, and the network (a VPN?): \`ssh ${target.name}\` must work.`,
    cause
  })
}

/** Through `through`, if there is one. */
const openSocket = (
  through: SshConnection | undefined,
  target: SshTarget.SshTarget
): Effect.Effect<Duplex | undefined, TransportError> =>
  through === undefined ? Effect.succeed(undefined) : Effect.async<Duplex, TransportError>((resume) => {
    let isOver = false
    const failed = (cause: Error): void =>
      resume(Effect.fail(
        new TransportError({
          reason: "Connection",
          what: `${SshTarget.describe(target)} cannot be reached through its jump host`,
          why: Quotation.plain(cause.message),
          remedy: "Check that the jump host knows it by this name and allows forwarding (AllowTcpForwarding).",
          cause
        })
      ))
    try {
      through.client.forwardOut("127.0.0.1", 0, target.host, target.port, (cause, channel) => {
        if (cause !== undefined) return failed(cause)
        if (isOver) channel.destroy()
        else resume(Effect.succeed(channel))
      })
    } catch (cause) {
      failed(cause instanceof Error ? cause : new Error(String(cause)))
    }
    return Effect.sync(() => {
      isOver = true
    })
  }).pipe(Effect.timeoutFail({
    duration: target.connectTimeoutSeconds * 1000,
    onTimeout: () =>
      connectionError(target, Object.assign(new Error("The jump host did not reach it."), { level: "client-timeout" }))
  }))

/** Asks for a sign of life, as ssh2 does by a timer that would keep the process alive. */
const ping = (client: Client): void => {
  // Fields that ssh2 does not publish: the answer is taken by the first who waits for one
  const { _callbacks: waiting, _protocol: protocol } = client as unknown as {
    readonly _callbacks: Array<() => void>
    readonly _protocol: { readonly ping: () => void }
  }
  waiting.push(() => undefined)
  protocol.ping()
}

/** Ends a connection from which nothing came for long. Any byte is a sign of life, for a slow link answers late. */
const watch = (client: Client, socket: Duplex, millis: number, isInBackground: boolean): void => {
  let silent = 0
  const timer = setInterval(() => {
    silent += 1
    if (silent > keepAliveCount) socket.destroy()
    else if (isInBackground && socket.writable) ping(client)
  }, millis)
  if (isInBackground) timer.unref()
  socket.on("data", () => {
    silent = 0
  })
  client.once("close", () => clearInterval(timer))
}

const connectOne = (
  target: SshTarget.SshTarget,
  through: SshConnection | undefined,
  verified: () => void
): Effect.Effect<SshConnection, TransportError, Scope.Scope> =>
  Effect.gen(function*() {
    const socket = yield* openSocket(through, target)
    const { policy } = target
    // A field that ssh2 does not publish; a channel through a jump has no address
    const hostKey = HostKey.make(target, () => {
      const address: unknown = Reflect.get(Reflect.get(client, "_sock") ?? {}, "remoteAddress")
      return typeof address === "string" ? address : undefined
    })
    const { isInBackground = false, keepAliveMillis } = target
    const client = new ssh2.Client()
    // Whoever is interrupted while it connects, or fails, leaves nothing
    yield* Effect.addFinalizer(() =>
      Effect.sync(() => {
        const own: Duplex | undefined = Reflect.get(client, "_sock")
        client.end()
        // Who does not answer a farewell would keep the process alive
        if (own?.destroyed === false) {
          const timer = setTimeout(() => own.destroy(), farewellMillis).unref()
          own.once("close", () => clearTimeout(timer))
        }
      })
    )
    let closed = false
    let login = ""
    client.on("close", () => {
      closed = true
    })
    yield* Effect.async<void, TransportError>((resume) => {
      const tried: Array<string> = []
      const notes: Array<string> = []
      let making: Promise<Login.Login> | undefined
      let queue: Array<Login.Attempt> = []
      let timer: NodeJS.Timeout | undefined
      let isOver = false
      const pause = (): void => clearTimeout(timer)
      const end = (): void => {
        isOver = true
        pause()
      }
      const wait = (): void => {
        pause()
        if (isOver) return
        timer = setTimeout(() => {
          failed(Object.assign(new Error("Timed out"), { level: "client-timeout" }))
          client.destroy()
        }, target.connectTimeoutSeconds * 1000)
      }
      const failed = (cause: Level): void => {
        end()
        resume(Effect.fail(
          hostKey.refusal() ?? disagreementError(target, cause) ??
            (isRejection(cause) ? authenticationError(target, tried, notes, cause) : connectionError(target, cause))
        ))
      }
      const nextAttempt = (methods: ReadonlyArray<string>): Login.Attempt | undefined => {
        const index = queue.findIndex(({ method }) => methods.includes(Login.nameOf(method)))
        return index === -1 ? undefined : queue.splice(index, 1)[0]
      }
      client.once("ready", () => {
        end()
        login = tried.at(-1) ?? "nothing"
        resume(Effect.void)
      })
      client.once("handshake", () => {
        wait()
        verified()
        const own: Duplex = Reflect.get(client, "_sock")
        if (keepAliveMillis > 0) watch(client, own, keepAliveMillis, isInBackground)
      })
      client.on("change password", () => {
        failed(Object.assign(new Error("The password has expired"), { code: 14 }))
        client.destroy()
      })
      client.on("error", (cause: Level) => {
        // One key that cannot sign is not the end
        if (cause.level === "agent" || /^Error (while )?signing/.test(cause.message)) {
          notes.push(`${tried.pop() ?? "key"}: ${Quotation.plain(cause.message)}`)
        } else failed(cause)
      })
      client.once("close", () => failed(new Error("It closed the connection during the handshake.")))
      // A field that ssh2 does not publish; a channel through a jump has no `unref`
      if (isInBackground) client.once("connect", () => Reflect.get(client, "_sock").unref?.())
      wait()
      try {
        client.connect({
          host: target.host,
          port: target.port,
          username: target.username,
          ...(socket === undefined ? {} : { sock: socket }),
          readyTimeout: 0,
          keepaliveInterval: isInBackground ? 0 : keepAliveMillis,
          // It counts answers to its own questions only
          keepaliveCountMax: Number.MAX_SAFE_INTEGER,
          hostVerifier: hostKey.verify,
          algorithms: {
            serverHostKey: hostKey.algorithms,
            ...(policy.kex === undefined ? {} : { kex: [...policy.kex] }),
            ...(policy.ciphers === undefined ? {} : { cipher: [...policy.ciphers] }),
            ...(policy.macs === undefined ? {} : { hmac: [...policy.macs] })
          },
          forceIPv4: policy.addressFamily === 4,
          forceIPv6: policy.addressFamily === 6,
          ...(policy.bindAddress === undefined ? {} : { localAddress: policy.bindAddress }),
          authHandler: (methodsLeft, _partial, next) => {
            wait()
            // The first question has no answer yet: `none` asks the server what it takes
            if (methodsLeft === null) return next("none")
            making ??= Login.make(target, pause, wait).then((made) => {
              queue = [...made.attempts]
              notes.push(...made.notes)
              return made
            })
            making.then(() => {
              const attempt = nextAttempt(methodsLeft as ReadonlyArray<AuthenticationType>)
              if (attempt === undefined) return next(false as never) // documented; its types forget it
              tried.push(attempt.label)
              next(attempt.method)
            }, (cause: unknown) => failed(cause instanceof Error ? cause : new Error(String(cause))))
          }
        })
      } catch (cause) {
        failed(cause instanceof Error ? cause : new Error(String(cause)))
      }
      return Effect.sync(end)
    })
    return { client, isClosed: () => closed, hostKey: hostKey.shown(), login }
  })

/** Connects to `target`, through its jumps. Ends with the scope. `verified` hears that its key is the right one. */
export const connect = (
  target: SshTarget.SshTarget,
  verified: () => void
): Effect.Effect<SshConnection, TransportError, Scope.Scope> =>
  Effect.gen(function*() {
    let through: SshConnection | undefined
    for (const jump of target.jumps) through = yield* connectOne(jump, through, () => undefined)
    return yield* connectOne(target, through, verified)
  })

/**
 * The way to a host over SSH, step by step.
 */
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Dns from "node:dns/promises"
import * as Net from "node:net"
import * as Quotation from "../../core/diagnostics/Quotation.ts"
import type { HostAccess } from "../../core/cluster/doctor/HostAccess.ts"
import { TransportError } from "../../core/cluster/Transport.ts"
import type { SshSession } from "./SshSession.ts"
import * as SshTarget from "./SshTarget.ts"

/** What everything before it is noise of the login shell. */
const end = "clustrix-noise-ends"

const unreachable = (target: SshTarget.SshTarget, why: string, remedy: string, cause: unknown) =>
  new TransportError({
    reason: "Connection",
    what: `${target.host}:${target.port} cannot be reached`,
    why,
    remedy,
    cause
  })

const addressOf = (target: SshTarget.SshTarget): Effect.Effect<string, TransportError> =>
  Effect.tryPromise({
    try: () => Dns.lookup(target.host, { family: target.policy.addressFamily ?? 0 }).then(({ address }) => address),
    catch: (cause) =>
      unreachable(
        target,
        `There is no address for the name ${target.host}.`,
        "Check cluster_host, and whether the name is known only in another network (a VPN?).",
        cause
      )
  })

const whyOf = (cause: NodeJS.ErrnoException, port: number): string =>
  cause.code === "ECONNREFUSED" ? `Nothing listens on port ${port}.` : Quotation.plain(cause.message)

/** Only whether somebody listens: nothing is said. */
const knock = (target: SshTarget.SshTarget, address: string): Effect.Effect<void, TransportError> =>
  Effect.async<void, TransportError>((resume) => {
    const socket = Net.connect({ host: address, port: target.port })
    const failed = (cause: NodeJS.ErrnoException): void =>
      resume(Effect.fail(
        unreachable(
          target,
          whyOf(cause, target.port),
          "Check cluster_host and cluster_port, the network, and that sshd runs there.",
          cause
        )
      ))
    socket.once("connect", () => {
      socket.destroy()
      resume(Effect.void)
    })
    socket.on("error", failed)
    return Effect.sync(() => socket.destroy())
  }).pipe(Effect.timeoutFail({
    duration: target.connectTimeoutSeconds * 1000,
    onTimeout: () =>
      unreachable(
        target,
        `It did not answer within ${target.connectTimeoutSeconds} s.`,
        "Check the network (a VPN, a firewall?) and cluster_port.",
        undefined
      )
  }))

/** Characters of that, from which on no more is kept. */
const mostNoise = 65_536

/** What the first shell prints before and beside a command. */
const noiseOf = (session: SshSession): Effect.Effect<string, TransportError> =>
  session.command(({ client }) =>
    Effect.async<string, TransportError>((resume) => {
      const failed = (cause: Error): void =>
        resume(Effect.fail(
          new TransportError({
            reason: "Unavailable",
            what: `A command cannot be run on ${SshTarget.describe(session.target)}`,
            why: Quotation.plain(cause.message),
            remedy: "Ask its administrator whether commands are allowed there (ForceCommand, MaxSessions).",
            cause
          })
        ))
      client.exec(`echo ${end}`, (error, channel) => {
        if (error !== undefined) return failed(error)
        const printed = { stdout: "", stderr: "" }
        channel.setEncoding("utf8").on("data", (text: string) => {
          if (printed.stdout.length < mostNoise) printed.stdout += text
        })
        channel.stderr.setEncoding("utf8").on("data", (text: string) => {
          if (printed.stderr.length < mostNoise) printed.stderr += text
        })
        channel.once("error", failed)
        channel.once("close", () => {
          const before = printed.stdout.split(end)[0] ?? ""
          resume(Effect.succeed([before.trim(), printed.stderr.trim()].filter((text) => text !== "").join("\n")))
        })
        channel.end()
      })
    })
  )

const modeWarnings: Partial<Record<SshTarget.HostKeyMode, { readonly why: string; readonly remedy: string }>> = {
  no: {
    why: "strict_host_key_checking is `no`: somebody else may have answered in its place.",
    remedy: "Set it to `yes`, and compare the fingerprint once."
  }
}

/** Connects once, when it is first asked: the session keeps that connection. */
export const make = (session: SshSession): Effect.Effect<HostAccess> =>
  Effect.gen(function*() {
    const { target } = session
    const attempt = yield* Effect.cached(Effect.either(session.connection))
    const first = target.jumps[0] ?? target
    return {
      reach: Effect.gen(function*() {
        const address = yield* addressOf(first)
        yield* knock(first, address)
        const named = address === first.host ? address : `${first.host} is ${address}`
        const through = first === target ? "" : `; from there on to ${target.host}:${target.port}`
        return { detail: `${named}, port ${first.port} answers${through}` }
      }),
      verify: Effect.flatMap(attempt, (tried) => {
        if (Either.isRight(tried)) {
          const warning = modeWarnings[target.hostKeys]
          return Effect.succeed({ detail: tried.right.hostKey, ...(warning === undefined ? {} : { warning }) })
        }
        // Who we are is asked after the host has shown who it is
        return tried.left.reason === "Authentication" ? Effect.succeed({ detail: "the known one" }) : tried.left
      }),
      login: Effect.map(Effect.flatten(attempt), ({ login }) => ({
        detail: `as ${target.username}, by ${login}`
      })),
      noise: noiseOf(session)
    }
  })

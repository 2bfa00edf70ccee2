/**
 * One command on a host.
 */
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import * as Os from "node:os"
import type { ClientChannel } from "ssh2"
import * as Quotation from "../../core/diagnostics/Quotation.ts"
import * as Shell from "../../core/cluster/deploy/Shell.ts"
import { type CommandOptions, type CommandResult, mostOutputBytes, tooMuchOutput,
  TransportError } from "../../core/cluster/Transport.ts"
import type { SshConnection } from "./SshConnection.ts"
import type * as SshSession from "./SshSession.ts"
import * as SshTarget from "./SshTarget.ts"

/** The first word on standard error: who is to be ended when nobody wants the answer any more. */
const sessionMark = /clustrix-session (\d+)\n/
/** The first word on standard output. */
const outputMark = "clustrix-output\n"

/** How long the end of a command that nobody wants may take. */
const killMillis = 5000

/**
 * The words for the user's login shell, whatever that is (csh and fish too): `sh` with the script as one word on one line,
 * in octal where a shell might see a meaning.
 */
export const commandLine = (script: string, workingDirectory: string | undefined): string => {
  const whole = workingDirectory === undefined ? script : `cd ${Shell.quote(workingDirectory)} || exit\n${script}`
  const encoded = whole.replaceAll(
    /[\\'!\n\r\t]/g,
    (character) => `\\0${character.charCodeAt(0).toString(8).padStart(3, "0")}`
  )
  const marks = `echo "clustrix-session $$" >&2; echo ${outputMark.trim()}`
  return `exec /bin/sh -c '${marks}; eval "$(printf %b "$1")"' sh '${encoded}'`
}

/** What comes before the marks is the noise of a login shell's start. */
const withoutSession = (text: string): string => {
  const mark = sessionMark.exec(text)
  return mark === null ? text : text.slice(mark.index + mark[0].length)
}
const withoutMark = (text: string): string => {
  const index = text.indexOf(outputMark)
  return index === -1 ? text : text.slice(index + outputMark.length)
}

const signalNumbers: Readonly<Record<string, number>> = Os.constants.signals

/** A refusal to open one more channel. */
const isRefusal = (cause: Error): boolean => "reason" in cause

/** Ends a process group. Not by a signal of the protocol: sshd does not pass those on for root. */
const killGroup = (connection: SshConnection, group: string): Effect.Effect<void> =>
  Effect.async<void, Error>((resume) => {
    try {
      connection.client.exec(`kill -KILL -${group}`, (error, channel) => {
        if (error !== undefined) return resume(Effect.fail(error))
        channel.on("error", () => undefined)
        channel.stderr.resume()
        channel.resume().once("close", () => resume(Effect.void))
        channel.end()
      })
    } catch {
      resume(Effect.void)
    }
  }).pipe(
    // The channels of others that are ended too may still be in the way
    Effect.retry({ while: isRefusal, schedule: Schedule.spaced("100 millis") }),
    Effect.ignore
  )

const start = (
  connection: SshConnection,
  target: SshTarget.SshTarget,
  line: string,
  options: CommandOptions
): Effect.Effect<CommandResult, TransportError> =>
  Effect.async<CommandResult, TransportError>((resume) => {
    const output = { stdout: new Array<Buffer>(), stderr: new Array<Buffer>() }
    const stderr = (): string => Buffer.concat(output.stderr).toString("utf8")
    let printed = 0
    /** Whether it is still as much as a command may print; ends it otherwise. */
    const isBounded = (bytes: Buffer): boolean => {
      printed += bytes.length
      if (printed <= mostOutputBytes) return true
      // Its group gets SIGPIPE when it prints on
      channel?.close()
      ended()
      named()
      resume(Effect.fail(tooMuchOutput(SshTarget.describe(target))))
      return false
    }
    let isWanted = true
    let ended = (): void => undefined
    let named = (): void => undefined
    const closed = new Promise<void>((resolve) => {
      ended = resolve
    })
    /** When it has said who it is, or has ended. */
    const known = new Promise<void>((resolve) => {
      named = resolve
    })
    let channel: ClientChannel | undefined
    const failed = (cause: Error): void => {
      ended()
      named()
      resume(Effect.fail(
        new TransportError({
          reason: isRefusal(cause) && !connection.isClosed() ? "Unavailable" : "Connection",
          what: `A command cannot be run on ${SshTarget.describe(target)}`,
          why: Quotation.plain(cause.message),
          remedy: "Try again; if it stays so, the host allows too few sessions (MaxSessions).",
          cause
        })
      ))
    }
    try {
      connection.client.exec(line, (error, opened) => {
        if (error !== undefined) return failed(error)
        channel = opened
        let exit: { readonly exitCode: number } | undefined
        opened.on("data", (bytes: Buffer) => {
          if (isBounded(bytes)) output.stdout.push(bytes)
        })
        opened.stderr.on("data", (bytes: Buffer) => {
          if (!isBounded(bytes)) return
          output.stderr.push(bytes)
          if (!isWanted && sessionMark.test(stderr())) named()
        })
        opened.on("exit", (code: number | null, signal: string | undefined) => {
          exit = { exitCode: code ?? 128 + (signalNumbers[`SIG${signal?.replace(/^SIG/, "")}`] ?? 0) }
        })
        opened.on("error", () => undefined)
        opened.once("close", () => {
          if (exit === undefined) return failed(new Error("The connection ended before the command did."))
          ended()
          named()
          resume(Effect.succeed({
            stdout: withoutMark(Buffer.concat(output.stdout).toString("utf8")),
            stderr: withoutSession(stderr()),
            exitCode: exit.exitCode
          }))
        })
        opened.end(options.stdin ?? "")
      })
    } catch (cause) {
      failed(cause instanceof Error ? cause : new Error(String(cause)))
    }
    // It has no end of its own: also one that has hardly begun is found, ended, and its channel with it
    return Effect.gen(function*() {
      isWanted = false
      if (sessionMark.test(stderr())) named()
      yield* Effect.promise(() => known)
      const [, group] = sessionMark.exec(stderr()) ?? []
      channel?.close()
      if (group !== undefined && !connection.isClosed()) yield* killGroup(connection, group)
      yield* Effect.promise(() => closed)
    }).pipe(
      Effect.interruptible,
      Effect.timeoutOption(killMillis),
      Effect.zipRight(Effect.sync(() => channel?.close()))
    )
  })

/** Runs `script` with `sh`. */
export const exec = (
  session: SshSession.SshSession,
  script: string,
  options: CommandOptions = {}
): Effect.Effect<CommandResult, TransportError> => {
  const line = commandLine(script, options.workingDirectory)
  return session.command((connection) => start(connection, session.target, line, options), {
    isRepeatable: options.idempotent === true
  })
}

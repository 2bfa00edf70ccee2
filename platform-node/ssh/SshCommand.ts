/**
 * One command on a host.
 */
import * as Effect from "effect/Effect"
import * as Os from "node:os"
import type { ClientChannel } from "ssh2"
import * as Shell from "../../core/deploy/Shell.ts"
import { type CommandOptions, type CommandResult, TransportError } from "../../core/Transport.ts"
import type { SshConnection } from "./SshConnection.ts"
import type * as SshSession from "./SshSession.ts"
import * as SshTarget from "./SshTarget.ts"

/** The first line on standard error: who is to be ended when nobody wants the answer any more. */
const sessionLine = /^clustrix-session (\d+)\n/m

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
  return `exec /bin/sh -c 'echo "clustrix-session $$" >&2; eval "$(printf %b "$1")"' sh '${encoded}'`
}

/** What came before it is the noise of a login shell's start. */
const withoutSession = (text: string): string => {
  const line = sessionLine.exec(text)
  return line === null ? text : text.slice(line.index + line[0].length)
}

const signalNumbers: Readonly<Record<string, number>> = Os.constants.signals

/** A refusal to open one more channel; `ssh2` gives the number that RFC 4254 (5.1) has for it. */
const isRefusal = (cause: Error): boolean => "reason" in cause

const start = (
  connection: SshConnection,
  target: SshTarget.SshTarget,
  line: string,
  options: CommandOptions
): Effect.Effect<CommandResult, TransportError> =>
  Effect.async<CommandResult, TransportError>((resume) => {
    let channel: ClientChannel | undefined
    const output = { stdout: new Array<Buffer>(), stderr: new Array<Buffer>() }
    const failed = (cause: Error): void =>
      resume(Effect.fail(
        new TransportError({
          reason: isRefusal(cause) && !connection.isClosed() ? "Unavailable" : "Connection",
          what: `A command cannot be run on ${SshTarget.describe(target)}`,
          why: cause.message,
          remedy: "Try again; if it stays so, the host allows too few sessions (MaxSessions).",
          cause
        })
      ))
    try {
      connection.client.exec(line, (error, opened) => {
        if (error !== undefined) return failed(error)
        channel = opened
        let ended: { readonly exitCode: number } | undefined
        opened.on("data", (bytes: Buffer) => output.stdout.push(bytes))
        opened.stderr.on("data", (bytes: Buffer) => output.stderr.push(bytes))
        opened.on("exit", (code: number | null, signal: string | undefined) => {
          ended = { exitCode: code ?? 128 + (signalNumbers[`SIG${signal?.replace(/^SIG/, "")}`] ?? 0) }
        })
        opened.on("error", () => undefined)
        opened.once("close", () => {
          if (ended === undefined) return failed(new Error("The connection ended before the command did."))
          resume(Effect.succeed({
            stdout: Buffer.concat(output.stdout).toString("utf8"),
            stderr: withoutSession(Buffer.concat(output.stderr).toString("utf8")),
            exitCode: ended.exitCode
          }))
        })
        opened.end(options.stdin ?? "")
      })
    } catch (cause) {
      failed(cause instanceof Error ? cause : new Error(String(cause)))
    }
    return Effect.sync(() => {
      const [, group] = sessionLine.exec(Buffer.concat(output.stderr).toString("utf8")) ?? []
      channel?.close()
      // Not by a signal of the protocol: sshd does not pass those on for root. Whether it works, nobody waits to hear
      if (group !== undefined && !connection.isClosed()) connection.client.exec(`kill -KILL -${group}`, () => undefined)
    })
  })

/** Runs `script` with `sh`. */
export const exec = (
  session: SshSession.SshSession,
  script: string,
  options: CommandOptions = {}
): Effect.Effect<CommandResult, TransportError> => {
  const line = commandLine(script, options.workingDirectory)
  const attempt = Effect.flatMap(session.connection, (connection) => start(connection, session.target, line, options))
  return session.withChannel(Effect.catchIf(
    attempt,
    (error) => error.reason === "Unavailable",
    // The channel for files may be the one too many
    () => Effect.zipRight(session.closeFiles, attempt)
  ))
}
